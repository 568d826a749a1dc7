"""Who is before the robot: whose words, whose face, and what a turn may know of it."""

import pytest
from attrs import evolve

from robi.actors.company import GREETED_FOR, RECHARGED, Company, left_with
from robi.actors.history import Entry
from robi.protocol.messages import Context, InteractionStart, PersonDetected
from robi.speech.prompts import LOW_BATTERY
from robi.speech.scene import Arrival, Said, Scene

FACE, OTHER_FACE = b"\0\0\x80\x3f" * 128, b"\0\0\x40\x3f" * 128  # all 1.0, all 0.75: alike
UNLIKE_FACE = b"\0\0\x80\xbf" * 128  # all -1.0
STRANGER = InteractionStart("i", "unknown", face_embedding=FACE)
ANA = InteractionStart("i", "user_ana", face_recognized=True, face_confidence=0.95)
SEEN_ANA = PersonDetected("p", known=True, person_id="user_ana", confidence=0.95)
SCENE = Scene("es", "Robi")


def nobody(_person_id: str) -> bool:
    return False


def scene_of(company: Company, now: float = 0.0, arrival: Arrival = "speaking") -> Scene:
    return company.next_scene(now, arrival, SCENE)


def test_company_is_a_stranger_at_first() -> None:
    company = Company()
    assert not company.speaker.known
    assert (scene_of(company).person_id, scene_of(company).meeting) == (None, True)


def test_strangers_of_two_sessions_are_two_people() -> None:
    assert Company().speaker.person_id != Company().speaker.person_id


def test_person_who_is_named_is_in_the_scene() -> None:
    company = Company()
    company.on_start(evolve(ANA, context=Context(location="salón")))
    scene = scene_of(company)
    assert (scene.person_id, scene.confidence, scene.meeting) == ("user_ana", 0.95, False)
    assert scene.context.location == "salón"


def test_face_of_a_stranger_is_kept_for_the_name_to_come() -> None:
    company = Company()
    company.on_start(STRANGER)
    company.on_named("unknown")  # still the same one, and no new face
    assert company.face == FACE


def test_face_of_a_stranger_is_not_given_to_who_comes_next() -> None:
    company = Company()
    company.on_start(STRANGER)
    company.on_start(ANA)
    assert company.face is None


def test_face_of_one_stranger_is_not_given_to_the_next_one() -> None:
    company = Company()
    company.on_start(STRANGER)
    company.on_start(ANA)
    company.on_start(InteractionStart("i", "unknown"))
    assert company.face is None


def test_newer_face_of_a_stranger_replaces_the_older() -> None:
    company = Company()
    company.on_start(STRANGER)
    company.on_start(evolve(STRANGER, face_embedding=OTHER_FACE))
    assert company.face == OTHER_FACE


def test_person_detected_as_unknown_is_nobody_we_know_whatever_id_comes_along() -> None:
    company = Company()
    company.on_detected(PersonDetected("p", known=False, person_id="user_ana", confidence=0.9))
    assert not company.speaker.known


def test_utterance_without_a_person_is_of_whom_was_named_last() -> None:
    company = Company()
    company.on_start(ANA)
    company.on_named(None)
    assert company.speaker.person_id == "user_ana"


def test_stranger_who_got_a_name_goes_on_under_it_without_a_face_to_keep() -> None:
    company = Company()
    company.on_start(STRANGER)
    company.on_registered("user_ana_0a1b2c")
    assert (company.speaker.person_id, company.face) == ("user_ana_0a1b2c", None)


def test_unknown_one_after_a_stranger_got_a_name_is_somebody_else() -> None:
    company = Company()
    stranger = company.speaker.person_id
    company.on_registered("user_ana_0a1b2c")
    company.on_named("unknown")
    assert company.speaker.person_id not in {stranger, "user_ana_0a1b2c"}


# ── faces ─────────────────────────────────────────────────────────────────────────────────


def test_face_of_a_passer_by_is_not_taken_for_the_strangers() -> None:
    company = Company()
    company.on_start(STRANGER)
    company.on_detected(PersonDetected("p", known=False, face_embedding=OTHER_FACE))
    assert company.face == FACE


def test_stranger_with_an_unlike_face_is_somebody_else() -> None:
    company = Company()
    company.on_start(STRANGER)
    first = company.speaker.person_id
    company.on_start(evolve(STRANGER, face_embedding=UNLIKE_FACE))
    assert not company.speaker.known
    assert company.speaker.person_id != first
    assert company.face == UNLIKE_FACE


@pytest.mark.parametrize("face", [OTHER_FACE, None], ids=["alike", "no face"])
def test_stranger_without_an_unlike_face_is_still_the_same(face: bytes | None) -> None:
    company = Company()
    company.on_start(STRANGER)
    first = company.speaker.person_id
    company.on_start(evolve(STRANGER, face_embedding=face))
    assert company.speaker.person_id == first


def test_person_who_is_named_is_that_person_whatever_the_face_before() -> None:
    company = Company()
    company.on_start(STRANGER)
    company.on_start(evolve(ANA, face_embedding=UNLIKE_FACE))
    assert company.speaker.person_id == "user_ana"


# ── someone whose name the robot has not been told ────────────────────────────────────────


def unannounced() -> Company:
    """Return a company of Ana, who told her name to a robot that was not told so."""
    company = Company()
    company.on_start(STRANGER)
    company.on_registered("user_ana_0a1b2c")
    company.unannounced = "user_ana_0a1b2c"
    return company


def test_unknown_one_is_still_the_person_whose_name_was_not_announced() -> None:
    company = unannounced()
    company.on_named("unknown")
    company.on_start(InteractionStart("i", "unknown"))
    assert company.speaker.person_id == "user_ana_0a1b2c"


def test_unknown_one_with_an_unlike_face_is_not_the_person_of_before() -> None:
    company = unannounced()
    company.face = FACE
    company.on_start(evolve(STRANGER, face_embedding=UNLIKE_FACE))
    assert not company.speaker.known


def test_person_who_is_known_takes_the_place_of_one_not_announced() -> None:
    company = unannounced()
    company.on_start(ANA)
    assert company.speaker.person_id == "user_ana"
    company.on_named("unknown")
    assert not company.speaker.known


# ── greeting ──────────────────────────────────────────────────────────────────────────────


def test_stranger_is_not_to_be_greeted() -> None:
    assert not Company().to_be_greeted(0.0)


def test_person_who_appears_is_greeted_once_within_the_time_and_again_after_it() -> None:
    company = Company()
    company.on_detected(SEEN_ANA)
    assert company.to_be_greeted(0.0)
    assert scene_of(company, 0.0, "silent").arrival == "silent"
    assert not company.to_be_greeted(GREETED_FOR - 1)
    assert company.to_be_greeted(GREETED_FOR)


def test_person_who_speaks_first_is_greeted_in_the_answer_and_not_later() -> None:
    company = Company()
    company.on_start(ANA)
    assert scene_of(company, 0.0).arrival == "speaking"
    assert scene_of(company, 1.0).arrival is None
    assert not company.to_be_greeted(1.0)


def test_person_who_was_greeted_does_not_keep_another_from_it() -> None:
    company = Company()
    company.on_start(ANA)
    scene_of(company)
    company.on_start(evolve(ANA, person_id="user_luis"))
    assert company.to_be_greeted(1.0)


# ── batteries ─────────────────────────────────────────────────────────────────────────────


def with_battery(level: int) -> InteractionStart:
    return evolve(ANA, context=Context(battery_level=level))


@pytest.mark.parametrize(
    "context",
    [
        Context(battery_level=LOW_BATTERY),
        Context(battery_robot=LOW_BATTERY, battery_phone=90),
        Context(battery_robot=90, battery_phone=LOW_BATTERY),
    ],
    ids=["level", "robot", "phone"],
)
def test_low_battery_is_mentioned_in_one_scene(context: Context) -> None:
    company = Company()
    company.on_start(evolve(ANA, context=context))
    assert [scene_of(company).low_battery for _ in range(2)] == [LOW_BATTERY, None]


def test_battery_that_is_not_low_is_not_mentioned() -> None:
    company = Company()
    company.on_start(with_battery(LOW_BATTERY + 1))
    assert scene_of(company).low_battery is None


def test_battery_of_an_alert_is_mentioned_like_one_of_the_context() -> None:
    company = Company()
    company.on_start(ANA)
    company.on_battery(5)
    assert [scene_of(company).low_battery for _ in range(2)] == [5, None]


@pytest.mark.parametrize(("charged", "again"), [(RECHARGED, None), (RECHARGED + 1, 4)])
def test_low_battery_is_mentioned_again_only_after_it_was_charged(
    charged: int, again: int | None
) -> None:
    company = Company()
    company.on_start(with_battery(5))
    scene_of(company)
    company.on_start(with_battery(charged))
    scene_of(company)
    company.on_start(with_battery(4))
    assert scene_of(company).low_battery == again


# ── a session made anew ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("person_id", ["user_ana", "stranger:0011223344556677"])
def test_company_of_lately_is_whoever_spoke_last(person_id: str) -> None:
    entries = [Entry(n, who, Said("person", "hola")) for n, who in enumerate(["u", person_id])]
    company = left_with(entries, lately=True, is_forgotten=nobody)
    assert company.speaker.person_id == person_id


def test_company_of_long_ago_or_of_nobody_is_a_stranger_of_its_own() -> None:
    entries = [Entry(0, "stranger:0011", Said("person", "hola"))]
    for company in (
        left_with(entries, lately=False, is_forgotten=nobody),
        left_with([], lately=True, is_forgotten=nobody),
    ):
        assert not company.speaker.known
        assert company.speaker.person_id != "stranger:0011"


def test_company_of_lately_who_is_forgotten_is_a_stranger() -> None:
    entries = [Entry(0, "user_ana", Said("person", "hola"))]
    company = left_with(entries, lately=True, is_forgotten="user_ana".__eq__)
    assert not company.speaker.known


# ── who is forgotten ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("person_id", ["user_ana", " user_ana "])
def test_person_forgotten_whom_a_phone_still_names_is_a_stranger(person_id: str) -> None:
    company = Company(is_forgotten="user_ana".__eq__)
    company.on_start(evolve(ANA, person_id=person_id))
    assert not company.speaker.known
    company.on_named(person_id)
    company.on_detected(evolve(SEEN_ANA, person_id=person_id))
    assert (scene_of(company).person_id, scene_of(company).meeting) == (None, True)


def test_person_forgotten_who_is_there_is_a_new_stranger_without_a_face() -> None:
    company = Company()
    company.on_start(evolve(ANA, face_embedding=FACE))
    company.on_forgotten("user_ana")
    assert not company.speaker.known
    assert (company.speaker.confidence, company.face) == (None, None)


def test_person_forgotten_who_is_not_there_changes_nothing_for_who_is() -> None:
    company = Company()
    company.on_start(evolve(ANA, face_embedding=FACE))
    company.on_forgotten("user_luis")
    assert (company.speaker.person_id, company.face) == ("user_ana", FACE)


def test_person_forgotten_is_greeted_like_someone_new_once_they_are_known_again() -> None:
    company = Company()
    company.on_start(ANA)
    scene_of(company)
    company.on_forgotten("user_ana")
    company.on_start(ANA)
    assert company.to_be_greeted(1.0)


def test_person_forgotten_who_was_not_announced_yet_is_awaited_no_more() -> None:
    company = Company(unannounced="user_ana")
    company.on_forgotten("user_ana")
    assert company.unannounced is None
