"""One answer of the rehearsal, and how a model would write it down.

Owns the step from what is said and done to a text with stage directions (protocol.md §4).
"""

from attrs import field, frozen

from robi.protocol.messages import CaptureType


@frozen
class Reply:
    """What is said, and the stage directions around it (protocol.md §4)."""

    emotion: str
    text: str = field(default="", repr=False)
    emojis: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    capture: CaptureType | None = None
    summary: str | None = field(default=None, repr=False)
    like: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)

    def written(self) -> str:
        """Return it as a model writes it."""
        before = [
            ("emotion", self.emotion),
            ("emojis", ",".join(self.emojis)),
            ("actions", "|".join(self.actions)),
            ("capture", self.capture),
        ]
        after = [
            ("media_summary", self.summary),
            ("memory:preference", self.like),
            ("person_name", self.name),
        ]
        return f"{_directions(before)} {self.text} {_directions(after)}".strip()


def _directions(named: list[tuple[str, str | None]]) -> str:
    return "".join(
        f"[{name}:{content.replace('[', '').replace(']', '')}]"
        for name, content in named
        if content
    )
