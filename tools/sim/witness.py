"""What a robot is told about itself, and whom it tells what happens. Values and a port, no more."""

from typing import Protocol

from attrs import field, frozen

from robi.protocol.dialects import Dialect
from robi.protocol.messages import UNKNOWN_PERSON, AuthOk
from tools.sim.ledger import Turn
from tools.sim.link import Parting
from tools.sim.reading import Reading


@frozen
class Identity:
    """Who the robot is and who stands in front of it; `session_id` and `last_seq` to resume."""

    api_key: str | None = field(repr=False)
    person_id: str = UNKNOWN_PERSON
    dialect: Dialect = Dialect.USER
    device_id: str | None = None
    session_id: str | None = None
    last_seq: int | None = None


@frozen
class Heard:
    """A message of the server, `seconds` after the robot was made."""

    reading: Reading
    turn: Turn | None
    seconds: float


class Witness(Protocol):
    """Whoever wants to know what happens; called in order, must not block."""

    def linked(self, hello: AuthOk, *, again: bool) -> None:
        """A link is authenticated; `again` if not for the first time."""

    def heard(self, heard: Heard) -> None:
        """A message came, `auth_ok` too."""

    def ended(self, turn: Turn) -> None:
        """A turn has its outcome."""

    def violated(self, rule: str) -> None:
        """The server broke the protocol."""

    def parted(self, parting: Parting, pause: float | None) -> None:
        """The link is over; the next attempt is in `pause` seconds, None for never."""
