"""What is forgotten: people who mean nobody any more, and all that is on its way out.

Owns two things while the server lives, for every life of the memory: the digests of the ids that
were forgotten, as the store has them; and the orders to forget, from the instant that they are
given until the store has done them and a moment more, for what was read from it just before. While
an order stands nothing of it is recalled, learned or told, whatever the store still holds
(docs/decisions/0009-forgetting.md).

A phone that still knows the face goes on naming the id. Whoever comes with it is a stranger then.
"""

from collections import deque
from collections.abc import Sequence
from math import inf
from typing import Final

import trio
from attrs import define, field

from robi.actors.mail import Forgot, Hushed
from robi.actors.memory_mail import Forget, ForgetAbout, Heard
from robi.store.base import Memory, digest

MOMENT_S: Final = 10.0
"""Seconds after which nobody holds what was read before: longer than a robot waits for its past and
its session together (`robi.actors.admission`)."""


@define(eq=False)
class Order:
    """An order to forget: what was asked, what that is about, and when (Unix seconds)."""

    question: Forget | ForgetAbout
    at: float
    about: list[Forgot]
    done_at: float = inf
    """On trio's clock."""


@define(eq=False)
class Echo:
    """What an order is about that another process carries out (`robi.workers`)."""

    about: Forgot
    done_at: float = inf
    """On trio's clock."""


@define(eq=False)
class Forgotten:
    """What is forgotten, and what is being forgotten."""

    _digests: set[str] = field(factory=set, init=False)
    _orders: list[Order] = field(factory=list, init=False)
    _hushed: deque[tuple[float, Hushed]] = field(factory=deque, init=False)
    _news: list[Forgot | Hushed] = field(factory=list, init=False)
    """What the sessions have not been told."""
    _echoes: list[Echo] = field(factory=list, init=False)
    """Orders that another process carries out."""

    # ── people ────────────────────────────────────────────────────────────────────────────

    def __contains__(self, person_id: object) -> bool:
        return (
            isinstance(person_id, str)
            and bool(self._digests)
            and digest(person_id) in self._digests
        )

    def load(self, digests: frozenset[str]) -> None:
        """Take what the store knows."""
        self._digests.update(digests)

    def add(self, person_id: str) -> None:
        """From now on this id is nobody's."""
        self._digests.add(digest(person_id))

    def readmit(self, person_id: str) -> None:
        """This id is somebody's again."""
        self._digests.discard(digest(person_id))

    # ── orders ────────────────────────────────────────────────────────────────────────────

    def begin(self, question: Forget | ForgetAbout, forgot: Forgot, at: float) -> Order:
        """Note that this is to be forgotten."""
        self._drop_old()
        order = Order(question, at, [forgot])
        self._orders.append(order)
        return order

    def finish(self, order: Order) -> None:
        """Note that the store has done it."""
        order.done_at = trio.current_time()

    @property
    def unfinished(self) -> tuple[Order, ...]:
        """The orders that the store has not done, oldest first."""
        return tuple(order for order in self._orders if order.done_at == inf)

    def has_turn(self, heard: Heard) -> bool:
        """Return whether that turn is forgotten."""
        return any(
            heard.at <= order.at
            and forgot.concerns(heard.person_id, heard.session_id, heard.request_id, heard.words)
            for order in self._orders
            for forgot in order.about
        )

    def has_memory(self, memory: Memory) -> bool:
        """Return whether that memory is forgotten, though the store may still have it."""
        return any(
            memory.created_at <= order.at and forgot.concerns_memory(memory)
            for order in self._orders
            for forgot in order.about
        )

    # ── the sessions ──────────────────────────────────────────────────────────────────────

    def announce(self, news: Forgot | Hushed) -> bool:
        """Have the sessions told; return whether they had nothing to hear before."""
        if isinstance(news, Hushed):
            self._hushed.append((trio.current_time(), news))
        self._news.append(news)
        return len(self._news) == 1

    def hear(self, forgot: Forgot) -> None:
        """Note an order that another process carries out."""
        self._echoes.append(Echo(forgot))

    def lapse(self, about: Sequence[Forgot]) -> None:
        """Note that the store has done what these orders asked for."""
        for echo in self._echoes:
            if echo.about in about and echo.done_at == inf:
                echo.done_at = trio.current_time()

    def take_news(self) -> tuple[Forgot | Hushed, ...]:
        """Take what the sessions have not been told. For their actor."""
        news, self._news = tuple(self._news), []
        return news

    def recent(self) -> Sequence[Forgot | Hushed]:
        """Return what a past may still hold that was read from the store a moment ago."""
        self._drop_old()
        about = [forgot for order in self._orders for forgot in order.about]
        echoes = [echo.about for echo in self._echoes]
        return [*about, *echoes, *(hushed for _, hushed in self._hushed)]

    def _drop_old(self) -> None:
        since = trio.current_time() - MOMENT_S
        self._orders = [order for order in self._orders if order.done_at > since]
        self._echoes = [echo for echo in self._echoes if echo.done_at > since]
        while self._hushed and self._hushed[0][0] <= since:
            self._hushed.popleft()
