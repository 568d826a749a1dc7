"""The state table as Mermaid diagrams, for docs/protocol.md: `python -m robi.protocol.drawing`.

Entries that leave a state as it is and do nothing are not drawn; entries between the same two
states with the same effects share an arrow.
"""

import sys

from robi.protocol.states import BEGINNING, TABLE, Effect, Event, Region, State


def draw(region: Region) -> str:
    """Return the `stateDiagram-v2` of `region`, without a fence and without a final newline."""
    arrows: dict[tuple[State, State, tuple[Effect, ...]], list[Event]] = {}
    for state, entries in TABLE[region].items():
        for event, (after, effects) in entries.items():
            if after is not state or effects:
                arrows.setdefault((state, after, effects), []).append(event)
    lines = ["stateDiagram-v2", f"    [*] --> {BEGINNING[region].name}"]
    for (before, after, effects), events in arrows.items():
        lines.append(f"    {before.name} --> {after.name}: {_label(events, effects)}")
    return "\n".join(lines)


def draw_all() -> str:
    """Return all regions as Markdown: a heading and a fenced diagram for each."""
    return "\n".join(
        f"#### {region.name}\n\n```mermaid\n{draw(region)}\n```\n" for region in Region
    )


def _label(events: list[Event], effects: tuple[Effect, ...]) -> str:
    when = ", ".join(event.name for event in events)
    then = ", ".join(effect.name for effect in effects)
    return f"{when} / {then}" if then else when


if __name__ == "__main__":
    sys.stdout.write(draw_all())
