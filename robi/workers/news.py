"""What home and the other processes tell and ask each other, beside the mailboxes of actors.

Owns these shapes only. `Told`, `Standing`, `Lapsed` and `Digests` go from home to the others:
there is one memory, and every session must know what is forgotten. The last four are told by
whoever it happens to, and home tells the others.
"""

from attrs import field, frozen

from robi.actors.ask import Question
from robi.actors.figures import Times
from robi.actors.mail import Forgot, Hushed
from robi.actors.snapshot import Snapshot
from robi.protocol.messages import TokenUsage

# ── what is forgotten ─────────────────────────────────────────────────────────────────────


@frozen
class Told(Question[None]):
    """News for every session; answered when each has it before it, to be read next."""

    news: Forgot | Hushed


@frozen
class Flushed(Question[None]):
    """Answered when all that was put here for an actor at home is in its mailbox there."""


@frozen
class Leaving(Question[None]):
    """A process ends in order, and its sessions are over: no news are for it any more."""


@frozen
class Lapsed:
    """The store has done what these orders asked for."""

    about: tuple[Forgot, ...]


@frozen
class Digests:
    """People who mean nobody from now on, and who do again."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


@frozen
class Standing:
    """All that a process must know when it comes: told first.

    Args:
        recent: what a past may still hold that is read now; of orders, those that stand.
        lapsed: of orders that the store has done just now.
        visits: who is incognito, and how many seconds ago they were heard.
        taken: reminders and the sessions that speak of them.
    """

    digests: frozenset[str]
    recent: tuple[Forgot | Hushed, ...]
    lapsed: tuple[Forgot, ...]
    visits: tuple[tuple[str, float], ...]
    taken: tuple[tuple[str, str], ...]


# ── what all of a house share ─────────────────────────────────────────────────────────────


@frozen
class Visited:
    """Someone is here incognito, and was heard just now."""

    person_id: str


@frozen
class VisitOver:
    """Someone is no longer here incognito."""

    person_id: str


@frozen
class Taken:
    """That session speaks of a reminder, and no other."""

    reminder_id: str
    session_id: str


@frozen
class Released:
    """A reminder is anybody's again."""

    reminder_id: str


@frozen
class MaySpeak(Question[bool]):
    """May that session speak of the reminder, within some seconds? Then no other may."""

    reminder_id: str
    session_id: str


# ── what the model counts ─────────────────────────────────────────────────────────────────


@frozen
class Spent:
    """What was counted here since the last time, of this day for this purpose."""

    day: str
    purpose: str
    usage: TokenUsage


@frozen
class SpentByAll:
    """What was counted that day by all processes, and before the start, as far as home knows."""

    day: str
    usage: TokenUsage


# ── sessions ──────────────────────────────────────────────────────────────────────────────


@frozen
class Unhand(Question[None]):
    """Let go of this session, if it lives there without another device than this one.

    Answered when it is over and all of it is on the disk. `at` is the process that is asked.
    """

    at: int
    session_id: str
    device_id: str


# ── views ─────────────────────────────────────────────────────────────────────────────────


@frozen
class Look(Question["Portrait"]):
    """How is it there?

    Args:
        figures: with the times of turns.
        metrics: with the exposition, as text.
    """

    figures: bool = False
    metrics: bool = False


@frozen
class Portrait:
    """A process at one moment. The times of turns are as `robi.actors.figures` has them."""

    tree: Snapshot
    times: tuple[Times, ...] = ()
    metrics: bytes = field(default=b"", repr=False)
