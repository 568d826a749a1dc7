"""What was heard, by id and by name."""

from robi.protocol.messages import AuthOk, ClientSettings, PersonRegistered
from tools.sim.answers import Answers
from tools.sim.ledger import Turn
from tools.sim.reading import Reading
from tools.sim.witness import Heard


def hear(answers: Answers, request_id: str | None, kind: str = "text_chunk") -> Turn | None:
    turn = None if request_id is None else Turn(1, request_id, 0.0)
    answers.hear(Heard(Reading({"type": kind}, 1, None), turn, 0.0))
    return turn


def test_message_is_kept_with_its_answer_and_others_beside_all() -> None:
    answers = Answers()
    answers.begin("a", "first")
    turn = hear(answers, "a")
    hear(answers, None, "low_battery_alert")
    answer = answers.of(answers.id_of("first"))
    assert answer.turn is turn
    assert answer.messages == [{"type": "text_chunk"}]
    assert answers.beside == [{"type": "low_battery_alert"}]


def test_next_utterance_is_the_current_one_and_nothing_is_beside_it() -> None:
    answers = Answers()
    answers.begin("a", "first")
    hear(answers, None)
    answers.begin("b")
    assert (answers.id_of(None), answers.id_of("first")) == ("b", "a")
    assert answers.beside == []


def test_id_that_begins_again_has_an_answer_of_its_own() -> None:
    answers = Answers()
    answers.begin("a")
    hear(answers, "a")
    answers.begin("a")
    assert answers.of("a").messages == []


def test_answer_that_nobody_asked_for_is_known_by_its_id() -> None:
    answers = Answers()
    hear(answers, "due_1f")
    hear(answers, "due_1f")
    hear(answers, "other")
    assert answers.unprompted == ["due_1f"]


def test_answers_of_long_ago_are_let_go() -> None:
    answers = Answers()
    answers.begin("first")
    turn = hear(answers, "first")
    for number in range(100):
        answers.begin(str(number))
    assert turn is not None
    assert answers.of("first").turn is None
    hear(answers, "99")
    assert answers.of("99").messages


def test_person_who_was_registered_and_resumptions_are_known() -> None:
    answers = Answers()
    message = PersonRegistered("a", "user_ana_1f3c9a", "Ana")
    answers.hear(Heard(Reading({"type": "user_registered"}, 1, message), None, 0.0))
    assert answers.person == "user_ana_1f3c9a"
    for resumed, again in ((False, False), (True, True), (False, True)):
        answers.link(AuthOk("s", resumed, "x", ClientSettings(1, 1, 1)), again=again)
    assert (answers.resumed, answers.resumptions) == (False, 1)
