"""What a session has written down, and its patience with a store that is full."""

import pytest
import structlog
import trio
import trio.testing
from attrs import evolve

from robi.actors.history import Entry, Fold, History
from robi.actors.keeper import (
    BACKLOG,
    FLUSH_WITHIN,
    SEEN_EVERY_S,
    Keeper,
    remembered,
    spoken_dialect,
)
from robi.actors.mailbox import Mailbox
from robi.actors.store_mail import Conversation, StoreAddress, StoreMessage
from robi.people.privacy import PRIVATE_MARK
from robi.protocol.dialects import Dialect
from robi.speech.scene import Said
from robi.store.base import (
    AddInteraction,
    AppendHistory,
    CompactHistory,
    InteractionRow,
    ReassignHistory,
    SessionRow,
)
from robi.store.ram import RamStore


class Desk:
    """A keeper, and a store whose mailbox takes `bound` writes until it is emptied."""

    def __init__(self, bound: int = 10_000) -> None:
        self.mailbox: Mailbox[StoreMessage] = Mailbox("store", bound)
        self.keeper = Keeper("s", "device", StoreAddress(self.mailbox))
        self.store = RamStore()

    def write_down(self) -> int:
        """Have the store do what waits; return how much it was."""
        writes = [self.mailbox._take() for _ in range(self.mailbox.statistics().depth)]
        self.store.write(writes)  # type: ignore[arg-type]
        return len(writes)

    @property
    def kept(self) -> list[str]:
        return [row.content for row in self.store.history("s")]


def entry(index: int, role: str = "person", text: str | None = None) -> Entry:
    said = Said(role, f"words {index}" if text is None else text)  # type: ignore[arg-type]
    return Entry(index, "user_ana", said, f"r{index}")


def test_turn_is_kept_with_its_session_before_its_words() -> None:
    desk = Desk()
    desk.keeper.keep_turn("user_ana", [entry(0), entry(1, "robot")])
    desk.write_down()
    session = desk.store.session("s")
    assert session is not None
    assert (session.device_id, session.person_id) == ("device", "user_ana")
    assert desk.kept == ["words 0", "words 1"]


def test_what_was_kept_is_remembered_as_it_was() -> None:
    desk = Desk()
    history = History()
    said = [Said("person", "hola"), Said("robot", "Ho", cut_off=True)]
    desk.keeper.keep_turn("user_ana", history.append("user_ana", "r1", said))
    desk.write_down()
    row = desk.store.session("s")
    assert row is not None
    assert remembered(Conversation(row, desk.store.history("s"))) == history


def test_session_without_a_past_remembers_nothing() -> None:
    assert remembered(None) == History()


def test_answer_that_was_shortened_is_kept_shorter() -> None:
    desk = Desk()
    desk.keeper.keep_turn("user_ana", [entry(0), entry(1, "robot", "uno dos")])
    desk.keeper.keep_cut(entry(1, "robot", "uno"), before="words 0")
    desk.write_down()
    assert desk.kept == ["words 0", "uno"]


def test_stranger_who_got_a_name_has_it_in_what_was_kept() -> None:
    desk = Desk()
    desk.keeper.keep_turn("user_ana", [entry(0)])
    desk.keeper.keep_name("user_ana", "user_anna")
    desk.write_down()
    assert [row.person_id for row in desk.store.history("s")] == ["user_anna"]


def test_session_is_written_again_only_if_something_of_it_is_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk, now = Desk(), 1000.0
    monkeypatch.setattr("robi.actors.keeper.time", lambda: now)

    def seen_by(person_id: str) -> tuple[str | None, float]:
        desk.keeper.keep_turn(person_id, [])
        desk.write_down()
        row = desk.store.session("s")
        assert row is not None
        return row.person_id, row.last_seen

    assert seen_by("user_ana") == ("user_ana", 1000.0)
    now += SEEN_EVERY_S - 1
    assert seen_by("user_ana") == ("user_ana", 1000.0)
    assert seen_by("user_luis") == ("user_luis", 1009.0)
    now += SEEN_EVERY_S
    assert seen_by("user_luis") == ("user_luis", 1019.0)
    now += 1
    desk.keeper.give_up(lambda _row: False)  # the store may have changed it
    assert seen_by("user_luis") == ("user_luis", 1020.0)


def test_same_words_after_the_same_are_read_by_the_rules_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk, read = Desk(), list[tuple[str, str]]()

    def masked(text: str, before: str = "") -> tuple[str, frozenset[str]]:
        read.append((text, before))
        return text, frozenset()

    monkeypatch.setattr("robi.actors.keeper.masked", masked)
    desk.keeper.keep_turn("user_ana", [entry(0)], before="hola")
    assert desk.keeper.look("words 0", "hola") == ("words 0", frozenset())
    assert read == [("words 0", "hola")]
    desk.keeper.look("words 0", "¿Cuál es tu PIN?")
    desk.keeper.look("words 0", "hola")
    assert len(read) == 3


def test_words_that_were_read_by_the_rules_are_forgotten_with_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk, read = Desk(), list[str]()

    def masked(text: str, _before: str) -> tuple[str, frozenset[str]]:
        read.append(text)
        return text, frozenset()

    monkeypatch.setattr("robi.actors.keeper.masked", masked)
    desk.keeper.look("words 0", "")
    desk.keeper.give_up(lambda _row: False)
    desk.keeper.look("words 0", "")
    assert read == ["words 0"] * 2


# ── what is not written ───────────────────────────────────────────────────────────────────


def test_private_entry_is_not_kept_and_what_follows_is_read_in_its_light() -> None:
    desk = Desk()
    private = evolve(entry(0, "robot", "¿Cuál es tu PIN?"), private=True)
    desk.keeper.keep_turn("user_ana", [private, entry(1, text="4821")])
    desk.write_down()
    assert desk.kept == [PRIVATE_MARK]


def test_answer_is_read_in_the_light_of_what_was_asked() -> None:
    desk = Desk()
    desk.keeper.keep_turn("user_ana", [entry(0, text="4821")], before="¿Cuál es tu PIN?")
    desk.write_down()
    assert desk.kept == [PRIVATE_MARK]


def test_private_answer_that_was_shortened_is_not_kept() -> None:
    desk = Desk()
    desk.keeper.keep_cut(evolve(entry(1, "robot", "uno"), private=True), before="")
    assert desk.mailbox.statistics().depth == 0


@pytest.mark.parametrize(("private", "written"), [(False, 1), (True, 0)])
def test_summary_is_kept_unless_it_is_private(*, private: bool, written: int) -> None:
    desk = Desk()
    fold = Fold((evolve(entry(0), private=private),))
    desk.keeper.keep_fold(fold, fold.becomes("Saludó."))
    assert desk.mailbox.statistics().depth == written


def test_rows_that_are_given_up_while_they_wait_are_never_written() -> None:
    desk = Desk(bound=1)
    with structlog.testing.capture_logs():
        desk.keeper.keep_turn("user_ana", [entry(0)])
        desk.keeper.keep_turn("user_ana", [evolve(entry(1), person_id="user_luis")])
        fold = Fold((entry(2),))
        desk.keeper.keep_fold(fold, fold.becomes("words"))
        desk.keeper.keep_interaction(
            InteractionRow("s", "r2", "user_ana", "text", None, None, "done", 1.0, None, 1)
        )
        desk.keeper.give_up(lambda row: row.person_id == "user_ana")
        written: list[object] = []
        while desk.mailbox.statistics().depth:
            written.append(desk.mailbox._take())
            desk.keeper.keep_name("nobody", f"{len(written)}")
            if len(written) > 9:
                break
    rows = [write.row for write in written if isinstance(write, AppendHistory)]
    assert [row.person_id for row in rows] == ["user_luis"]
    assert not [w for w in written if isinstance(w, CompactHistory | AddInteraction)]


# ── a store that is full ──────────────────────────────────────────────────────────────────


def test_writes_that_a_full_store_did_not_take_are_handed_over_in_order_later() -> None:
    desk = Desk(bound=2)
    with structlog.testing.capture_logs():
        for index in range(3):
            desk.keeper.keep_turn("user_ana", [entry(index)])
    assert desk.write_down() == 2
    while True:
        with structlog.testing.capture_logs():
            desk.keeper.keep_name("nobody", "nobody")  # whatever comes next takes them along
        if not desk.write_down() or desk.kept == ["words 0", "words 1", "words 2"]:
            break
    assert desk.kept == ["words 0", "words 1", "words 2"]
    assert desk.keeper.shed == 0


def test_writes_beyond_the_backlog_shed_the_oldest_and_are_counted() -> None:
    desk = Desk(bound=1)
    with structlog.testing.capture_logs():
        for index in range(BACKLOG + 11):
            desk.keeper.keep_name(f"stranger:{index}", "user_ana")
    assert desk.keeper.shed == 10
    assert desk.mailbox._take() == ReassignHistory("s", "stranger:0", "user_ana")
    with structlog.testing.capture_logs():
        desk.keeper.keep_name("stranger:last", "user_ana")
    assert desk.mailbox._take() == ReassignHistory("s", "stranger:11", "user_ana")


def test_store_that_is_gone_for_good_ends_nothing() -> None:
    desk = Desk()
    desk.mailbox.close()
    with structlog.testing.capture_logs() as logs:
        desk.keeper.keep_turn("user_ana", [entry(0)])
    assert {log["event"] for log in logs} == {"session_not_written"}


def test_nothing_that_was_said_is_logged_when_it_is_not_written() -> None:
    desk = Desk(bound=1)
    with structlog.testing.capture_logs() as logs:
        desk.keeper.keep_turn("user_ana", [entry(0, text="a secret")])
    assert logs
    assert "a secret" not in str(logs)


def test_append_is_of_the_session_that_keeps_it() -> None:
    desk = Desk()
    desk.keeper.keep_turn("user_ana", [entry(0)])
    writes = [desk.mailbox._take() for _ in range(2)]
    assert isinstance(writes[1], AppendHistory)
    assert writes[1].row.session_id == "s"


# ── the dialect ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dialect", Dialect)
def test_dialect_that_a_robot_has_shown_is_remembered(dialect: Dialect) -> None:
    desk = Desk()
    desk.keeper.dialect = dialect
    desk.keeper.keep_turn("user_ana", [])
    desk.write_down()
    row = desk.store.session("s")
    assert row is not None
    assert spoken_dialect(Conversation(row, ())) is dialect


def test_dialect_that_was_not_shown_again_is_still_remembered() -> None:
    desk = Desk()
    for dialect in (Dialect.PERSON, None):  # None: a keeper of a later life
        desk.keeper.dialect = dialect
        desk.keeper.keep_turn("user_ana", [])
    desk.write_down()
    row = desk.store.session("s")
    assert row is not None
    assert spoken_dialect(Conversation(row, ())) is Dialect.PERSON


@pytest.mark.parametrize("kept", [None, "", "esperanto"])
def test_dialect_that_is_none_of_ours_is_not_known(kept: str | None) -> None:
    row = SessionRow("s", None, None, 1.0, 2.0, kept)
    assert spoken_dialect(Conversation(row, ())) is None


def test_dialect_of_a_session_without_a_past_is_not_known() -> None:
    assert spoken_dialect(None) is None


# ── the last chance ───────────────────────────────────────────────────────────────────────


def overfull(writes: int = 4) -> Desk:
    """Return a desk whose store has taken one of so many writes and has no room."""
    desk = Desk(bound=1)
    with structlog.testing.capture_logs():
        for index in range(writes):
            desk.keeper.keep_name(f"stranger:{index}", "user_ana")
    return desk


async def test_flush_with_nothing_left_ends_at_once(
    autojump_clock: trio.testing.MockClock,
) -> None:
    began = trio.current_time()
    await overfull(writes=1).keeper.flush()
    assert trio.current_time() == began


async def test_flush_hands_over_in_order_what_a_full_store_takes_in_time(
    autojump_clock: trio.testing.MockClock,
) -> None:
    desk = overfull()
    taken: list[object] = []

    async def take_one_by_one() -> None:
        for _ in range(4):
            await trio.sleep(FLUSH_WITHIN / 8)
            taken.append(desk.mailbox._take())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(take_one_by_one)
        await desk.keeper.flush()
    assert taken == [ReassignHistory("s", f"stranger:{n}", "user_ana") for n in range(4)]
    assert desk.keeper.shed == 0


async def test_flush_of_what_a_stuck_store_does_not_take_is_given_up_and_counted(
    autojump_clock: trio.testing.MockClock,
) -> None:
    desk = overfull()
    began = trio.current_time()
    await desk.keeper.flush()
    assert trio.current_time() - began == pytest.approx(FLUSH_WITHIN)
    assert desk.keeper.shed == 3


async def test_flush_to_a_store_that_is_gone_for_good_does_not_wait(
    autojump_clock: trio.testing.MockClock,
) -> None:
    desk = overfull()
    desk.mailbox.close()
    began = trio.current_time()
    await desk.keeper.flush()
    assert trio.current_time() == began
    assert desk.keeper.shed == 3


def test_session_of_nobody_is_its_first_device_s_and_no_other_s_and_is_written_so() -> None:
    desk = Desk()
    keeper = desk.keeper = Keeper("s", None, StoreAddress(desk.mailbox))
    keeper.keep_turn("user_ana", [])
    assert keeper.belong_to("d1")
    assert not keeper.belong_to("d2")
    keeper.keep_turn("user_ana", [])
    desk.write_down()
    session = desk.store.session("s")
    assert session is not None
    assert session.device_id == "d1"
