"""`python -m gateway`: run the gateway with the settings of the environment."""

import sys

from pydantic import ValidationError

from deid.errors import DeidError
from gateway.errors import InvalidSettings
from gateway.log import say
from gateway.main import run
from gateway.settings import Settings

if __name__ == "__main__":
    try:
        run(Settings())
    except (InvalidSettings, DeidError, ValidationError) as error:
        say("not_started", code=str(error))
        sys.exit(2)
