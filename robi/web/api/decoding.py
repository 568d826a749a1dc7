"""From the parts of a request to what a call takes.

Owns how path, query and body are read, strictly, and which error tells what is wrong with them: a
field that is missing is 2002, anything else 2001, both with the path of the first fault and never
with a value. No I/O.
"""

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl, unquote

import cattrs
import orjson

from robi.errors import InvalidRequestFormat, MissingRequiredField, UnsupportedFileFormat
from robi.protocol.converter import REQUIRED, first_fault, read
from robi.web.api.table import Call

T = TypeVar("T")
Fields = dict[str, object]

MAX_QUERY_FIELDS = 32


def taken(call: Call[T], path: Mapping[str, str], query: str, body: bytes) -> T:
    """Return what `call` takes.

    Args:
        path: its parameters, still percent-encoded, so that a slash in an id is none of the path.
        query: the part of the target after `?`.
        body: whole; not looked at if the call takes none.

    Raises:
        InvalidRequestFormat, MissingRequiredField: it cannot be read.
    """
    fields: Fields = _from_body(body) if call.body_bytes else _from_query(call, query)
    fields.update(_from_path(path))
    try:
        return read(fields, call.takes)
    except cattrs.ClassValidationError as error:
        where, reason = first_fault(error)
        details = f"{'.'.join(where)}: {reason}"
    kind = MissingRequiredField if reason == REQUIRED else InvalidRequestFormat
    raise kind(details)


def check_media_type(content_type: str | None) -> None:
    """Take JSON, and a body that does not say what it is.

    Raises:
        UnsupportedFileFormat: it says that it is something else.
    """
    media_type = (content_type or "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedFileFormat("expected application/json")


def _from_path(path: Mapping[str, str]) -> Fields:
    try:
        return {name: unquote(value, errors="strict") for name, value in path.items()}
    except UnicodeDecodeError:
        raise InvalidRequestFormat("path: not UTF-8") from None


def _from_query(call: Call[T], query: str) -> Fields:
    """Read the parameters that the call has; others are passed over, as in any message."""
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_FIELDS
        )
    except ValueError:
        raise InvalidRequestFormat("query: cannot be read") from None
    wanted = {field.name for field in call.other_fields}
    fields: Fields = {}
    for name, value in pairs:
        if name not in wanted:
            continue
        if name in fields:
            details = f"{name}: given twice"
            raise InvalidRequestFormat(details)
        fields[name] = value
    return fields


def _from_body(body: bytes) -> Fields:
    if not body:
        raise MissingRequiredField("body: is required")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InvalidRequestFormat("body: not JSON") from None
    if not isinstance(value, dict):
        raise InvalidRequestFormat("body: expected an object")
    return value
