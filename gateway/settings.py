"""Settings of the gateway, `READOUT_GATEWAY_*` in the environment."""

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from deid.profile import Option, basic_profile


class Settings(BaseSettings):
    """Everything the gateway can be told."""

    model_config = SettingsConfigDict(env_prefix="READOUT_GATEWAY_", extra="forbid")

    data: Path = Field(Path("data/gateway"), description="Folder of spool, state and site key")
    dicom_host: str = Field("127.0.0.1", description="Address the DICOM listener binds to")
    dicom_port: int = Field(11112, ge=0, le=65535, description="Port of the DICOM listener")
    ae_title: str = Field("READOUT", min_length=1, max_length=16, description="Own AE title")
    api_url: str = Field("http://127.0.0.1:8000", description="Address of the platform")
    project: str = Field("", description="Id of the project that receives; empty: nothing is sent")
    machine_key_file: Path | None = Field(
        None, description="File with the machine key (rk.…); default ../secrets/gateway.key"
    )
    status_host: str = Field("127.0.0.1", description="Address of the local status endpoint")
    status_port: int = Field(11180, ge=0, le=65535, description="Port of the status endpoint")
    profile_options: str = Field(
        "retain_modified_dates",
        description="Options of PS3.15 E.3 on the basic profile, separated by commas",
    )
    min_free_mb: int = Field(1024, ge=0, description="Below this much free disk 0xA700 is answered")
    max_instance_mb: int = Field(4096, gt=0, description="Larger objects are not accepted")
    max_associations: int = Field(32, gt=0, description="Associations at the same time")
    batch_instances: int = Field(16, gt=0, description="Objects in one upload")
    batch_mb: int = Field(32, gt=0, description="Size of one upload")
    upload_threads: int = Field(2, gt=0, le=16, description="Uploads at the same time")
    ahead_instances: int = Field(
        512, ge=0, description="De-identified objects waiting, from which on the work pauses"
    )
    request_timeout_s: float = Field(120.0, gt=0, description="Time limit of a network operation")
    retry_first_s: float = Field(1.0, gt=0, description="Longest wait after a first failure")
    retry_most_s: float = Field(300.0, gt=0, description="Longest wait after many failures")
    stop_after_s: float = Field(20.0, ge=0, description="Time given to open work when stopping")
    log_file: Path | None = Field(None, description="File for JSON log lines beside the console")

    @field_validator("profile_options")
    @classmethod
    def _known(cls, names: str) -> str:
        basic_profile(_options(names))
        return names

    @property
    def options(self) -> tuple[Option, ...]:
        """Return the options of the profile."""
        return _options(self.profile_options)

    @property
    def machine_key_path(self) -> Path:
        """Return the file with the machine key."""
        return self.machine_key_file or self.data.parent / "secrets" / "gateway.key"


def _options(names: str) -> tuple[Option, ...]:
    known = [option.value for option in Option]
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        raise ValueError(f"no such option: {', '.join(unknown)}; choose of {', '.join(known)}")
    return tuple(Option(name) for name in chosen)
