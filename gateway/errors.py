"""Every way the gateway refuses or postpones.

GatewayError
├── InvalidSettings        a setting is absent or contradicts another
├── SpoolFull              the disk is below the free-space watermark: answered with 0xA700
├── InstanceTooLarge       one object is above the limit: answered with 0xA700
├── PlatformUnavailable    the platform cannot take anything now: tried again later
└── InstanceRefused        the platform refuses one object for good: a person must look

No message holds an identifying value.
"""


class GatewayError(Exception):
    """The gateway refuses or postpones."""


class InvalidSettings(GatewayError):
    """A setting is absent or contradicts another."""


class SpoolFull(GatewayError):
    """The disk is below the free-space watermark."""


class InstanceTooLarge(GatewayError):
    """One object is above the limit."""


class PlatformUnavailable(GatewayError):
    """The platform cannot take anything now; `code` says why, `retry_after_s` when it said so."""

    def __init__(self, code: str, retry_after_s: float = 0.0) -> None:
        super().__init__(f"the platform cannot take uploads now: {code}")
        self.code = code
        self.retry_after_s = retry_after_s


class InstanceRefused(GatewayError):
    """The platform refuses one object for good; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the platform refuses the object: {code}")
        self.code = code
