"""The file `.env`: its variables, and the lines in it that say nothing.

Owns how the file is read. python-dotenv parses it; its own `dotenv_values` would log what it cannot
read, in words of its own.
"""

from pathlib import Path

from attrs import field, frozen
from dotenv.parser import Binding, parse_stream

from robi.config.errors import SettingsError


@frozen
class Dotenv:
    """What a `.env` file says: variables that have a value, numbers of the unreadable lines."""

    values: dict[str, str] = field(factory=dict, repr=False)
    unreadable: tuple[int, ...] = ()


def read(path: Path) -> Dotenv:
    """Read the file; nothing if there is none.

    `$` is a character like others: a key that holds one must not be changed.

    Raises:
        SettingsError: the file cannot be read.
    """
    if not path.is_file():
        return Dotenv()
    try:
        with path.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read ({type(error).__name__})"
        raise SettingsError(msg) from error
    given = {b.key: b.value for b in bindings if b.key is not None and b.value is not None}
    return Dotenv(
        {name: value for name, value in given.items() if value.strip()},
        tuple(_line_of(binding) for binding in bindings if _says_nothing(binding)),
    )


def _says_nothing(binding: Binding) -> bool:
    """Whether it is nonsense, or a word without `=`; comments and empty lines are not."""
    return binding.error or (binding.key is not None and binding.value is None)


def _line_of(binding: Binding) -> int:
    """Return where `binding` begins to say something: empty lines before count as part of it."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
