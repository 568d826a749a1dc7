"""What is told of a crash: types and places, never values.

The message of an exception, its notes and the locals of its frames may hold a person's words;
so a report is made of the types of the errors and of where they came from, and nothing else.
"""

from collections.abc import Iterator
from traceback import walk_tb

from attrs import frozen

PLACES = 8
"""Innermost places told of one error: enough to find it, short enough for one log line."""


@frozen
class Crash:
    """The end of one life of an actor.

    `error` is the type's name; of a group, the names of all that is in it. `places` are
    `module:line function`, outermost first, error after error. `restarts` counts those before.
    """

    actor: str
    error: str
    places: tuple[str, ...]
    restarts: int

    @classmethod
    def of(cls, actor: str, error: Exception, restarts: int) -> "Crash":
        """Make the report of `error`, keeping no reference to it."""
        leaves = list(_leaves(error))
        return cls(
            actor=actor,
            error=", ".join(type(leaf).__name__ for leaf in leaves),
            places=tuple(place for leaf in leaves for place in _places(leaf)),
            restarts=restarts,
        )


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _places(error: BaseException) -> list[str]:
    places = [
        f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
        for frame, line in walk_tb(error.__traceback__)
    ]
    return places[-PLACES:]
