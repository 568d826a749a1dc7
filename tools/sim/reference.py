"""The tables of docs/scenarios.md, made from the steps and the scenarios: `./dev docs` runs it."""

import sys
from typing import Final

import attrs

from tools.sim.scenario import all_scenarios
from tools.sim.steps import VERBS, Step


def steps() -> str:
    """Return a table of what a step may do."""
    rows = ["| do | fields | what |", "|---|---|---|"]
    rows += [f"| `{verb}` | {_fields(kind)} | {_about(kind)} |" for verb, kind in VERBS.items()]
    return "\n".join(rows)


def scenarios() -> str:
    """Return a table of the scenarios that come with Robi."""
    rows = ["| scenario | what |", "|---|---|"]
    link = "[{0}](../tools/scenarios/{0}.toml)"
    rows += [f"| {link.format(one.name)} | {one.about} |" for one in all_scenarios()]
    return "\n".join(rows)


def _fields(kind: type[Step]) -> str:
    """The fields of a step, those that may be left out with a question mark."""
    names = [
        f"`{a.name}`" if a.default is attrs.NOTHING else f"`{a.name}`?" for a in attrs.fields(kind)
    ]
    return ", ".join(names) or "-"


def _about(kind: type[Step]) -> str:
    """What its class says."""
    return " ".join((kind.__doc__ or "").split())


TABLES: Final = {"steps": steps, "scenarios": scenarios}

if __name__ == "__main__":
    print(TABLES[sys.argv[1]]())
