"""Settings of the api, from READOUT_API_… variables."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from accounts.vault_keys import VaultKeys

REPOSITORY = Path(__file__).parents[1]
# systemd gives a service its secrets as files in this folder, and whoever else starts it may, too.
CREDENTIALS = os.environ.get("CREDENTIALS_DIRECTORY")  # noqa: TID251 (a settings module)
LOOPBACK = frozenset(("localhost", "127.0.0.1", "[::1]"))


class Settings(BaseSettings):
    """Where the api finds its database and its lake, where it listens, and how much it takes."""

    model_config = SettingsConfigDict(
        env_prefix="READOUT_API_", frozen=True, secrets_dir=CREDENTIALS, hide_input_in_errors=True
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
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8000, description="Port to listen on")
    hosts: str = Field(
        "",
        description="Host names the site is reached by, separated by commas; besides them the"
        " address to listen on, localhost and the loopback addresses",
    )
    web_dist: Path = Field(REPOSITORY / "web" / "dist", description="Folder of the built web app")
    log_file: Path | None = Field(None, description="File for the JSON log; empty: the console")
    vault_keys: Path | None = Field(
        None,
        description="Folder of the vault's data keys; empty: `vault` beside the SQLite file, "
        "or `data/vault`",
    )
    vault_wrapping: Path | None = Field(
        None,
        description="Folder of the keys that wrap them; empty: `secrets/vault` beside the SQLite "
        "file, or `data/secrets/vault`",
    )
    ledger_keys: Path | None = Field(
        None, description="Folder with the public keys that checkpoints are verified with"
    )
    checkpoint_wait_seconds: float = Field(
        30.0, ge=0, description="How long an export of a ledger waits for its checkpoint"
    )
    cookie_secure: bool = Field(
        False, description="Whether the site is reached by HTTPS: __Host- cookie, HSTS"
    )
    invitation_days: int = Field(7, ge=1, le=60, description="How long an invitation holds")
    second_factor_key: Path = Field(
        Path("data/secrets/second-factor.key"),
        description="Key file that seals authenticators' secrets; made at the first use",
    )
    public_url: str = Field(
        "",
        description="Address under which browsers reach the platform, for passkeys and single "
        "sign-on; empty: as each request says",
    )
    sso_issuer: str = Field(
        "", description="Issuer of the OpenID provider for single sign-on; empty: none"
    )
    sso_client_id: str = Field("", description="The platform's client id at that provider")
    sso_client_secret_file: Path | None = Field(
        None, description="File with the client secret; empty: a public client with PKCE alone"
    )
    sso_name: str = Field("single sign-on", description="What the provider is called on screen")
    demo: bool = Field(False, description="Whether the demonstration data was loaded")
    spool_folder: Path | None = Field(
        None, description="Folder for uploads while they arrive; empty: the system's"
    )
    max_upload_mb: int = Field(4096, ge=1, description="Largest STOW request, in MiB")
    max_instance_mb: int = Field(1024, ge=1, description="Largest single instance, in MiB")
    max_json_mb: int = Field(4, ge=1, description="Largest body of any other request, in MiB")
    backup_horizon_days: int = Field(
        35,
        ge=1,
        description="Age in days beyond which no backup is kept; certificates of destruction name "
        "it",
    )
    sql_folder: Path = Field(
        Path("data/cache/sql"), description="Folder of the files that queries of people read"
    )
    sql_seconds: float = Field(30.0, gt=0, description="How long a query of a person may take")
    sql_memory_mb: int = Field(3072, ge=512, description="Memory that such a query may use")
    threads: int = Field(24, ge=2, description="Requests that are worked on at once")

    @property
    def host_names(self) -> frozenset[str]:
        """Return the names that a Host header may bear."""
        named = {name.strip().lower() for name in self.hosts.split(",") if name.strip()}
        if public := urlsplit(self.public_url).hostname:
            named.add(public)
        return frozenset(named | LOOPBACK | {self.host.lower()})

    @property
    def is_private(self) -> bool:
        """Say whether this machine alone reaches the site, as far as the settings tell."""
        return self.host_names <= LOOPBACK | {"::1"}

    def vault(self) -> VaultKeys | None:
        """Return where the vault's keys are; None leaves them beside an SQLite file."""
        if self.vault_keys is None and self.database_url.startswith("sqlite"):
            return None
        return VaultKeys(
            keys=self.vault_keys or Path("data/vault"),
            wrapping=self.vault_wrapping or Path("data/secrets/vault"),
        )
