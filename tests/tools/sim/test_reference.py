"""The tables of docs/scenarios.md."""

from tools.sim.reference import scenarios, steps


def test_table_of_steps_tells_what_may_be_left_out() -> None:
    lines = steps().splitlines()
    assert "| `say` | `text`, `name`? | A typed utterance; `name` is for steps" in lines[4]
    assert "| `close` | - | Leave for good: close 1000. |" in lines


def test_table_of_scenarios_leads_to_each() -> None:
    assert "| [text](../tools/scenarios/text.toml) | §2: a typed question" in scenarios()
