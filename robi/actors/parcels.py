"""What goes from one process of the server to another: values as bytes, and nothing but values.

Owns which types may travel. Processes of one program and one user speak to each other over a socket
that nobody else can open, so pickle does: it knows every shape that an actor can be told. What it
would also do, to call whatever a stream names, it is not let: out of bytes come frozen attrs
classes, enumerations and errors of Robi, and plain values.
"""

import enum
import io
import pickle
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

import attrs

from robi.errors import InternalError

_VALUES: Final = frozenset({("robi.people.words", "Gists")})
"""Classes that may travel though they are made without attrs."""


class ParcelRefused(InternalError):
    """Bytes that hold something which no process of this server sends."""


def pack(value: object) -> bytes:
    """Return `value` as bytes. Raises what pickle does for a value that cannot travel."""
    out = io.BytesIO()
    _Pickler(out, pickle.HIGHEST_PROTOCOL).dump(value)
    return out.getvalue()


def unpack(data: bytes | memoryview) -> Any:
    """Return what was packed.

    Raises:
        ParcelRefused: there is something else in it.
    """
    return _Unpickler(io.BytesIO(data)).load()


def sealed(items: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """Return a mapping that cannot be changed, as it was before it travelled."""
    return MappingProxyType(items)


def error(kind: type[Exception], args: tuple[Any, ...], told: dict[str, Any]) -> Exception:
    """Return an error as it was, whatever its class takes; where it came from stays behind."""
    made = kind.__new__(kind, *args)
    made.args = args
    made.__dict__.update(told)
    return made


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, MappingProxyType):
            return sealed, (dict(value),)
        if isinstance(value, enum.Enum):  # by name Python before 3.11.4 asks for getattr
            return type(value), (value.value,)
        if isinstance(value, Exception):
            return error, (type(value), value.args, value.__dict__)
        return NotImplemented


_MAKERS: Final[dict[str, Callable[..., object]]] = {"sealed": sealed, "error": error}


def _is_value(found: type) -> bool:
    """Whether to make one does nothing but make it."""
    return attrs.has(found) and attrs.inspect(found).is_frozen


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        """Return a class that may travel; called once for each that a parcel names."""
        if module == __name__ and name in _MAKERS:
            return _MAKERS[name]
        if module.partition(".")[0] == "robi":
            found = super().find_class(module, name)
            if (module, name) in _VALUES or (
                isinstance(found, type)
                and (_is_value(found) or issubclass(found, enum.Enum | Exception))
            ):
                return found
        details = f"{module}.{name}"
        raise ParcelRefused(details)
