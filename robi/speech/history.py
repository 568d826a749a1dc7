"""How a message of the history reads to the model.

Owns the mark of an answer that was cut off (protocol.md §6). It is an ellipsis and no note in
brackets: a model imitates what it finds in its own answers, and an imitated ellipsis does no harm
when it is spoken. The rules (`prompts`) tell what it means.
"""

from robi.speech.scene import Said

CUT_OFF = "…"


def words(said: Said) -> str:
    """Return the words of `said` for the model, without its media; empty if there are none."""
    if not said.cut_off or not said.text:
        return said.text
    return said.text.rstrip().removesuffix(CUT_OFF) + CUT_OFF
