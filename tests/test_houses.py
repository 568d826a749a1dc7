"""The trees of several processes: which actors stand in each, and each one's share."""

from pathlib import Path

import pytest
import trio
import trio.testing

from robi.actors.errors import ActorDied, ActorError, AskTimeout
from robi.actors.restart import Restart
from robi.actors.snapshot import Snapshot, State
from robi.config.settings import Settings
from robi.errors import ServerBusy
from robi.houses import BranchHouse, HomeHouse, of_worker, serve, share_of
from robi.protocol.messages import Auth
from robi.service import Service
from robi.tree import TABLE, House
from robi.workers.news import Portrait
from robi.workers.orders import Post
from robi.workers.ownership import Belonging, owner
from robi.workers.parent import STOP_WITHIN_S
from robi.workers.sockets import Sockets


def settings(folder: Path, **environ: str) -> Settings:
    given = {"API_KEY": "a-key-for-tests-only", "DATA_DIR": str(folder), "WORKERS": "3", **environ}
    return Settings.load(given, dotenv_path=folder / "no.env")


def actors(house: House) -> list[str]:
    return [child.name for child in house.supervisor.snapshot().children]


@pytest.fixture
def home(tmp_path: Path) -> HomeHouse:
    sockets = Sockets(tmp_path)
    given = settings(tmp_path)
    return HomeHouse(given, here=0, workers=3, sockets=sockets, give_up=lambda _number, _pid: None)


def test_home_has_every_actor_and_one_for_the_others(home: HomeHouse) -> None:
    names = actors(home)
    assert [name for name in names if name != "workers"] == [row.name for row in TABLE]
    # What others put in mailboxes here finds its actors there, to the last.
    assert names.index("workers") > max(map(names.index, ("store", "janitor", "memory")))
    assert names.index("workers") < names.index("sessions")


def test_other_worker_has_the_same_names_and_its_line_home_first(tmp_path: Path) -> None:
    sockets = Sockets(tmp_path)
    house = BranchHouse(
        settings(tmp_path), here=1, workers=3, sockets=sockets, give_in=lambda: None
    )
    assert actors(house)[0] == "home"
    assert {"store", "janitor", "memory", "sessions", "listener"} <= set(actors(house))


def test_tree_that_was_told_to_stop_has_time_for_all_its_graces() -> None:
    assert sum(row.grace for row in TABLE) + 3 < STOP_WITHIN_S


def test_what_is_for_the_whole_server_is_divided_and_rounded_up(tmp_path: Path) -> None:
    given = settings(tmp_path, MAX_SESSIONS="100", BRAIN_MAX_CALLS="2", MAX_UNAUTHENTICATED="3")
    share = share_of(given, 3)
    assert (share.max_sessions, share.brain_max_calls, share.max_unauthenticated) == (34, 1, 1)


def seen(**details: bool) -> Portrait:
    child = Snapshot("sessions", State.RUNNING, Restart.PERMANENT, 0, 1.0, 0, 64, details)
    return Portrait(Snapshot("robi", State.RUNNING, None, 2, 1.0, 0, 0, {}, (child,)))


@pytest.mark.parametrize(
    ("portrait", "told"),
    [
        (seen(), {"degraded": False, "draining": False}),
        (seen(draining=True), {"degraded": False, "draining": True}),
        (seen(degraded=True), {"degraded": True, "draining": False}),
        (None, {"degraded": True, "silent": True}),
    ],
)
def test_worker_in_a_view_of_all_says_how_it_is(
    portrait: Portrait | None, told: dict[str, bool]
) -> None:
    shown = of_worker(1, portrait)
    assert shown.name == "worker/1"
    assert dict(shown.details) == told
    assert (shown.state is State.RUNNING) == (portrait is not None)


@pytest.mark.parametrize("last", [b"", b"drain\n"], ids=["parent gone", "drain"])
async def test_worker_that_is_to_end_while_it_waits_for_home_ends(
    last: bytes, tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    """It holds the lock of the data, and home may never come."""
    ours, theirs = map(trio.SocketStream, trio.socket.socketpair())
    served: list[str] = []
    async with ours, theirs, trio.open_nursery() as nursery:

        @nursery.start_soon
        async def worker() -> None:
            post = Post(1, tmp_path, theirs, lambda: None)
            given = settings(tmp_path)
            ready = lambda: served.append("ready")  # noqa: E731
            with trio.fail_after(60):
                await serve(given, post, ready, made_key=False, service=Service())

        await trio.sleep(10)
        assert nursery.child_tasks
        if last:
            await ours.send_all(last)
        else:
            await ours.aclose()
    assert served == []


ELSEWHERE = Auth(
    session_id=next(f"s{n}" for n in range(99) if owner(f"s{n}", 3) == 1),
    device_id=next(f"d{n}" for n in range(99) if owner(f"d{n}", 3) == 0),
)


def unhanding(monkeypatch: pytest.MonkeyPatch, failure: ActorError) -> None:
    async def ask_to_unhand(*_: object) -> None:
        await trio.lowlevel.checkpoint()
        raise failure

    monkeypatch.setattr(HomeHouse, "_ask_to_unhand", ask_to_unhand)


async def nobodys(_session_id: str) -> None:
    await trio.lowlevel.checkpoint()


async def test_session_that_was_not_let_go_of_in_time_is_not_opened_twice(
    home: HomeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    unhanding(monkeypatch, AskTimeout("worker 1"))
    with pytest.raises(ServerBusy) as raised:
        await home._reclaim(Belonging(0, 3, nobodys), ELSEWHERE)
    assert raised.value.retry_after


async def test_session_of_a_worker_that_died_is_anybodys(
    home: HomeHouse, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    """Nor need the store answer, which here nobody reads."""
    unhanding(monkeypatch, ActorDied("worker 1"))
    await home._reclaim(Belonging(0, 3, nobodys), ELSEWHERE)
