"""Which memories come to mind."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from robi.people.candidates import PINNED, Kind
from robi.people.recollection import HALF_LIFE_S, RECALLED, WEIGHTY_FROM, best, dated, score

NOW = 1_000_000_000.0
DAY = 86_400.0


@frozen
class Remembered:
    memory_id: str
    kind: Kind = "fact"
    importance: int = 6
    created_at: float = NOW
    valid_until: float | None = None
    superseded_by: str | None = None


def ids(memories: tuple[Remembered, ...]) -> list[str]:
    return [memory.memory_id for memory in memories]


def test_memory_more_relevant_comes_first() -> None:
    scored = [(Remembered("less"), 1.0), (Remembered("more"), 2.0)]
    assert ids(best(scored, [], NOW)) == ["more", "less"]


def test_memory_weightier_comes_first_of_equally_relevant() -> None:
    scored = [(Remembered("light", importance=4), 1.0), (Remembered("heavy", importance=8), 1.0)]
    assert ids(best(scored, [], NOW)) == ["heavy", "light"]


def test_memory_newer_comes_first_of_equally_relevant_and_weighty() -> None:
    scored = [(Remembered("old", created_at=NOW - 90 * DAY), 1.0), (Remembered("new"), 1.0)]
    assert ids(best(scored, [], NOW)) == ["new", "old"]


def test_event_fades_sooner_than_a_fact() -> None:
    then = NOW - 60 * DAY
    event, fact = Remembered("event", "event", 6, then), Remembered("fact", "fact", 6, then)
    assert score(event, 1.0, NOW) < score(fact, 1.0, NOW)


@pytest.mark.parametrize("kind", list(HALF_LIFE_S))
def test_memory_loses_a_quarter_in_its_half_life_and_never_more_than_half(kind: Kind) -> None:
    new = score(Remembered("m", kind), 1.0, NOW)
    aged = score(Remembered("m", kind, 6, NOW - HALF_LIFE_S[kind]), 1.0, NOW)
    ancient = score(Remembered("m", kind, 6, 0.0), 1.0, NOW)
    assert math.isclose(aged, 0.75 * new)
    assert 0.5 * new <= ancient < aged


def test_memory_of_the_future_is_as_new_as_one_of_now() -> None:
    later = Remembered("m", created_at=NOW + DAY)
    assert score(later, 1.0, NOW) == score(Remembered("m"), 1.0, NOW)


def test_words_that_bring_up_nothing_leave_what_weighs_enough_newest_first() -> None:
    weighty = [
        Remembered("old", importance=9, created_at=NOW - DAY),
        Remembered("new", importance=WEIGHTY_FROM),
        Remembered("light", importance=WEIGHTY_FROM - 1),
    ]
    assert ids(best([], weighty, NOW)) == ["new", "old"]


def test_words_that_bring_up_little_are_filled_up_without_repeating() -> None:
    found = Remembered("found", created_at=NOW - DAY)
    weighty = [found, *(Remembered(f"w{n}", created_at=NOW - n) for n in range(9))]
    assert ids(best([(found, 3.0)], weighty, NOW)) == ["found", "w0", "w1", "w2", "w3"]


def test_memory_found_twice_comes_once_where_it_ranks_higher() -> None:
    twice, other = Remembered("twice"), Remembered("other")
    assert ids(best([(twice, 1.0), (other, 2.0), (twice, 3.0)], [], NOW)) == ["twice", "other"]


@pytest.mark.parametrize(
    "gone",
    [
        Remembered("gone", superseded_by="m2"),
        Remembered("gone", valid_until=NOW),
        Remembered("gone", valid_until=NOW - 1),
    ],
)
def test_memory_that_is_no_longer_so_is_not_recalled(gone: Remembered) -> None:
    assert best([(gone, 5.0)], [gone], NOW) == ()


def test_memory_that_is_still_so_is_recalled() -> None:
    lasting = Remembered("lasting", valid_until=NOW + 1)
    assert ids(best([(lasting, 5.0)], [], NOW)) == ["lasting"]


@pytest.mark.parametrize("rank", [0.0, -1.0, math.nan])
def test_memory_without_a_rank_is_not_relevant(rank: float) -> None:
    assert best([(Remembered("m"), rank)], [], NOW) == ()


def test_pinned_memory_is_left_out_for_it_is_told_anyway() -> None:
    pinned = Remembered("pinned", importance=PINNED)
    assert best([(pinned, 5.0)], [pinned], NOW) == ()


def test_pinned_memory_that_is_not_told_anyway_is_recalled() -> None:
    told, untold = Remembered("told", importance=PINNED), Remembered("untold", importance=PINNED)
    assert ids(best([(told, 5.0), (untold, 1.0)], [], NOW, told=[told])) == ["untold"]


MEMORIES = st.builds(
    Remembered,
    st.integers(0, 20).map(str),
    st.sampled_from(list(HALF_LIFE_S)),
    st.integers(1, 10),
    st.floats(0, NOW * 2),
    st.none() | st.floats(0, NOW * 2),
    st.none() | st.just("m"),
)


@given(
    st.lists(st.tuples(MEMORIES, st.floats(allow_infinity=False))),
    st.lists(MEMORIES),
    st.integers(0, 6),
)
def test_recall_of_anything_is_few_current_ones_each_once(
    scored: list[tuple[Remembered, float]], weighty: list[Remembered], most: int
) -> None:
    recalled = best(scored, weighty, NOW, most)
    assert len(recalled) <= most
    assert len(set(ids(recalled))) == len(recalled)
    assert all(memory.superseded_by is None for memory in recalled)
    assert all(memory.valid_until is None or memory.valid_until > NOW for memory in recalled)


@given(st.lists(MEMORIES, unique_by=lambda memory: memory.memory_id), st.integers(0, 20))
def test_recall_does_not_depend_on_the_order_of_what_was_found(
    memories: list[Remembered], half: int
) -> None:
    scored = [(memory, float(memory.importance % 3)) for memory in memories[:half]]
    weighty = memories[half:]
    assert best(scored, weighty, NOW) == best(scored[::-1], weighty[::-1], NOW)


def test_recall_is_of_five_unless_told_otherwise() -> None:
    assert len(best([], [Remembered(str(n)) for n in range(9)], NOW)) == RECALLED == 5


# ── the day it was told ───────────────────────────────────────────────────────────────────

TOLD = datetime(2026, 11, 21, 23, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "content",
    [
        "mañana tengo examen", "Tiene examen MAÑANA", "hoy cumple años", "Ayer perdió las llaves",
        "esta noche cena con Eva", "la semana que viene va a Roma", "el lunes va al dentista",
        "Se muda el próximo viernes", "el mes pasado nació su sobrina", "dentro de dos días vuelve",
        "hace una semana adoptó un gato", "pasado mañana viaja", "este fin de semana hay fiesta",
        "mañana por la mañana madruga",
        "tomorrow I have an exam", "Has an exam today", "tonight they dine with Eva",
        "goes to Rome next week", "sees the dentist on Monday", "lost the keys yesterday",
        "moves in two weeks", "adopted a cat three days ago", "last month her niece was born",
        "this weekend there is a party",
    ],
)  # fmt: skip
def test_memory_in_words_of_its_day_is_recalled_with_that_day(content: str) -> None:
    assert dated(content, TOLD, "es", UTC) == f"{content} (dicho el 2026-11-21)"
    assert dated(content, TOLD, "en", UTC) == f"{content} (said on 2026-11-21)"


@pytest.mark.parametrize(
    "content",
    [
        "", "Le gusta el té", "madruga por la mañana", "desayuna a las ocho de la mañana",
        "juega al fútbol los lunes", "cada mañana corre", "su hijo tiene tres años",
        "su cumpleaños es el 3 de marzo", "hoy en día trabaja poco", "Vive en dos casas",
        "Likes tea", "plays football on Mondays", "goes out on Friday nights", "is ten years old",
        "birthday is on 3 March", "loves the morning", "her dog is called Sunday",
    ],
)  # fmt: skip
def test_memory_that_holds_on_any_day_is_recalled_as_it_is(content: str) -> None:
    assert dated(content, TOLD, "es", UTC) == content


def test_day_of_a_memory_is_that_of_the_zone() -> None:
    madrid = timezone(timedelta(hours=1))
    assert dated("Examen mañana.", TOLD, "es", madrid) == "Examen mañana (dicho el 2026-11-22)"


def test_day_of_a_memory_without_a_zone_is_that_of_the_machine() -> None:
    here = datetime.fromtimestamp(TOLD, UTC).astimezone().date()
    assert dated("exam tomorrow", TOLD, "en") == f"exam tomorrow (said on {here})"
