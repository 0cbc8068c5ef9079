"""A real OpenID provider in a process of its own, and a browser that signs in there."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx

FOLDER = Path(__file__).parent
MODULES = FOLDER.parents[1] / "web" / "node_modules"
CLIENT_ID = "readout"
CLIENT_SECRET = "a secret of the tests & more"


@dataclass(frozen=True)
class OpenIdProvider:
    """Where it listens."""

    issuer: str

    def sign_in(self, address: str, subject: str) -> str:
        """Sign in as a subject where an address leads, and return where that sends us back."""
        with httpx.Client(timeout=30) as browser:
            answer = browser.get(address)
            while True:
                if answer.is_redirect:
                    target = urljoin(str(answer.url), answer.headers["location"])
                    if not target.startswith(self.issuer):
                        return target
                    answer = browser.get(target)
                    continue
                assert answer.status_code == 200, answer.text
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
                action = re.search(r'action="([^"]+)"', answer.text)
                assert prompt is not None, answer.text
                assert action is not None, answer.text
                form = {"prompt": prompt[1], "login": subject, "password": "anything"}
                answer = browser.post(urljoin(str(answer.url), action[1]), data=form)


@contextmanager
def open_id_provider(*redirects: str) -> Iterator[OpenIdProvider]:
    """Start the provider on a free port, and end it by its id."""
    node = shutil.which("node")
    assert node is not None, "the tests of single sign-on need Node: run `make test`"
    assert (MODULES / "oidc-provider").is_dir(), "run `npm ci` in web/: oidc-provider is missing"
    process = subprocess.Popen(
        [node, str(FOLDER / "provider.mjs"), str(MODULES), *redirects],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        issuer = process.stdout.readline().strip()
        assert issuer, "the identity provider did not start"
        yield OpenIdProvider(issuer)
    finally:
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()
