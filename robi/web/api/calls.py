"""What each call does: from what it takes to what it gives.

Owns no request and no response: `table` says which call is reached how, `app` decodes and encodes.
A call that only passes on to the people is not here but in the table.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Literal, cast

from attrs import field, frozen

from robi.actors.figures import Latencies, Percentiles
from robi.actors.snapshot import Detail, Snapshot, State
from robi.protocol.messages import PROTOCOL_VERSION
from robi.web.api.kinds import moment
from robi.web.api.people import People
from robi.web.api.texts import TextShelf
from robi.web.api.types import (
    Certificate,
    CertificateState,
    Health,
    Key,
    MsPercentiles,
    Nothing,
    Page,
    PlainHealth,
    Session,
    Sessions,
    Statistics,
    Tree,
)

_WORKER = "worker/"
_SESSION = "session/"
"""What the name of a session's actor begins with."""


@frozen
class ApiPorts:
    """Whom the calls ask.

    Args:
        snapshot: the tree of actors now.
        people: what is known of people.
        model: the name of the model.
        server: the name and version of this server.
        latencies: how long turns take.
        metrics: the figures for a scraper that accepts such types, and the type that they have.
        instance: the number of this run of it, if it has one.
        made_key: its key, if it made that by itself.
        texts: what readers may ask about.
        whole, all_latencies: as `snapshot` and `latencies`, of all processes if there are several.
    """

    snapshot: Callable[[], Snapshot]
    people: People
    model: Callable[[], str]
    server: str
    latencies: Callable[[], Latencies]
    metrics: Callable[[str], Awaitable[tuple[bytes, str]]]
    instance: str | None = None
    made_key: Callable[[], str] | None = None
    whole: Callable[[], Awaitable[Snapshot]] | None = None
    all_latencies: Callable[[], Awaitable[Latencies]] | None = None
    texts: TextShelf = field(kw_only=True)

    async def tree(self) -> Snapshot:
        """Return the tree, with those of the other processes if there are any."""
        return self.snapshot() if self.whole is None else await self.whole()


async def health(ports: ApiPorts, _: Nothing) -> Health:
    """See the table."""
    tree = await ports.tree()
    children = {child.name: child for child in tree.children}
    return Health(
        status=_status(tree),
        version=PROTOCOL_VERSION,
        server=ports.server,
        uptime_s=round(tree.uptime_s, 1),
        model=ports.model(),
        sessions=sum(int(sessions.details.get("live", 0)) for sessions in _sessions_of(tree)),
        store=_word(children.get("store")),
        instance=ports.instance,
        certificate=_certificate(children.get("certificate")),
    )


async def plain_health(ports: ApiPorts, _: Nothing) -> PlainHealth:
    """See the table."""
    status = _status(await ports.tree())
    return PlainHealth("healthy" if status == "ok" else status)


async def key(ports: ApiPorts, _: Nothing) -> Key:
    """See the table."""
    return Key(ports.made_key() if ports.made_key else None)


async def tree(ports: ApiPorts, _: Nothing) -> Tree:
    """See the table."""
    return _tree(await ports.tree())


async def sessions(ports: ApiPorts, page: Page) -> Sessions:
    """See the table."""
    live = [child for each in _sessions_of(await ports.tree()) for child in each.children]
    end = page.offset + page.limit
    return Sessions(
        tuple(map(_session, live[page.offset : end])),
        total=len(live),
        next=end if end < len(live) else None,
    )


async def statistics(ports: ApiPorts, _: Nothing) -> Statistics:
    """See the table."""
    brain = next((c.details for c in ports.snapshot().children if c.name == "brain"), {})
    latencies = await ports.all_latencies() if ports.all_latencies else ports.latencies()
    return Statistics(
        turns=latencies.turns,
        tokens_today=int(brain.get("tokens_today", 0)),
        cost_today=_number(brain.get("cost_today")),
        budget_used=_number(brain.get("budget_used")),
        emotion_ms=_percentiles(latencies.emotion_ms),
        first_text_ms=_percentiles(latencies.first_text_ms),
        end_ms=_percentiles(latencies.end_ms),
    )


def _sessions_of(tree: Snapshot) -> Iterator[Snapshot]:
    """Yield the actors of sessions: there is one in each process."""
    for child in tree.children:
        if child.name == "sessions":
            yield child
        elif child.name.startswith(_WORKER):
            yield from _sessions_of(child)


def _number(detail: Detail | None) -> float | None:
    return None if detail is None else float(detail)


def _percentiles(figures: Percentiles | None) -> MsPercentiles | None:
    return None if figures is None else MsPercentiles(figures.p50, figures.p90, figures.p99)


def _status(tree: Snapshot) -> Literal["ok", "degraded", "draining"]:
    """Return how the whole server is.

    An actor is well if it runs and does not say of itself that it is `degraded`.
    """
    if any(child.details.get("draining") for child in tree.children):
        return "draining"
    well = all(
        child.state is State.RUNNING and not child.details.get("degraded")
        for child in tree.children
    )
    return "ok" if well else "degraded"


def _word(actor: Snapshot | None) -> str:
    if actor is None:
        return "none"
    return "degraded" if actor.details.get("degraded") else actor.state.value


def _certificate(actor: Snapshot | None) -> Certificate | None:
    """Describe the certificate, if one is watched; between two lives nothing is known of it."""
    told = actor.details if actor else {}
    if told.get("state", "none") == "none":
        return None
    not_after, left = told.get("not_after"), told.get("days_left")
    return Certificate(
        state=cast("CertificateState", told["state"]),
        not_after=None if not_after is None else moment(float(not_after)),
        days_left=None if left is None else int(left),
    )


def _tree(actor: Snapshot) -> Tree:
    return Tree(
        name=actor.name,
        state=actor.state.value,
        restart=actor.restart.value if actor.restart else None,
        restarts=actor.restarts,
        uptime_s=round(actor.uptime_s, 3),
        mailbox_depth=actor.mailbox_depth,
        mailbox_bound=actor.mailbox_bound,
        details=dict(actor.details),
        children=tuple(_tree(child) for child in actor.children),
    )


def _session(actor: Snapshot) -> Session:
    """Describe a session; one between two lives has no details."""
    told = actor.details
    return Session(
        session_id=actor.name.removeprefix(_SESSION),
        state=actor.state.value,
        uptime_s=round(actor.uptime_s, 3),
        turn=str(told["turn"]) if told else None,
        link=str(told["link"]) if told else None,
        turns=int(told["turns"]) if told else None,
        history=int(told["history"]) if told else None,
        last_seq=int(told["last_seq"]) if told else None,
    )
