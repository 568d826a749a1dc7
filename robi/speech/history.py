"""How a message of the history reads to the model.

Owns the mark of an answer that was cut off (protocol.md §6). It is an ellipsis and no note in
brackets: a model imitates what it finds in its own answers, and an imitated ellipsis does no harm
when it is spoken. Owns, too, that what was seen is data: a person's words are requests, what stands
on a sign in a picture of theirs is none. The rules (`prompts`) tell what both mean.
"""

from robi.speech.data import block, line
from robi.speech.scene import Said

CUT_OFF = "…"

MOST_SEEN = 1000
"""Characters of what was seen in a picture or film."""


def person_said(text: str, summary: str | None, *, seen: bool) -> str:
    """Return what stands for the message of a person, empty if nothing is known of it.

    Args:
        text: what they wrote.
        summary: what the model heard or saw in their media.
        seen: whether it could see anything, so that the summary is not (only) their words.
    """
    if not summary:
        return text
    if not seen:
        return f"{text} {summary}".strip()
    return "\n".join([*([text] if text else []), *block([line("seen", summary, MOST_SEEN)])])


def words(said: Said) -> str:
    """Return the words of `said` for the model, without its media; empty if there are none."""
    if not said.cut_off or not said.text:
        return said.text
    return said.text.rstrip().removesuffix(CUT_OFF) + CUT_OFF
