"""How the command line refuses.

CommandError
├── PortTaken          another process listens where a service should
├── AlreadyRunning     this data folder is already served
├── ServiceFailed      a service did not come up, or stopped again and again
├── KeyUnsafe          others may read a private key
├── DemoExposed        demo accounts would be reached from elsewhere, or in foreign data
├── PlatformRefused    a running platform refused what its client asked
└── NothingFound       a project, file or lock that was named is not there
"""


class CommandError(Exception):
    """Anything the command line refuses; its message is shown without a traceback."""


class PortTaken(CommandError):
    """Another process listens where a service should."""


class AlreadyRunning(CommandError):
    """The data folder is already served by another start."""


class ServiceFailed(CommandError):
    """A service did not come up, or stopped again and again."""


class NothingFound(CommandError):
    """A project, file or lock that was named is not there."""


class DemoExposed(CommandError):
    """Demo accounts would be reached from elsewhere, or stand in data that is no demo's."""


class KeyUnsafe(CommandError):
    """Others may read a private key."""


class PlatformRefused(CommandError):
    """A running platform refused what its client asked."""
