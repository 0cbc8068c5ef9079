"""The data dictionary: every table and column of the lake, as a Markdown page.

`python -m lake.dictionary` prints it; a test holds `docs/reference/data-dictionary.md` to it.
"""

import sys

from lake.tables import TABLES, Column, Table

_HEAD = """# Data dictionary

Every table of the lake, written from `lake/tables.py` by `make docs`. Each project has its own
copy of every table. Columns spelled as a DICOM keyword hold that attribute as it was received
after de-identification; ours are spelled in lower case. A dot in the last column of a row says
that the value is always there.

Types: `text`; `integer` (64 bits); `number` (binary, 64 bits); `boolean`; `date`; `instant` (UTC,
microseconds). Exact decimal numbers are `text` in columns named `…_decimal`.
"""


def dictionary() -> str:
    """Return the page.

    Returns
    -------
    str
        Markdown, tables in the order of the layers.

    Examples
    --------
    >>> dictionary().splitlines()[0]
    '# Data dictionary'
    """
    return "\n".join([_HEAD, *(_section(table) for table in TABLES)])


def _section(table: Table) -> str:
    lines = [
        f"## {table.name}",
        "",
        f"{table.layer.capitalize()}. {table.description}",
        "",
        f"Key: {', '.join(f'`{name}`' for name in table.key)}.",
        "",
        "| column | type | unit | meaning | required |",
        "|---|---|---|---|:-:|",
        *(_row(column) for column in table.columns),
        "",
    ]
    return "\n".join(lines)


def _row(column: Column) -> str:
    required = "" if column.nullable else "•"
    return f"| `{column.name}` | {column.type} | {column.unit} | {column.meaning} | {required} |"


if __name__ == "__main__":
    sys.stdout.write(dictionary())
