import re

import pytest

from robi.protocol.drawing import draw, draw_all
from robi.protocol.states import TABLE, Region


@pytest.mark.parametrize("region", Region)
def test_draw_shows_every_state(region: Region) -> None:
    drawn = set(re.findall(r"\b[A-Z]+\b(?= -->)|(?<=--> )[A-Z]+\b", draw(region)))
    assert drawn == {state.name for state in TABLE[region]}


def test_draw_of_the_ear_is_valid_mermaid() -> None:
    assert draw(Region.EAR) == "\n".join(
        (
            "stateDiagram-v2",
            "    [*] --> EMPTY",
            "    EMPTY --> FILLING: AUDIO / KEEP",
            "    EMPTY --> SPILLED: TOO_MUCH / SPILL",
            "    EMPTY --> EMPTY: AUDIO_END / REPORT_EMPTY",
            "    FILLING --> FILLING: AUDIO / KEEP",
            "    FILLING --> SPILLED: TOO_MUCH / SPILL",
            "    FILLING --> EMPTY: AUDIO_END / HAND_OVER",
            "    FILLING --> EMPTY: INTERACTION_START, PARK, ATTACH, RESUME / DISCARD",
            "    SPILLED --> EMPTY: AUDIO_END / REPORT_SPILLED",
            "    SPILLED --> EMPTY: INTERACTION_START, PARK, ATTACH, RESUME",
        )
    )


def test_draw_all_holds_each_region_under_its_name() -> None:
    drawn = draw_all()
    assert all(f"#### {r.name}\n\n```mermaid\n{draw(r)}\n```\n" in drawn for r in Region)
