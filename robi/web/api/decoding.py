"""From the parts of a request to what a call takes.

Owns how path, query and body are read, strictly, and which error tells what is wrong with them: a
field that is missing is 2002, anything else 2001, both with the path of the first fault and never
with a value. No I/O.
"""

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl, unquote

import cattrs
import orjson
from attrs import evolve

from robi.errors import InvalidRequestFormat, MissingRequiredField
from robi.protocol.converter import REQUIRED, first_fault, read
from robi.web.api.table import Operation, Raw

T = TypeVar("T")
Fields = dict[str, object]

MAX_QUERY_FIELDS = 32


def taken(
    operation: Operation[T],
    path: Mapping[str, str],
    query: str,
    body: bytes = b"",
    media_type: str = "",
) -> T:
    """Return what `operation` takes.

    Args:
        path: its parameters, still percent-encoded, so that a slash in an id is none of the path.
        query: the part of the target after `?`.
        body: whole; not looked at if it takes none.
        media_type: what the body is, if that is not JSON.

    Raises:
        InvalidRequestFormat, MissingRequiredField: it cannot be read.
    """
    raw = operation.raw
    if raw is not None and media_type in raw.media_types:
        fields = {**_from_query(operation, query), raw.media_type: media_type}
        asked = _read(operation, {**fields, **_from_path(path)})
        return _with_bytes(asked, raw, body)
    fields = _from_body(body) if operation.body_bytes else _from_query(operation, query)
    return _read(operation, {**fields, **_from_path(path)})


def _with_bytes(asked: T, raw: Raw, body: bytes) -> T:
    if not body:
        raise MissingRequiredField("body: is required")
    with_bytes: T = evolve(cast("Any", asked), **{raw.data: body})
    return with_bytes


def _read(operation: Operation[T], fields: Fields) -> T:
    try:
        return read(fields, operation.takes)
    except cattrs.ClassValidationError as error:
        where, reason = first_fault(error)
        details = f"{'.'.join(where)}: {reason}"
    kind = MissingRequiredField if reason == REQUIRED else InvalidRequestFormat
    raise kind(details)


def _from_path(path: Mapping[str, str]) -> Fields:
    try:
        return {name: unquote(value, errors="strict") for name, value in path.items()}
    except UnicodeDecodeError:
        raise InvalidRequestFormat("path: not UTF-8") from None


def _from_query(operation: Operation[T], query: str) -> Fields:
    """Read the parameters that it has; others are passed over, as in any message."""
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_FIELDS
        )
    except ValueError:
        raise InvalidRequestFormat("query: cannot be read") from None
    wanted = {field.name for field in operation.query_fields}
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
