"""How a whole server ends: what is finished, what is refused, and how long it may take.

The house is the real one, but for its model and its disk, which are as bad as can be. Robots come
by links in memory, so that the clock can be virtual; `tests/e2e/test_shutdown.py` has the sockets.
"""

import signal
import threading
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import trio
import trio.testing
from attrs import define, field

from robi import making, tree
from robi.actors.mailbox import Mailbox
from robi.actors.retention import Retention
from robi.actors.ticker import Tick
from robi.brain.base import Brain, BrainRequest, Fragment
from robi.config.settings import Settings
from robi.errors import DiskFull
from robi.files.base import DRAFT, File, Files
from robi.files.folder import FolderFiles
from robi.files.ram import RamFiles
from robi.store.base import Store, Write
from robi.store.ram import RamStore
from robi.tree import TABLE, House
from tests.actors.bench import Call, ScriptedBrain
from tests.certificates import pem
from tests.links import FakeLink

KEY = "a-key-for-tests-only"
FACE = {
    "type": "interaction_start",
    "request_id": "i",
    "user_id": "user_ana",
    "face_recognized": True,
    "face_confidence": 0.9,
    "face_embedding": b64encode(bytes(512)).decode(),
    "context": {"location": "", "battery_level": 80, "sensors": {}},
}
"""Someone appears whose face the memory will want to write down."""
KEEPSAKE = "recuerda que me gusta el té"
"""What someone says whose words the memory will want to write down."""
DRAIN_TIMEOUT_S = 20.0


@define(eq=False)
class FullDisk(RamStore):
    """Nothing can be written."""

    def write(self, _batch: Sequence[Write]) -> None:
        raise DiskFull("SQLITE_FULL")


@define(eq=False)
class StuckDisk(RamStore):
    """A write never returns, as on a network disk that is gone."""

    healed: threading.Event = field(factory=threading.Event)

    @property
    def blocking(self) -> bool:
        return True

    def write(self, _batch: Sequence[Write]) -> None:
        self.healed.wait()


@define(eq=False)
class Site:
    """A running server; `ended` is set to the moment at which it was over."""

    house: House
    brain: ScriptedBrain
    nursery: trio.Nursery
    over: trio.Event = field(factory=trio.Event)
    hangups: int = 0

    async def robot(self, **auth: object) -> FakeLink:
        """A robot that has been let in, or refused."""
        link = FakeLink()
        link.say({"type": "auth", "api_key": KEY, **auth})
        self.nursery.start_soon(self.house._robots.receive, link, None, lambda: None)
        await link.wait_sent(1)
        return link

    async def speaking(self, words: str = "hola", **auth: object) -> tuple[FakeLink, Call]:
        """A robot in the middle of an answer: emotion and one text have been sent."""
        link = await self.robot(**auth)
        link.say({"type": "text", "request_id": "r1", "content": words, "user_id": "user_ana"})
        call = await self.brain.called(len(self.brain.calls) + 1)
        call.write("[emotion:happy] Hola,")
        await link.wait_sent(3)
        return link, call

    async def takes_to_stop(self) -> float:
        """Send SIGTERM; return the seconds until all is over."""
        begun = trio.current_time()
        signal.raise_signal(signal.SIGTERM)
        await self.over.wait()
        return trio.current_time() - begun


@asynccontextmanager
async def serving(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    store: Store | None = None,
    brain: Brain | None = None,
    files: Files | None = None,
) -> AsyncIterator[Site]:
    """Run a server whose model is in the hands of the test."""
    kept, scripted = store or RamStore(), ScriptedBrain()
    monkeypatch.setattr(tree, "store_maker", lambda _url: lambda: kept)
    monkeypatch.setattr(tree, "make_files", lambda _settings: files or RamFiles())
    monkeypatch.setattr(tree, "make_brain", lambda _settings: brain or scripted)
    environ = {"API_KEY": KEY, "PORT": "0", "DATA_DIR": str(folder)}
    loaded = Settings.load(environ, dotenv_path=folder / "no.env")
    assert loaded.drain_timeout_s == DRAIN_TIMEOUT_S
    async with trio.open_nursery() as nursery:
        sites: list[Site] = []

        async def serve(task_status: trio.TaskStatus[House]) -> None:
            def hung_up() -> None:
                sites[0].hangups += 1

            await tree.serve(loaded, hung_up, task_status=task_status)
            sites[0].over.set()

        house: House = await nursery.start(serve)
        sites.append(Site(house, scripted, nursery))
        yield sites[0]
        nursery.cancel_scope.cancel()


# ── the last words ────────────────────────────────────────────────────────────────────────


async def test_answer_being_spoken_is_finished_before_1012(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    async with serving(tmp_path, monkeypatch) as site:
        robot, call = await site.speaking()
        signal.raise_signal(signal.SIGTERM)
        await trio.sleep(5)
        assert robot.closed is None
        call.answer(" qué tal")
        assert (await robot.wait_closed()).code == 1012
        assert "interrupted" not in robot.sent[-1]
        await site.over.wait()


async def test_idle_robot_is_let_go_with_1012_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    async with serving(tmp_path, monkeypatch) as site:
        robot = await site.robot()
        assert await site.takes_to_stop() == 0
        assert robot.closed is not None
        assert robot.closed.code == 1012


async def test_new_turn_while_draining_is_refused_with_server_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    async with serving(tmp_path, monkeypatch) as site:
        robot, call = await site.speaking()
        signal.raise_signal(signal.SIGTERM)
        await trio.testing.wait_all_tasks_blocked()
        robot.say({"type": "text", "request_id": "r2", "content": "otra"})
        refusal = (await robot.wait_sent(4))[-1]
        assert (refusal["error_code"], refusal["request_id"]) == ("SERVER_BUSY", "r2")
        call.answer(" qué tal")
        await site.over.wait()
        assert [m["type"] for m in robot.sent[-2:]] == ["response_meta", "stream_end"]


async def test_new_robot_while_draining_gets_1013_with_retry_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    async with serving(tmp_path, monkeypatch) as site:
        await site.speaking()
        signal.raise_signal(signal.SIGTERM)
        await trio.testing.wait_all_tasks_blocked()
        late = await site.robot()
        assert late.sent[0]["error_code"] == "SERVER_BUSY"
        assert late.sent[0]["retry_after"]
        assert (await late.wait_closed()).code == 1013


async def test_robot_that_comes_back_while_draining_hears_its_answer_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    async with serving(tmp_path, monkeypatch) as site:
        robot, call = await site.speaking()
        session_id = robot.sent[0]["session_id"]
        signal.raise_signal(signal.SIGTERM)
        await trio.testing.wait_all_tasks_blocked()
        robot.hang_up()
        await trio.testing.wait_all_tasks_blocked()
        again = await site.robot(session_id=session_id, last_seq=2)
        assert again.sent[0]["resumed"] is True
        call.answer(" ¡qué tal!")
        assert (await again.wait_closed()).code == 1012
        assert [m["seq"] for m in again.sent[1:]] == [3, 4, 5]


async def test_health_says_draining(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(tmp_path, monkeypatch) as site, httpx.AsyncClient(trust_env=False) as client:
        await site.speaking()
        signal.raise_signal(signal.SIGTERM)
        await trio.testing.wait_all_tasks_blocked()
        health = await client.get(f"http://127.0.0.1:{site.house.port}/api/health")
        assert health.json()["status"] == "draining"


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT])
async def test_second_signal_ends_the_wait_for_last_words(
    first: signal.Signals,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with serving(tmp_path, monkeypatch) as site:
        robot, call = await site.speaking()
        signal.raise_signal(first)
        await trio.testing.wait_all_tasks_blocked()
        assert await site.takes_to_stop() == 0
        assert call.closed.is_set()
        assert robot.sent[-1]["interrupted"] is True
        assert robot.closed is not None
        assert robot.closed.code == 1012


# ── SIGHUP ────────────────────────────────────────────────────────────────────────────────


async def test_hangup_is_told_and_changes_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    async with serving(tmp_path, monkeypatch) as site:
        robot, call = await site.speaking()
        signal.raise_signal(signal.SIGHUP)
        await trio.testing.wait_all_tasks_blocked()
        assert site.hangups == 1
        call.answer(" qué tal")
        assert "interrupted" not in (await robot.wait_sent(6))[-1]


async def test_hangup_while_draining_is_told_and_hurries_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    async with serving(tmp_path, monkeypatch) as site:
        robot, _ = await site.speaking()
        signal.raise_signal(signal.SIGTERM)
        await trio.testing.wait_all_tasks_blocked()
        signal.raise_signal(signal.SIGHUP)
        await trio.testing.wait_all_tasks_blocked()
        assert site.hangups == 1
        assert robot.closed is None


# ── the files ─────────────────────────────────────────────────────────────────────────────


async def test_media_are_looked_at_again_a_minute_after_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    files, left_over = RamFiles(), f"media_{1:032x}.ogg{DRAFT}"
    async with serving(tmp_path, monkeypatch, files=files):
        await trio.testing.wait_all_tasks_blocked()
        files.media[left_over] = b"hol"
        await trio.sleep(50)
        assert files.listing() == (File(left_over, 3),)
        await trio.sleep(11)
        assert files.listing() == ()


def test_files_are_those_of_the_settings(tmp_path: Path) -> None:
    environ = {
        "MEDIA_DIR": str(tmp_path / "seen"),
        "LOG_FILE": str(tmp_path / "robi.log"),
        "MEDIA_RETENTION_AUDIO_H": "2",
        "MEDIA_RETENTION_VISION_H": "0.5",
        "MEDIA_BUDGET_MB": "3",
        "LOG_RETENTION_DAYS": "4",
    }
    settings = Settings.load(environ, dotenv_path=tmp_path / "no.env")
    assert making.make_files(settings) == FolderFiles(tmp_path / "seen", tmp_path / "robi.log")
    assert making.retention(settings) == Retention(7200, 1800, 3 * 1024 * 1024, 4 * 86_400)


# ── how long it may take ──────────────────────────────────────────────────────────────────

GRACES = {row.name: row.grace for row in TABLE}


@define(eq=False)
class Babbler:
    """A model that never ends, and a client of it that never closes."""

    model: str = "babbler"

    @asynccontextmanager
    async def stream(self, _request: BrainRequest) -> AsyncIterator[AsyncIterator[Fragment]]:
        async def fragments() -> AsyncIterator[Fragment]:
            yield Fragment("[emotion:happy]")
            while True:
                yield Fragment(" bla")
                await trio.sleep(1)

        yield fragments()

    async def generate(self, _request: BrainRequest) -> Fragment:
        return await trio.sleep_forever()

    async def aclose(self) -> None:
        await trio.sleep_forever()


async def test_model_that_never_ends_holds_the_end_up_for_the_drain_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    async with serving(tmp_path, monkeypatch) as site:
        robot, call = await site.speaking()

        @site.nursery.start_soon
        async def babble() -> None:
            while not call.closed.is_set():
                call.write(" bla")
                await trio.sleep(1)

        assert await site.takes_to_stop() == DRAIN_TIMEOUT_S
        assert robot.sent[-1]["interrupted"] is True


async def test_robot_that_stops_reading_holds_the_end_up_for_the_drain_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    async with serving(tmp_path, monkeypatch) as site:
        robot, call = await site.speaking()
        robot.block_sends()
        call.answer(" qué tal")
        assert await site.takes_to_stop() <= DRAIN_TIMEOUT_S + 1


async def test_disk_that_is_full_holds_the_end_up_for_its_graces_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    async with serving(tmp_path, monkeypatch, FullDisk()) as site:
        _, call = await site.speaking(KEEPSAKE)
        call.answer(" qué tal")
        await trio.testing.wait_all_tasks_blocked()
        assert await site.takes_to_stop() == GRACES["memory"] + GRACES["store"]


async def test_disk_that_hangs_holds_the_end_up_for_its_graces_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mock_clock: trio.testing.MockClock
) -> None:
    disk = StuckDisk()
    async with serving(tmp_path, monkeypatch, disk) as site:
        _, call = await site.speaking(KEEPSAKE)
        call.answer(" qué tal")
        await trio.testing.wait_all_tasks_blocked()
        mock_clock.autojump_threshold = 0  # only now: it would not wait for a thread that works
        took = await site.takes_to_stop()
        disk.healed.set()
        assert took == GRACES["memory"] + GRACES["store"]


async def test_everything_bad_at_once_ends_within_the_sum_of_the_graces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    """The drain is the time that `sessions` has: what is left of them afterwards ends at once."""
    async with serving(tmp_path, monkeypatch, FullDisk(), Babbler()) as site:
        for number in range(3):
            robot = await site.robot(device_id=f"d{number}")
            robot.say(FACE, {"type": "text", "request_id": "r", "content": "hola"})
            await robot.wait_sent(3)
            robot.block_sends()
        took = await site.takes_to_stop()
    assert took == DRAIN_TIMEOUT_S + GRACES["brain"] + GRACES["memory"] + GRACES["store"]
    assert took <= sum(GRACES.values())


# ── the certificate ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("days", "state"), [(10, "expiring"), (40, "valid"), (None, "none")])
async def test_house_watches_the_certificate_that_it_is_told_of(
    tmp_path: Path, days: int | None, state: str
) -> None:
    settings = Settings(data_dir=tmp_path)
    if days is not None:
        path = tmp_path / "other.pem"
        path.write_bytes(pem(datetime.now(UTC) + timedelta(days=days)))
        settings = Settings(data_dir=tmp_path, tls_cert_file=path)
    actor, mailbox = House(settings)._certificate(), Mailbox[Tick]("certificate")
    mailbox.request_stop()
    await actor.run(mailbox, lambda: None)
    assert actor.details()["state"] == state
