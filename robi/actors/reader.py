"""The manner of a reader's turn: what is asked is on the disk first, and rests on a text.

Owns the order of it: the question is kept, passages are looked for, and only then is the model
asked; where a text was asked and nothing in it has to do with the question, the model is not asked
at all. What a reader selected stands for itself.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import trio
from attrs import define, evolve, field, frozen

from robi.actors.errors import as_database
from robi.actors.library import PASSAGES
from robi.actors.memory_mail import Forget, ForgetAbout
from robi.actors.remembering import SessionPorts
from robi.actors.store_mail import StoreAddress
from robi.actors.turn import About, Plan, TurnPorts
from robi.errors import DatabaseError
from robi.speech.read_answer import ReadAnswer
from robi.speech.read_prompts import reader_instruction
from robi.speech.reading import Passage, Reading
from robi.speech.scene import FORGETTING, Scene, Wish

NEWEST: Final = 10
"""Messages that the model sees, what is asked included (issue 9)."""

KEPT_WITHIN: Final = 2.0
"""Seconds in which a question must be on the disk."""

LONGEST_IDLE_S: Final = 10.0
"""Seconds for which an answer waits that was not taken whole: its reader may come back for it."""

ALONE_S: Final = 3.0
"""Seconds for which an answer goes on while its reader is gone, to be taken up again."""

_ANYTHING: Final = Reading(wanted=False)
_OF_THE_CONVERSATION: Final[frozenset[Wish | None]] = FORGETTING | {"incognito", "resume"}


@frozen
class ReaderPorts:
    """What the turns of readers need beside a robot's.

    Args:
        settling: returns the wait until what was put to the store by now is on the disk; that
            raises DatabaseError.
        search: returns passages of a text (or of any) that have to do with what was said, the last
            thing first; raises DatabaseError.
        assistant: what the assistant is called.
    """

    settling: Callable[[], Callable[[], Awaitable[None]]]
    search: Callable[[str, Sequence[str], int], Awaitable[tuple[Passage, ...]]]
    assistant: str

    def turns(self, ports: TurnPorts, max_output_tokens: int) -> TurnPorts:
        """Return what turns of readers need, from what those of robots do.

        Readers are nobody: none is known, none is met, and no tool of the house is theirs.
        """
        return evolve(
            ports,
            recall=_recall_nobody,
            meet=_meet_nobody,
            named=_ignore,
            tools=tuple,
            max_output_tokens=max_output_tokens,
            manner=self.manner,
        )

    def manner(self, plan: Plan, ports: TurnPorts, language: str) -> "AsReader":
        """Return the manner of one turn (`TurnPorts.manner`)."""
        return AsReader(plan, ports, language, self)


def settling(store: StoreAddress) -> Callable[[], Awaitable[None]]:
    """Return the wait until what was put to the store by now is on the disk.

    Both raise DatabaseError.
    """
    with as_database():
        owed = store.settling()

    async def wait() -> None:
        try:
            with as_database(), trio.fail_after(KEPT_WITHIN):
                await owed.answer()
        except trio.TooSlowError:
            raise DatabaseError("not written in time") from None

    return wait


def forgetting_alone(
    forget: Callable[[Forget | ForgetAbout], Callable[[], Awaitable[None]]],
) -> SessionPorts:
    """Return what sessions of readers tell the memory: what is to be forgotten, nothing else."""
    return SessionPorts(_ignore, _ignore, _ignore, forget, _keep_nothing, at_once=True)


def _ignore(*_: object) -> None:
    pass


async def _recall_nobody(_person_id: str, _words: str) -> None:
    await trio.lowlevel.checkpoint()


async def _meet_nobody(_name: str, _face: bytes | None) -> None:
    await trio.lowlevel.checkpoint()


async def _keep_nothing(_keep: object) -> None:
    await trio.lowlevel.checkpoint()


@define(eq=False)
class AsReader:
    """The manner of one turn of a reader."""

    _plan: Plan
    _turns: TurnPorts
    _language: str
    _ports: ReaderPorts
    answer: ReadAnswer = field(init=False)

    def __attrs_post_init__(self) -> None:
        request_id = self._plan.utterance.request_id
        self.answer = ReadAnswer(request_id, self._turns.rng, self._language)

    async def ready(self, scene: Scene) -> Scene:
        """Have the question kept, and what it rests on looked for.

        Raises:
            DatabaseError: it cannot be kept, or the texts cannot be read.
        """
        about = self._plan.utterance.about or About()
        if scene.wish in _OF_THE_CONVERSATION:
            about = About()  # what is asked of is this conversation, and no text
        if not self._plan.kept:
            raise DatabaseError("no room to keep what is asked")
        kept = self._ports.settling()
        reading = await self._reading(about)  # while the disk is at work
        await kept()
        self.answer.rest_on(reading)
        # Nothing of readers is remembered: what sounds like it is a question, if there is a text.
        wish = None if reading.wanted else scene.wish
        return evolve(scene, reading=reading, wish=wish)

    async def _reading(self, about: About) -> Reading:
        if about.selected_text is not None:
            passage = Passage("", "", (), "", "", about.selected_text)
            if about.text_id is not None:
                passage = await self._placed(passage, about.text_id)
            return Reading((passage,), selected=True)
        if about.text_id is None:
            return _ANYTHING
        before = (said.text for said in reversed(self._plan.history) if said.role == "person")
        words = (self._plan.utterance.text, *list(before)[:1])
        return Reading(await self._ports.search(about.text_id, words, PASSAGES))

    async def _placed(self, passage: Passage, text_id: str) -> Passage:
        """Return what was selected, with where it stands, if all of it stands in one passage."""
        words = " ".join(passage.words.split())
        for found in await self._ports.search(text_id, (words,), PASSAGES):
            if words in " ".join(found.words.split()):
                return evolve(found, words=passage.words)
        return passage

    def answerable(self, scene: Scene) -> bool:
        """Whether there is something that an answer could rest on, or it needs no text."""
        reading = scene.reading
        return reading is None or not reading.wanted or bool(reading.passages)

    def instruction(self, scene: Scene) -> str:
        """Return how a reader is answered, and the passages as data."""
        return reader_instruction(scene, self._ports.assistant)

    def question(self, _scene: Scene, words: str) -> str:
        """Return `words`."""
        return words
