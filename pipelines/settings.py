"""Settings of the pipelines, from READOUT_… variables; the code server and its runs share them."""

import os

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

# systemd gives a service its secrets as files in this folder, and whoever else starts it may, too.
CREDENTIALS = os.environ.get("CREDENTIALS_DIRECTORY")  # noqa: TID251 (a settings module)


class Settings(BaseSettings):
    """Where the trial's database and the lake are, and how eagerly tables follow the ledger."""

    model_config = SettingsConfigDict(
        env_prefix="READOUT_", frozen=True, secrets_dir=CREDENTIALS, hide_input_in_errors=True
    )

    database_url: str = Field(
        "sqlite:///data/readout.db",
        description="SQLAlchemy address; a secret when it holds a password",
        repr=False,
        exclude=True,
    )
    lake_uri: str = Field("data/lake", description="Folder or s3:// address of the lake")
    lake_storage: dict[str, str] = Field(
        {},
        description="Options of the object store, as JSON; a secret",
        repr=False,
        exclude=True,
    )
    follow_every_seconds: int = Field(
        10, ge=1, description="How often the ledgers are looked at for something new"
    )
    quiet_seconds: int = Field(
        600, ge=0, description="How long entries that change no table but the ledger's may wait"
    )
    runs_at_once: int = Field(1, ge=1, description="Runs of different projects at the same time")
    keep_runs_days: int = Field(
        7, ge=1, description="Age after which a run's record goes; each project keeps its newest"
    )
