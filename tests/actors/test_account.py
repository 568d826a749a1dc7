"""The account of a turn: what is told of it to the store, the memory and the janitor."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
import trio.testing

from robi.actors.account import SUMMARY_CHARS, Account, account_of
from robi.actors.floor import Conclusion
from robi.actors.janitor_mail import Keep
from robi.actors.memory_mail import Heard
from robi.actors.turn import Kind, Met, Plan, Turn, TurnPorts, Utterance
from robi.errors import BrainTimeout
from robi.people.privacy import PRIVATE_MARK
from robi.protocol.messages import TokenUsage
from robi.speech.pieces import MemoryNote
from robi.speech.scene import Media, Scene
from tests.actors.bench import ScriptedBrain
from tests.actors.stage import nobody

PHOTO, SOUND = Media("image/jpeg", b"jpeg"), Media("audio/wav", b"wav")
AT = 1000.0


def turn_of(
    text: str = "me gusta el té",
    kind: Kind = "text",
    media: tuple[Media, ...] = (),
    *,
    written: str = "[emotion:happy] Vale",
    remember: str | None = None,
) -> Turn:
    """A turn in which the model has written its answer."""
    ports = TurnPorts(
        brain=ScriptedBrain(),
        recall=nobody,
        meet=nobody,
        named=lambda *_: None,
        wall_clock=lambda: datetime(2026, 2, 8, 10, 30, tzinfo=UTC),
        rng=Random(1),
        max_output_tokens=512,
        temperature=0.7,
    )
    utterance = Utterance("r1", kind, text, media)
    plan = Plan(1, utterance, Scene("es", "Robi"), (), remember=remember)
    turn = Turn(plan, ports, lambda _message: None)
    turn.answer.feed(written)
    turn.answer.close()
    return turn


def account(turn: Turn, *, before: str = "", cut_off: bool = False) -> Account:
    conclusion = Conclusion(
        turn,
        "user_ana",
        cut_off,
        asked_to_look=False,
        registered=False,
        entries=(),
    )
    return account_of(conclusion, "s", before, AT)


def heard_of(turn: Turn, **more: Any) -> Heard:
    heard = account(turn, **more).heard
    assert heard is not None
    return heard


# ── how it went ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("text", "text"),
        ("audio", "audio"),
        ("image", "vision"),
        ("video", "vision"),
        ("multimodal", "vision"),
        ("sight", "vision"),
    ],
)
async def test_interaction_is_of_the_kind_of_its_utterance(kind: Kind, kept: str) -> None:
    assert account(turn_of(kind=kind)).interaction.kind == kept


async def test_interaction_says_whose_it_was_when_and_how_the_robot_felt() -> None:
    row = account(turn_of()).interaction
    assert (row.session_id, row.request_id, row.person_id) == ("s", "r1", "user_ana")
    assert (row.emotion, row.created_at) == ("happy", AT)


async def test_interaction_counts_time_and_tokens(mock_clock: trio.testing.MockClock) -> None:
    turn = turn_of()
    turn.first_text_ms = 120
    mock_clock.jump(1.5)
    turn.usage = TokenUsage(11, 7)
    row = account(turn).interaction
    assert (row.first_text_ms, row.duration_ms) == (120, 1500)
    assert (row.prompt_tokens, row.answer_tokens) == (11, 7)


async def test_interaction_without_words_of_the_model_counts_no_tokens() -> None:
    row = account(turn_of()).interaction
    assert (row.first_text_ms, row.prompt_tokens, row.answer_tokens) == (None, 0, 0)


async def test_interaction_that_was_heard_out_is_done() -> None:
    assert account(turn_of()).interaction.outcome == "done"


async def test_interaction_that_was_cut_says_so() -> None:
    assert account(turn_of(), cut_off=True).interaction.outcome == "cut"


async def test_interaction_that_failed_says_how() -> None:
    turn = turn_of()
    turn.error = BrainTimeout("stalled")
    assert account(turn, cut_off=True).interaction.outcome == "GEMINI_TIMEOUT"


async def test_interaction_with_words_still_is_to_be_learned_from() -> None:
    assert account(turn_of()).interaction.considered is False


# ── what was said ─────────────────────────────────────────────────────────────────────────


async def test_words_are_those_of_the_person_and_what_the_model_heard() -> None:
    turn = turn_of("mira", "multimodal", (SOUND,), written="Vale[media_summary:Pide té.]")
    assert heard_of(turn).words == "mira Pide té."


async def test_words_are_told_with_the_notes_of_the_model_and_what_was_asked_to_be_kept() -> None:
    turn = turn_of(written="Vale[memory:preference:le gusta el té]", remember="me gusta el té")
    heard = heard_of(turn)
    assert heard.notes == (MemoryNote("preference", "le gusta el té"),)
    assert heard.asked == "me gusta el té"
    assert (heard.person_id, heard.session_id, heard.request_id) == ("user_ana", "s", "r1")
    assert heard.at == AT


async def test_words_are_told_as_the_rules_of_the_gate_leave_them() -> None:
    found = account(turn_of("Me gusta el té. Mi PIN es 4821."))
    assert found.heard is not None
    assert found.heard.words == found.interaction.summary == f"Me gusta el té. {PRIVATE_MARK}"


async def test_words_that_answer_a_question_for_something_private_are_private() -> None:
    assert heard_of(turn_of("4821"), before="¿Cuál es tu PIN?").words == PRIVATE_MARK


async def test_words_are_kept_up_to_a_bound() -> None:
    assert len(heard_of(turn_of("té " * 1000)).words) == SUMMARY_CHARS


async def test_turn_without_words_is_not_learned_from() -> None:
    found = account(turn_of("", "sight"))
    assert (found.heard, found.interaction.summary) == (None, None)
    assert found.interaction.considered is True


# ── what was shown ────────────────────────────────────────────────────────────────────────


async def test_media_are_kept_each_with_its_turn() -> None:
    media = account(turn_of("mira", "multimodal", (PHOTO, SOUND))).media
    assert media == (
        Keep("user_ana", "s", "r1", "image", "image/jpeg", b"jpeg", AT),
        Keep("user_ana", "s", "r1", "audio", "audio/wav", b"wav", AT),
    )


@pytest.mark.parametrize(
    ("text", "summary"), [("mi PIN es 4821", ""), ("", "[media_summary:Su PIN es 4821.]")]
)
async def test_media_of_a_turn_with_something_private_are_not_kept(text: str, summary: str) -> None:
    assert account(turn_of(text, "multimodal", (PHOTO,), written=f"Vale{summary}")).media == ()


async def test_media_of_a_turn_that_was_cut_before_anything_was_known_of_it_are_not_kept() -> None:
    assert account(turn_of("", "audio", (SOUND,), written=""), cut_off=True).media == ()


@pytest.mark.parametrize(
    ("text", "written"), [("mira", ""), ("", "Vale[media_summary:Canta.]")], ids=["words", "sound"]
)
async def test_media_of_a_turn_that_was_cut_later_are_kept(text: str, written: str) -> None:
    turn = turn_of(text, "multimodal", (SOUND,), written=written)
    assert len(account(turn, cut_off=True).media) == 1


async def test_media_of_a_stranger_who_told_a_name_are_of_that_person() -> None:
    turn = turn_of("soy Ana", "multimodal", (PHOTO,))
    turn.met = Met("user_ana_1", "Ana")
    (keep,) = account(turn).media
    assert keep.person_id == "user_ana_1"
