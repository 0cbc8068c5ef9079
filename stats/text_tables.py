"""Result to text: aligned tables at most 100 columns wide, the method, the warnings."""

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass

import numpy as np

WIDTH = 100
LONGEST_TABLE = 60
LONGEST_VECTOR = 8
_LAST = ("method", "warnings")
_GIVEN = ("alpha", "alpha_one_sided", "effect", "margin")


def render(label: str, values: Mapping[str, object]) -> str:
    """Return a result as text.

    Parameters
    ----------
    label : str
        What the result is; the first line.
    values : mapping
        The fields in order. Scalars share one table, nested results of one kind share one, rows
        become one each; `method` and `warnings` come last.

    Returns
    -------
    str
        Lines of at most 100 characters.

    Examples
    --------
    >>> print(render("Estimate", {"value": 0.75, "n": 20, "method": "empirical", "warnings": ()}))
    Estimate
     value   n
    0.7500  20
    Method: empirical
    """
    shown = {name: value for name, value in values.items() if name not in _LAST}
    scalars = {name: value for name, value in shown.items() if _is_scalar(value)}
    nested = {name: value for name, value in shown.items() if is_dataclass(value)}
    lines = [label]
    if scalars:
        lines += _table([scalars])
    for name, value in shown.items():
        if name in nested:
            lines += _nested(name, nested)
        elif name not in scalars:
            lines += _sequence(name, value)
    if values.get("method"):
        lines += _wrapped(f"Method: {values['method']}")
    for warning in _items(values.get("warnings", ())):
        lines += _wrapped(f"Warning: {warning}")
    return "\n".join(lines)


def number(value: object, name: str = "") -> str:
    """Return one cell: p values to four decimals, other reals to about four significant digits.

    Examples
    --------
    >>> number(0.00002, "p_value"), number(0.0207486), number(float("nan")), number(114)
    ('<.0001', '0.02075', 'NaN', '114')
    """
    if value is None:
        return "-"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if not isinstance(value, float | np.floating):
        return str(value)
    real = float(value)
    if math.isnan(real):
        return "NaN"
    if name in _GIVEN:
        return f"{real:g}"
    if name.startswith("p_") or name == "p":
        return "<.0001" if real < 0.0001 else f"{real:.4f}"
    if math.isinf(real) or real == 0 or abs(real) >= 1e5 or abs(real) < 1e-4:
        return f"{real:.4g}"
    return f"{real:.{min(max(3 - math.floor(math.log10(abs(real))), 0), 7)}f}"


def _nested(name: str, nested: Mapping[str, object]) -> list[str]:
    """Return the table of all nested results of this kind, once, where the first of them stands."""
    kind = type(nested[name])
    same = [other for other, value in nested.items() if type(value) is kind]
    if same[0] != name:
        return []
    rows = [
        {"": other} | {key: cell for key, cell in _cells(nested[other]).items() if _is_scalar(cell)}
        for other in same
    ]
    return ["", *_table([{k: v for k, v in row.items() if k not in _LAST} for row in rows])]


def _sequence(name: str, value: object) -> list[str]:
    items = _items(value)
    if not items:
        return ["", f"{name}: none"]
    if all(is_dataclass(item) for item in items):
        rows = [_flat(item) for item in items[:LONGEST_TABLE]]
        more = len(items) - len(rows)
        return ["", name, *_table(rows), *([f"... {more} more rows"] if more else [])]
    if isinstance(value, Mapping):
        return ["", name, *_table([{str(key): cell for key, cell in value.items()}])]
    words = [number(item) for item in items[:LONGEST_VECTOR]]
    rest = f", ... ({len(items)} values)" if len(items) > LONGEST_VECTOR else ""
    return _wrapped(f"{name}: {', '.join(words)}{rest}")


def _table(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Return aligned columns; too many for one line are continued below, the first repeated."""
    names = list(rows[0])
    columns = {name: [name, *(number(row.get(name), name) for row in rows)] for name in names}
    texts = {name: isinstance(rows[0][name], str) for name in names}
    blocks: list[list[str]] = [[]]
    for name in names:
        width = sum(max(map(len, columns[used])) + 2 for used in blocks[-1])
        if blocks[-1] and width + max(map(len, columns[name])) > WIDTH:
            blocks.append([names[0]] if texts[names[0]] else [])
        blocks[-1].append(name)
    lines = []
    for block in blocks:
        widths = {name: max(map(len, columns[name])) for name in block}
        for cells in zip(*(columns[name] for name in block), strict=True):
            aligned = [
                cell[:WIDTH].ljust(widths[name]) if texts[name] else cell.rjust(widths[name])
                for name, cell in zip(block, cells, strict=True)
            ]
            lines.append("  ".join(aligned).rstrip()[:WIDTH])
    return lines


def _flat(row: object) -> dict[str, object]:
    """Return a row's cells; an estimate inside a row gives its value and interval."""
    flat: dict[str, object] = {}
    for name, cell in _cells(row).items():
        if is_dataclass(cell):
            inner = _cells(cell)
            keys = [key for key in inner if _is_scalar(inner[key]) and key not in _LAST]
            flat |= {key: inner[key] for key in keys}
        elif _is_scalar(cell):
            flat[name] = cell
    return flat


def _cells(item: object) -> dict[str, object]:
    names = [field.name for field in fields(item)]  # type: ignore[arg-type]
    return {name: getattr(item, name) for name in names if name != "provenance"}


def _is_scalar(value: object) -> bool:
    if is_dataclass(value):
        return False
    return isinstance(value, str) or not isinstance(value, Sequence | Mapping | np.ndarray)


def _items(value: object) -> list[object]:
    if isinstance(value, np.ndarray):
        return list(value.ravel().tolist())
    return list(value)  # type: ignore[call-overload, no-any-return]


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, WIDTH, subsequent_indent="  ")
