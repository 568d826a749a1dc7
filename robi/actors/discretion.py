"""What a person wants the robot to keep to itself: incognito visits, and what is to be forgotten.

Owns which turns of a robot are private, from the words of the person (`robi.people.consent`) and
from what the model heard in sound. A private turn is part of the conversation while it lasts, and
nothing of it is ever written down. Pure: it is told the time, in seconds.
"""

from typing import Final, Self

from attrs import define, field, frozen

from robi.people.consent import Wish, wish
from robi.people.identity import is_stranger
from robi.people.privacy import classes
from robi.people.words import all_words
from robi.speech.pieces import Consent
from robi.speech.scene import FORGETTING
from robi.speech.scene import Wish as WishKind

VISIT_S: Final = 15 * 60.0
"""Seconds of silence after which an incognito visit is over: whoever speaks then comes anew."""

BARE_WORDS: Final = 8
"""Words of "forget that" when it says nothing else, and so is about what was said before it."""


@frozen
class Intent:
    """What the person asks of the robot's memory in one utterance.

    `told` is what the model is told of it, None for nothing. `private`: nothing of this turn is
    kept. `looks_back`: it is about what was said before.
    """

    wish: Wish | None
    told: WishKind | None
    private: bool
    incognito: bool
    looks_back: bool

    @classmethod
    def heard(cls, kind: Consent) -> Self:
        """Return what a wish means that the model heard in sound."""
        return cls(Wish(kind), kind, private=True, incognito=False, looks_back=True)

    @property
    def remember(self) -> str | None:
        """What the person told the robot to remember, if it may be kept."""
        return self.wish.about if self.wish is not None and self.told == "remember" else None


@define
class Discretion:
    """The incognito visits to one robot.

    A visit is of one person and lasts until they say that the robot may remember again, or nothing
    for VISIT_S, whatever becomes of links and sessions meanwhile. Others who come by are none of
    it, but a face that is not recognised may be that of the visitor: a stranger is covered while a
    visit to this robot lasts, and while one lasts that a stranger began, so is who is recognised.
    """

    visits: dict[str, float] = field(factory=dict)
    """Who is incognito in this house, and when they were last heard; shared by its robots."""
    _here: frozenset[str] = field(default=frozenset(), init=False)
    """Those of them who were heard by this robot."""

    def hear(self, person_id: str, text: str, now: float) -> Intent:
        """Note what `person_id` says; return what that means for this turn."""
        wanted = wish(text) if text else None
        if wanted is not None:
            self.wish(person_id, wanted.kind, now)
        incognito = self.covers(person_id, now)
        if person_id in self.visits:
            self.visits[person_id] = now
            self._here |= {person_id}
        kind = wanted.kind if wanted is not None else None
        return Intent(
            wanted,
            "too_private" if wanted and kind == "remember" and classes(wanted.about) else kind,
            private=incognito or kind in FORGETTING,
            incognito=incognito,
            looks_back=kind == "forget_that" and len(all_words(text)) <= BARE_WORDS,
        )

    def covers(self, person_id: str, now: float) -> bool:
        """Whether `person_id` is here incognito, as far as can be told."""
        for who in [who for who, at in self.visits.items() if now - at > VISIT_S]:
            del self.visits[who]
        self._here &= self.visits.keys()
        return person_id in self.visits or any(
            is_stranger(person_id) or is_stranger(visitor) for visitor in self._here
        )

    def wish(self, person_id: str, kind: WishKind, now: float) -> None:
        """Begin or end an incognito visit, if that is what is wished."""
        if kind == "incognito":
            self.visits[person_id] = now
            self._here |= {person_id}
        elif kind == "resume":
            for who in [person_id, *filter(is_stranger, self._here)]:
                self.visits.pop(who, None)
            self._here &= self.visits.keys()
