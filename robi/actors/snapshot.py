"""The tree at one moment, as values: for `GET /api/tree`, `robi tree` and tests."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from attrs import field, frozen

from robi.actors.restart import Restart

Detail = int | float | str | bool
"""A fact that an actor shows about itself; never a person's words."""


class State(Enum):
    """Where a child, or a supervisor, is in its life."""

    WAITING = "waiting"
    """Its turn to start has not come."""
    STARTING = "starting"
    """Alive, not ready yet; or between two lives."""
    RUNNING = "running"
    """Ready."""
    STOPPING = "stopping"
    """Asked to stop."""


def _frozen_copy(details: Mapping[str, Detail]) -> Mapping[str, Detail]:
    return MappingProxyType(dict(details))


@frozen
class Snapshot:
    """One actor and what is below it.

    `restart` is None for the root. `uptime_s` is the age of the present life in seconds.
    `mailbox_depth` counts both lanes. A child that is gone is not in the tree.
    """

    name: str
    state: State
    restart: Restart | None
    restarts: int
    uptime_s: float
    mailbox_depth: int
    mailbox_bound: int
    details: Mapping[str, Detail] = field(converter=_frozen_copy)
    children: tuple["Snapshot", ...] = ()
    putters_waiting: int = 0
    """Who waits for room in the mailbox."""
