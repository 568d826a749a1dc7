"""The account of a turn that is over: what is told of it to the store, the memory and the janitor.

Owns the step from how a turn ended to those values. All of it has passed the rules of the privacy
gate; where they find something, neither sound nor picture of the turn is kept, nor where the answer
was cut before anything was known of it. Pure.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from robi.actors.floor import Conclusion
from robi.actors.janitor_mail import Keep
from robi.actors.memory_mail import Heard
from robi.actors.turn import Kind
from robi.people.privacy import PrivateClass, masked
from robi.store.base import InteractionKind, InteractionRow

SUMMARY_CHARS: Final = 1000
"""Of the words of a person that are kept with a turn; a minute of speech."""

_KINDS: Final[Mapping[Kind, InteractionKind]] = MappingProxyType(
    {
        "audio": "audio",
        "image": "vision",
        "video": "vision",
        "multimodal": "vision",
        "sight": "vision",
        "due": "text",
        "text": "text",
    }
)


@frozen
class Account:
    """What is told of one turn; `heard` is None if there is nothing in it to learn from."""

    interaction: InteractionRow
    heard: Heard | None
    media: tuple[Keep, ...]


def account_of(
    conclusion: Conclusion,
    session_id: str,
    before: str,
    at: float,
    look: Callable[[str, str], tuple[str, frozenset[PrivateClass]]] = masked,
) -> Account:
    """Return the account of a turn.

    Args:
        before: what was said before it, with that person.
        at: Unix seconds.
        look: reads what was said by the rules, or remembers what they said of it.
    """
    turn, person_id = conclusion.turn, conclusion.person_id
    utterance, answer = turn.plan.utterance, turn.answer
    said = " ".join(filter(None, (utterance.text, answer.summary)))
    words, private = look(said, before)
    words = words[:SUMMARY_CHARS]
    heard = None
    if words:
        heard = Heard(
            person_id,
            session_id,
            turn.request_id,
            words,
            tuple(answer.notes),
            turn.plan.remember,
            at,
        )
    # A stranger who has told a name is that person from here on, also for what comes late.
    owner = turn.met.person_id if turn.met is not None else person_id
    media = tuple(
        Keep(owner, session_id, turn.request_id, media.kind, media.mime, media.data, at)
        for media in utterance.media
        if not private and (words or not conclusion.cut_off)
    )
    interaction = InteractionRow(
        session_id,
        turn.request_id,
        person_id,
        _KINDS[utterance.kind],
        words or None,
        answer.emotion,
        _outcome(conclusion),
        at,
        turn.first_text_ms,
        turn.elapsed_ms(),
        turn.usage.input_tokens if turn.usage else 0,
        turn.usage.output_tokens if turn.usage else 0,
        considered=heard is None,
    )
    return Account(interaction, heard, media)


def _outcome(conclusion: Conclusion) -> str:
    """Return how a turn ended, in one word: an error's code, `cut` or `done`."""
    if conclusion.turn.error is not None:
        return conclusion.turn.error.error_code
    return "cut" if conclusion.cut_off else "done"
