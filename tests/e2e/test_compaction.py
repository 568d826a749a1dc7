"""A long conversation over real sockets: one summary, in the next prompt and on disk."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import trio
import trio.testing

from tests.e2e.conftest import Site, open_site
from tests.e2e.robots import PATIENCE, Robot, spelled
from tools.gemini_stub import Reply

SUMMARY = "La persona contó hasta diez y el robot la acompañó."
TELLS = Reply(match="</data>", chunks=(f"[emotion:happy]{SUMMARY}",))
NEWEST = [spelled(said) for said in ("oigo 8", "digo 9", "oigo 9", "digo 10", "oigo 10")]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that the server does of its own accord."""
    with trio.fail_after(PATIENCE):
        while not condition():
            await trio.testing.wait_all_tasks_blocked(0.001)


async def talks(robot: Robot, *numbers: int) -> None:
    for n in numbers:
        words = {"request_id": f"r{n}", "content": spelled(f"digo {n}"), "user_id": "user_ana"}
        await robot.sends({"type": "text", **words})
        assert (await robot.hears_turn())[-1]["type"] == "stream_end"


def hears(n: int) -> Reply:
    return Reply(match=spelled(f"digo {n}"), text=spelled(f"oigo {n}"), times=1)


def script() -> list[Reply]:
    # "digo b" is in "digo ba" too: the longest first.
    return [TELLS, *(hears(n) for n in range(14, 0, -1))]


def messages_held(site: Site) -> list[int]:
    """Return how many entries each session holds."""
    rows = {row.name: row for row in site.house.supervisor.snapshot().children}
    return [int(session.details["history"]) for session in rows["sessions"].children]


def prompts(site: Site, *, streamed: bool) -> list[dict[str, Any]]:
    """Return the questions to be talked about, or those for a summary."""
    requests = cast("list[dict[str, Any]]", site.stub.requests)
    return [r for r in requests if r["stream"] is streamed and not r["structured"]]


def texts(request: dict[str, Any]) -> list[str]:
    return [part["text"] for content in request["contents"] for part in content["parts"]]


def system(request: dict[str, Any]) -> str:
    return "".join(part["text"] for part in request["system"]["parts"])


def rows(folder: Path) -> list[tuple[str, int]]:
    """Return the history on disk: texts, and which are summaries."""
    with closing(sqlite3.connect(folder / "robi.db")) as database:
        select = 'SELECT content, compacted FROM conversation_history ORDER BY "index"'
        return database.execute(select).fetchall()


async def test_twelve_turns_have_one_summary_in_the_prompts_and_on_disk(tmp_path: Path) -> None:
    async with open_site(tmp_path, *script()) as site, site.robot(device_id="d") as robot:
        await talks(robot, *range(1, 11))
        await until(lambda: messages_held(site) == [1 + 5])
        await talks(robot, 11, 12)
        (asked,) = prompts(site, streamed=False)
        assert "Cuentas, no contestas" in system(asked)
        assert len(texts(asked)[0].splitlines()) == 15 + 2
        prompt = prompts(site, streamed=True)[10]
        assert SUMMARY in system(prompt)
        assert texts(prompt) == [*NEWEST, spelled("digo 11")]
        # The robot was told the answers, and nothing of a summary.
        assert SUMMARY not in str(robot.seen)
    later = ("digo 11", "oigo 11", "digo 12", "oigo 12")
    said = [*NEWEST, *map(spelled, later)]
    assert rows(tmp_path) == [(SUMMARY, 1), *((text, 0) for text in said)]

    async with open_site(tmp_path, *script()) as site, site.robot(device_id="d") as robot:
        await talks(robot, 13)
        (prompt,) = prompts(site, streamed=True)
        assert SUMMARY in system(prompt)
        assert texts(prompt) == [*said, spelled("digo 13")]


async def test_summary_that_the_model_refuses_changes_nothing(tmp_path: Path) -> None:
    refuses = Reply(match="</data>", error="400")
    async with open_site(tmp_path, refuses) as site, site.robot() as robot:
        await talks(robot, *range(1, 11))
        await until(lambda: len(prompts(site, streamed=False)) == 1)
        await talks(robot, 11)
        assert len(texts(prompts(site, streamed=True)[10])) == 20 + 1
    assert len(rows(tmp_path)) == 22


async def test_rehearsal_tells_an_honest_summary(tmp_path: Path) -> None:
    async with open_site(tmp_path, GEMINI_API_KEY="") as site, site.robot() as robot:
        for n in range(10):
            await robot.asks("me gusta el té", f"r{n}")
        await until(lambda: messages_held(site) == [1 + 5])
    content, compacted = rows(tmp_path)[0]
    assert compacted == 1
    assert content.startswith("Extracto de la conversación, hecho sin modelo. La persona dijo:")
