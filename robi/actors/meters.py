"""What actors tell of what they have done, for whoever counts it or draws it over time.

Owns the port, plain callables with values. Each is called in the loop, once a thing is over and
never for a single chunk, and returns at once. What can be read from a `Snapshot` is not told here.
No actor knows what becomes of it: `robi.metrics` makes Prometheus' figures and traces.
"""

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from attrs import frozen

from robi.actors.figures import Measured
from robi.store.base import Write

T = TypeVar("T")
Coming = Literal["new", "continued", "remembered", "resumed", "lost_place"]
"""How a robot came to its session: to a new one; to one that goes on, of which it has lost its
place; by its id to one from before a restart; with nothing missed; with more missed than could be
said again."""


@frozen
class Committed:
    """A batch that is on the disk; times in seconds of trio's clock.

    `since` is the earliest moment from which one of the writes may have waited.
    """

    writes: Sequence[Write]
    since: float
    began: float
    ended: float


def _nobody(_told: object) -> None:
    """Count nothing."""


@frozen
class Meters:
    """Whom actors tell; nobody, unless the wiring says otherwise.

    Args:
        turn: a turn is over.
        closed: seconds from an interruption until the call to the model was closed.
        came: a robot came to its session.
        replayed: so many messages are said again to a robot that came back.
        hung_up: a link has ended, with this close code.
        refused: a link was not let in, for this error.
        silent: a link has ended since it answered no ping for so many seconds.
        committed: a batch was written.
        shed: a session gave up so many writes, since the store was full.
        late: the one clock was late by so many seconds.
    """

    turn: Callable[[Measured], None] = _nobody
    closed: Callable[[float], None] = _nobody
    came: Callable[[Coming], None] = _nobody
    replayed: Callable[[int], None] = _nobody
    hung_up: Callable[[int], None] = _nobody
    refused: Callable[[str], None] = _nobody
    silent: Callable[[float], None] = _nobody
    committed: Callable[[Committed], None] = _nobody
    shed: Callable[[int], None] = _nobody
    late: Callable[[float], None] = _nobody


def each(*listeners: Callable[[T], None]) -> Callable[[T], None]:
    """Return one listener that tells all of these, in their order."""

    def tell(told: T) -> None:
        for listener in listeners:
            listener(told)

    return tell


NOBODY = Meters()
