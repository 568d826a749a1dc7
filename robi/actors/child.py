"""A row of the tree's table: how one child is started, restarted and stopped."""

from collections.abc import Callable
from math import inf
from typing import Any

from attrs import field, frozen, validators

from robi.actors.actor import Actor
from robi.actors.restart import Restart


@frozen
class Child:
    """What a supervisor must know of a child.

    Args:
        name: unique among its siblings; `session/<id>` for those started while running.
        start: builds the actor, anew for each life; a raise is a crash of that life.
        restart: which ends are followed by another life.
        grace: seconds from the request to stop until what is left is cancelled; finite.
        mailbox_bound: messages in the normal lane of its mailbox.
        start_timeout: seconds it may be without being ready, over all the lives it tries in
            them; then it is given up, since neither a boot nor an asker should wait for ever.
    """

    name: str = field(validator=validators.min_len(1))
    # A table holds actors of many messages; tree.py, which wires them, knows which are whose.
    start: Callable[[], Actor[Any]] = field(repr=False)
    restart: Restart
    grace: float = field(validator=[validators.ge(0.0), validators.lt(inf)])
    mailbox_bound: int = field(default=64, validator=validators.ge(1))
    start_timeout: float = field(default=10.0, validator=[validators.gt(0.0), validators.lt(inf)])
