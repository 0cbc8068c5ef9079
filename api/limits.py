"""What a request may be before any route sees it: address, headers, host and JSON, by plain rules.

Bodies are I-JSON (RFC 7493): UTF-8, no name twice, no lone surrogate, no number that a double
cannot hold. Text holds no control characters, so that what is signed is what is shown and every
export can be written as XML.
"""

import json
import math
import re
from collections.abc import Collection, Iterable, Sequence
from urllib.parse import unquote_to_bytes

from api.errors import (
    AddressTooLong,
    BadJson,
    BadText,
    HeadersTooLarge,
    TooManyParameters,
    UnfitText,
    WrongHost,
)

LONGEST_ADDRESS = 8192
MOST_PARAMETERS = 100
MOST_HEADERS = 100
LARGEST_HEADERS = 32_768
DEEPEST_JSON = 64
MOST_JSON_VALUES = 200_000
LONGEST_NUMBER = 64
# RFC 7493, 2.2: integers that every reader of JSON understands alike.
LARGEST_INTEGER = 2**53 - 1

_NOT_LINES = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
# A text of several lines may hold tabs and line ends; a name, an address or a header may not.
NOT_TEXT = re.compile(f"[{_NOT_LINES}]")
NOT_A_LINE = re.compile(f"[{_NOT_LINES}\t\n\r]")
_PORT = re.compile(r":[0-9]{1,5}$")


def check_address(path: bytes, query: bytes) -> None:
    """Refuse an address that is too long, or that holds what is no text."""
    if len(path) + len(query) > LONGEST_ADDRESS:
        raise AddressTooLong(f"the address is longer than {LONGEST_ADDRESS} bytes")
    if query.count(b"&") >= MOST_PARAMETERS:
        raise TooManyParameters(f"there are more than {MOST_PARAMETERS} query parameters")
    for part, name in ((path, "path"), (query.replace(b"+", b" "), "query")):
        try:
            text = unquote_to_bytes(part).decode()
        except UnicodeDecodeError as problem:
            raise BadText(f"the {name} of the address is not UTF-8") from problem
        if NOT_A_LINE.search(text):
            raise BadText(f"the {name} of the address holds a control character")


def check_headers(headers: Collection[tuple[bytes, bytes]]) -> None:
    """Refuse headers that are too many, too large, or hold control characters."""
    size = sum(len(name) + len(value) for name, value in headers)
    if len(headers) > MOST_HEADERS or size > LARGEST_HEADERS:
        raise HeadersTooLarge(
            f"send at most {MOST_HEADERS} headers with at most {LARGEST_HEADERS} bytes together"
        )
    for name, value in headers:
        # A tab is blank space in a header (RFC 9110, 5.5); bytes above ASCII are nobody's here.
        if NOT_TEXT.search(value.decode("latin-1")):
            raise BadText(f"the header {name.decode('latin-1')} holds a control character")


def check_host(hosts: Sequence[str], allowed: Collection[str]) -> None:
    """Refuse a name that this site is not served under: another site's page may have sent it."""
    if len(hosts) != 1 or _PORT.sub("", hosts[0]).lower() not in allowed:
        raise WrongHost(
            "this site is not served under the name in the Host header: its operator names the "
            "hosts in READOUT_API_HOSTS"
        )


def check_json(body: bytes) -> None:
    """Refuse a body that is no I-JSON, is too deep, or whose strings hold what is no text."""
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as problem:
        raise BadJson("the body is not UTF-8") from problem
    except json.JSONDecodeError as problem:
        raise BadJson(
            f"the body is no JSON: {problem.msg} at line {problem.lineno}, column {problem.colno}"
        ) from problem
    except RecursionError as problem:
        raise BadJson(_TOO_DEEP) from problem
    _check_values(value)


_TOO_DEEP = f"the body is nested more than {DEEPEST_JSON} deep"


def _check_values(root: object) -> None:
    """Walk all values without recursion, so that no depth can exhaust the stack."""
    waiting: list[tuple[object, str, int]] = [(root, "body", 1)]
    seen = 0
    while waiting:
        value, where, depth = waiting.pop()
        seen += 1
        if seen > MOST_JSON_VALUES:
            raise BadJson(f"the body has more than {MOST_JSON_VALUES} values")
        if isinstance(value, str) and NOT_TEXT.search(value):
            raise UnfitText(where, "holds a control character or half of a surrogate pair")
        if not isinstance(value, dict | list):
            continue
        if depth > DEEPEST_JSON:
            raise BadJson(_TOO_DEEP)
        waiting.extend((each, f"{where}/{name}", depth + 1) for name, each in _children(value))


def _children(value: dict[str, object] | list[object]) -> Iterable[tuple[str | int, object]]:
    if isinstance(value, list):
        return enumerate(value)
    for name in value:
        if NOT_A_LINE.search(name):
            raise BadJson("a name in the body holds a control character")
    return value.items()


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("an object in the body has a name twice: which value is meant?")
    return found


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER or abs(int(text)) > LARGEST_INTEGER:
        raise BadJson("a number in the body is beyond ±(2^53 − 1): send it as a string")
    return int(text)


def _number(text: str) -> float:
    if len(text) > LONGEST_NUMBER or not math.isfinite(float(text)):
        raise BadJson("a number in the body is longer or larger than a double holds")
    return float(text)


def _constant(text: str) -> float:
    raise BadJson(f"{text} is no JSON")
