"""Between JSON objects and the messages of the protocol, strictly: a cattrs converter, set up once.

Owns what cattrs is told about our types. cattrs as it comes turns `"5"` into 5 and null into
`"None"` (findings.md, *Messages*); here every plain type has a hook that coerces nothing, and a
field annotated with a `Kind` is checked by it.

Reading:  a null, or a blank text that a robot sends where a field may be absent, counts as absent;
          unknown fields are ignored; the first fault is told with its path.
Writing:  a field that is None is left out, since the app in the field fails on null (protocol.md
          §3), save what `_UNSAID` says. Actions pass untouched: they are a matter of `dialects`.
"""

import base64
from collections.abc import Callable, Mapping
from typing import Annotated, Literal, TypeVar, get_args, get_origin

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from robi.protocol.actions import Action
from robi.protocol.fields import Kind, Refused, boolean, integer, mismatch, number, string
from robi.protocol.messages import CaptureRequest, StreamEnd

M = TypeVar("M")
Hook = Callable[[object, object], object]

REQUIRED = "is required"
"""What is wrong with a field that is not there."""

_UNSAID: Mapping[type, Mapping[str, object]] = {
    StreamEnd: {"interrupted": False},
    CaptureRequest: {"duration_ms": attrs.NOTHING},
}
"""The value of a field that is not written; None for all that are not named here."""


def read(fields: object, message: type[M]) -> M:
    """Return the `message` that the JSON object `fields` spells.

    Raises:
        cattrs.ClassValidationError: a field is missing or not what it should be; see
            `first_fault`.
        Refused: `fields` is no object.
    """
    return _converter.structure(fields, message)


def write(message: object) -> dict[str, object]:
    """Return the fields of `message`, fit for JSON, without its `type`."""
    fields: dict[str, object] = _converter.unstructure(message)
    return fields


def first_fault(error: cattrs.ClassValidationError) -> tuple[tuple[str, ...], str]:
    """Return the path to the first fault that `read` found, and what is wrong there."""
    path: list[str] = []
    fault: Exception = error
    while isinstance(fault, cattrs.ClassValidationError):
        noted, unnoted = fault.group_exceptions()
        if not noted:
            fault = unnoted[0]
            break
        fault, note = noted[0]
        path.append(note.name)
    return tuple(path), REQUIRED if isinstance(fault, KeyError) else str(fault)


# ── what cattrs is told ───────────────────────────────────────────────────────────────────


def _is_a(origin: object) -> Callable[[object], bool]:
    return lambda annotation: get_origin(annotation) is origin


def _are_actions(annotation: object) -> bool:
    return annotation == tuple[Action, ...]


def _kinds(annotation: object) -> list[Kind]:
    if get_origin(annotation) is not Annotated:
        return []
    return [mark for mark in get_args(annotation) if isinstance(mark, Kind)]


def _kind_hook(annotation: object) -> Hook:
    parse = _kinds(annotation)[0].parse
    return lambda value, _type: parse(value)


def _literal_hook(annotation: object) -> Hook:
    choices = get_args(annotation)
    reason = "expected one of " + ", ".join(map(str, choices))

    def hook(value: object, _type: object) -> object:
        if isinstance(value, str) and value in choices:
            return value
        raise Refused(reason)

    return hook


def _tuple_hook(annotation: object, converter: cattrs.Converter) -> Hook:
    element = get_args(annotation)[0]

    def hook(value: object, _type: object) -> object:
        if not isinstance(value, list):
            raise mismatch(value, expected="an array")
        return tuple(converter.structure(item, element) for item in value)

    return hook


def _may_be_blank(annotation: object) -> bool:
    """Whether a field takes text or bytes from a robot, or nothing."""
    options = get_args(annotation)
    return type(None) in options and any(
        _kinds(option) and get_args(option)[0] in (str, bytes) for option in options
    )


def _reader(message: type[attrs.AttrsInstance], converter: cattrs.Converter) -> Hook:
    structure = make_dict_structure_fn(message, converter)
    blankable = {field.name for field in attrs.fields(message) if _may_be_blank(field.type)}

    def absent(key: str, value: object) -> bool:
        if value is None:
            return True
        return key in blankable and isinstance(value, str) and (not value or value.isspace())

    def hook(value: object, _type: object) -> object:
        if not isinstance(value, dict):
            raise mismatch(value, expected="an object")
        return structure({k: v for k, v in value.items() if not absent(k, v)}, message)

    return hook


def _writer(message: type[object], converter: cattrs.Converter) -> Callable[[object], object]:
    unstructure = make_dict_unstructure_fn(message, converter)
    unsaid = _UNSAID.get(message, {})

    def hook(value: object) -> object:
        return {k: v for k, v in unstructure(value).items() if v is not unsaid.get(k)}

    return hook


def _make_converter() -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=True)
    converter.register_structure_hook(bool, lambda value, _type: boolean(value))
    converter.register_structure_hook(int, lambda value, _type: integer(value))
    converter.register_structure_hook(float, lambda value, _type: number(value))
    converter.register_structure_hook(str, lambda value, _type: string(value))
    converter.register_structure_hook_factory(_is_a(Literal), _literal_hook)
    converter.register_structure_hook_factory(_is_a(tuple), lambda t: _tuple_hook(t, converter))
    converter.register_structure_hook_func(_are_actions, lambda _value, _type: ())
    converter.register_structure_hook_factory(lambda t: bool(_kinds(t)), _kind_hook)
    converter.register_structure_hook_factory(attrs.has, lambda t: _reader(t, converter))
    converter.register_unstructure_hook(bytes, lambda data: base64.b64encode(data).decode())
    converter.register_unstructure_hook_factory(attrs.has, lambda t: _writer(t, converter))
    converter.register_unstructure_hook_func(_are_actions, lambda actions: actions)
    return converter


_converter = _make_converter()
