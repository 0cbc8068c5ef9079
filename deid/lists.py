"""Lists kept as data beside the code: one row a line, so that a review reads a plain difference."""

from importlib.resources import files


def lines_of(name: str) -> tuple[str, ...]:
    """Return the lines of a list of this package."""
    return tuple(files("deid").joinpath(name).read_text(encoding="ascii").splitlines())
