"""How memories are ranked, and how little work that is."""

import pytest

from robi.store import relevance
from robi.store.base import AddMemory, Memory, Person, SavePerson, Store
from robi.store.relevance import LOOKED_AT, MOST_STEMS, indexed, ranked, searched, share

ANA = "user_ana_0a1b2c"


def test_stems_that_are_indexed_are_those_that_are_searched() -> None:
    content = "Dos gatos de color café y 3 FLORES; ¿qué tal?"
    assert set(searched([content])) == set(indexed(content))


def test_words_of_a_search_may_be_written_as_they_are_said() -> None:
    assert searched(["GATOS", "gato", "café-bar"]) == searched(["gato", "cafe", "bar"])


def test_longest_words_of_a_long_search_are_taken() -> None:
    words = [chr(97 + n) * 3 + "o" * n for n in range(26)]
    taken = searched(words)
    assert len(taken) == MOST_STEMS
    assert min(map(len, taken)) > min(map(len, words))


@pytest.mark.parametrize("count", [0, 1, 2, 7, MOST_STEMS])
def test_all_words_together_look_at_no_more_than_the_bound(count: int) -> None:
    stems = [f"w{n}" for n in range(count)]
    assert share(stems) * count <= LOOKED_AT
    assert share(stems) >= 100


def test_rank_is_the_sum_of_what_each_word_weighs_and_falls_with_its_number() -> None:
    both, common = ranked([[3, 2, 1], [3]], 10)[0], ranked([[3, 2, 1]], 10)
    assert both[0] == 3
    assert both[1] == pytest.approx(common[0][1] + ranked([[3]], 10)[0][1])
    assert ranked([[3]], 10)[0][1] > common[0][1] > 0


def test_word_that_all_memories_have_still_weighs_something() -> None:
    assert all(rank > 0 for _, rank in ranked([list(range(10))], 10))


def test_of_a_common_word_the_newest_memories_count_and_of_a_rare_one_all(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relevance, "LOOKED_AT", 6)
    contents = ["gato raro", *["gato"] * 8]
    memories = [Memory(f"m{n}", ANA, "fact", words, 5, 1.0) for n, words in enumerate(contents)]
    store.write([SavePerson(Person(ANA, "Ana", 1.0)), *map(AddMemory, memories)])
    found = store.relevant(ANA, ("gato", "raro"), 2.0, 20)
    assert [each.memory.memory_id for each in found] == ["m0", "m8", "m7", "m6"]
