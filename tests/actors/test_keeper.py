"""What a session has written down, and its patience with a store that is full."""

import structlog

from robi.actors.history import Entry, History
from robi.actors.keeper import BACKLOG, Keeper, remembered
from robi.actors.mailbox import Mailbox
from robi.actors.store_mail import Conversation, StoreAddress, StoreMessage
from robi.speech.scene import Said
from robi.store.base import AppendHistory, ReassignHistory
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
    desk.keeper.keep_cut(entry(1, "robot", "uno"))
    desk.write_down()
    assert desk.kept == ["words 0", "uno"]


def test_stranger_who_got_a_name_has_it_in_what_was_kept() -> None:
    desk = Desk()
    desk.keeper.keep_turn("user_ana", [entry(0)])
    desk.keeper.keep_name("user_ana", "user_anna")
    desk.write_down()
    assert [row.person_id for row in desk.store.history("s")] == ["user_anna"]


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
