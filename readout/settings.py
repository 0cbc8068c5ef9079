"""Settings of the command line, from READOUT_… variables or from options."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from accounts.vault_keys import VaultKeys

# systemd gives a service its secrets as files in this folder, and whoever else starts it may, too.
CREDENTIALS = os.environ.get("CREDENTIALS_DIRECTORY")  # noqa: TID251 (a settings module)


class Settings(BaseSettings):
    """Where the platform keeps its data and where it listens."""

    model_config = SettingsConfigDict(
        env_prefix="READOUT_", secrets_dir=CREDENTIALS, hide_input_in_errors=True
    )

    data: Path = Field(Path("data"), description="Folder that holds everything on this machine")
    host: str = Field("127.0.0.1", description="Address that the services listen on")
    port: int = Field(8000, description="Port of the web app and the api")
    dagster_port: int = Field(3000, description="Port of the Dagster web page")
    dagster_code_port: int = Field(3030, description="Port of Dagster's code server")
    dicom_port: int = Field(11112, description="Port on which the gateway takes DICOM")
    gateway_status_port: int = Field(11180, description="Port of the gateway's status page")
    database_url: str = Field(
        "",
        description="SQLAlchemy address, a secret when it holds a password; "
        "empty: SQLite in the data folder",
        repr=False,
        exclude=True,
    )
    lake_uri: str = Field(
        "", description="Folder or s3:// address; empty: `lake` in the data folder"
    )
    lake_storage: str = Field(
        "{}",
        description="Options of the lake's object store, as JSON; a secret",
        repr=False,
        exclude=True,
    )
    checkpoint_seconds: float = Field(60.0, description="How often grown ledgers are signed")
    signer_folder: Path | None = Field(
        None, description="The signer's own folder, with its key; empty: `signer` in the data"
    )
    time_stamp_url: str = Field(
        "", description="Address of an RFC 3161 time-stamp authority; empty: none is asked"
    )
    witness_folder: Path | None = Field(
        None, description="Folder elsewhere that keeps checkpoints with proofs; empty: none"
    )
    anchor_minutes: float = Field(
        60.0, gt=0, description="How often checkpoints are time-stamped and witnessed"
    )
    replay_hour: int = Field(
        2, ge=0, le=23, description="Hour, in UTC, of the nightly replay of ledgers against tables"
    )
    signer_user: str = Field(
        "", description="User that the signer runs as, when `readout up` may change users"
    )

    def vault(self) -> VaultKeys:
        """Return where the vault's keys are: the data keys apart from what wraps them."""
        return VaultKeys(keys=self.data / "vault", wrapping=self.data / "secrets" / "vault")

    def resolved(self) -> "Settings":
        """Return the settings with the embedded defaults filled in and paths made absolute."""
        data = self.data.resolve()
        return self.model_copy(
            update={
                "data": data,
                "database_url": self.database_url or f"sqlite:///{data / 'readout.db'}",
                "signer_folder": self.signer_folder or data / "signer",
                "lake_uri": self.lake_uri or str(data / "lake"),
            }
        )


class SignerSettings(BaseSettings):
    """All that the signer is told by its environment: where the ledgers are."""

    model_config = SettingsConfigDict(
        env_prefix="READOUT_", secrets_dir=CREDENTIALS, hide_input_in_errors=True
    )

    database_url: str = Field(
        "sqlite:///data/readout.db", description="SQLAlchemy address", repr=False, exclude=True
    )


def environment() -> dict[str, str]:
    """Return a copy of this process's environment, for the services it starts."""
    return dict(os.environ)  # noqa: TID251 (this is the settings module)
