"""Turns that wait to be learned from: whose, how long, and which are to be asked about next.

Owns the order. Turns of one person go to the model several at a time and at most so often (issue 4,
Capture); those of two people never go together. What a stranger said waits for a name, and not for
long. Pure: it is told the time, in seconds of any clock.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from math import inf

from attrs import define, field, frozen

from robi.actors.memory_mail import Heard
from robi.people.identity import is_stranger

TURNS_A_CALL = 8
"""Turns of one person that the model is asked about at once."""

QUIET_S = 10.0
"""Seconds, unless LEARN_AFTER_S says otherwise: about the pace of a conversation, so that two or
three turns make one call, and whoever looks at what was learned does not wait long."""

BACKLOG = 1000
"""Turns that may wait (architecture.md, Bounds); then the oldest is shed, a stranger's first."""

STRANGERS_S = 3600.0
"""Seconds after which what a stranger said without telling a name is of no use any more."""


@frozen
class _Turn:
    since: float
    heard: Heard


@define
class Waiting:
    """The turns that wait.

    Args:
        quiet: seconds that the oldest turn waits for others, to be asked about together.
    """

    quiet: float = QUIET_S
    shed: int = field(default=0, init=False)
    """Turns that were given up for want of room."""
    _turns: dict[str, deque[_Turn]] = field(factory=dict, init=False)

    def __len__(self) -> int:
        return sum(map(len, self._turns.values()))

    def holds(self, heard: Heard) -> bool:
        """Return whether that turn waits."""
        waiting = self._turns.get(heard.person_id, ())
        return any(heard.told == each.heard.told for each in waiting)

    def add(self, heard: Heard, now: float) -> None:
        """Let a turn wait, from `now` on; -inf for one that has waited long enough."""
        if len(self) >= BACKLOG:
            self._shed_oldest()
        self._turns.setdefault(heard.person_id, deque()).append(_Turn(now, heard))

    def put_back(self, turns: Iterable[Heard], now: float) -> None:
        """Let turns wait again that were taken and not learned from, before the later ones.

        They are due `now`, but whoever else has waited longer comes first.
        """
        for heard in reversed(tuple(turns)):
            waits = _Turn(now - self.quiet, heard)
            self._turns.setdefault(heard.person_id, deque()).appendleft(waits)

    def became(self, stranger_id: str, person: Callable[[Heard], Heard]) -> tuple[Heard, ...]:
        """A stranger has a name: `person` makes of each turn the same of that person.

        Return those turns.
        """
        turns = [_Turn(turn.since, person(turn.heard)) for turn in self._turns.pop(stranger_id, ())]
        for turn in turns:
            self.add(turn.heard, turn.since)
        return tuple(turn.heard for turn in turns)

    def due_at(self) -> float:
        """Return when the next turns are due; inf if none will be."""
        return min((self._due_at(turns) for _, turns in self._of_the_known()), default=inf)

    def take(self, now: float) -> tuple[Heard, ...]:
        """Take the turns of one person that are due at `now`, oldest first; empty if none are."""
        self._drop_old_strangers(now)
        for person_id, turns in self._of_the_known():
            if self._due_at(turns) <= now:
                taken = tuple(turns.popleft().heard for _ in range(min(TURNS_A_CALL, len(turns))))
                if not turns:
                    del self._turns[person_id]
                return taken
        return ()

    def drop(self, condition: Callable[[Heard], bool]) -> int:
        """Drop the turns for which `condition` holds; return how many those were."""
        before = len(self)
        for person_id, turns in list(self._turns.items()):
            kept = deque(turn for turn in turns if not condition(turn.heard))
            if kept:
                self._turns[person_id] = kept
            else:
                del self._turns[person_id]
        return before - len(self)

    def _due_at(self, turns: deque[_Turn]) -> float:
        return -inf if len(turns) >= TURNS_A_CALL else turns[0].since + self.quiet

    def _of_the_known(self) -> Iterator[tuple[str, deque[_Turn]]]:
        """Whoever has waited longest comes first."""
        known = ((who, turns) for who, turns in self._turns.items() if not is_stranger(who))
        return iter(sorted(known, key=lambda pair: pair[1][0].since))

    def _drop_old_strangers(self, now: float) -> None:
        for person_id, turns in list(self._turns.items()):
            if is_stranger(person_id) and turns[-1].since + STRANGERS_S <= now:
                del self._turns[person_id]

    def _shed_oldest(self) -> None:
        person_id = min(
            self._turns, key=lambda who: (not is_stranger(who), self._turns[who][0].since)
        )
        self._turns[person_id].popleft()
        if not self._turns[person_id]:
            del self._turns[person_id]
        self.shed += 1
