"""How passages are chosen, ranked and judged; that twins do it alike is in `test_twins`."""

from itertools import count

import pytest

from robi.store import passages
from robi.store.passages import Asked, asked, candidates, looked_at, ranked, weights
from robi.store.roots import LIGHT, of_heading, of_passage, root

KNOWN = 100


def scored(
    question: str, *read: tuple[str, str], having: int = 3, limit: int = 5
) -> list[tuple[int, float]]:
    """Rank passages, each a heading and its words, of a hundred in which a root stands in three."""
    wanted = asked((question,))
    weight = weights(wanted, dict.fromkeys(wanted.roots, having), KNOWN)
    told = ((of_heading((heading,)), of_passage(words)) for heading, words in read)
    rows = [(number, *roots) for number, roots in zip(count(), told, strict=False)]
    return ranked(wanted, weight, rows, limit)


def order(question: str, *read: tuple[str, str]) -> list[int]:
    return [number for number, _ in scored(question, *read)]


def test_word_asked_before_weighs_less_and_is_none_of_the_question() -> None:
    wanted = asked(("¿Y la lava?", "¿Qué es el magma y la lava?", "el basalto"))
    assert list(wanted.question) == ["lab"]
    assert set(wanted.before) == {"magm", "basalt"}
    weight = weights(wanted, {"lab": 3, "magm": 3, "basalt": 3}, KNOWN)
    assert weight["magm"] == weight["basalt"] < weight["lab"]


def test_question_without_words_of_its_own_is_the_one_before() -> None:
    assert asked(("¿Y por qué?", "la lava", "el magma")) == asked(("la lava", "el magma"))
    assert asked(()) == asked(("¿Y?", "¿Por qué?")) == Asked()


def test_question_of_common_words_is_asked_together_with_the_one_before() -> None:
    wanted = asked(("¿Y cuánto tiempo tarda?", "la lava", "el magma"))
    assert wanted.question == {"lab": 1.0, root("tiempo"): LIGHT, root("tarda"): LIGHT}
    assert list(wanted.before) == ["magm"]
    assert list(asked(("¿Y cuánto tiempo tarda?",)).question) == [root("tiempo"), root("tarda")]


def test_question_of_many_words_is_searched_by_its_longest() -> None:
    wanted = asked((" ".join(f"{'palabra' * (n // 10 + 1)}{n}" for n in range(60)),))
    assert len(wanted.question) == passages.MOST_ROOTS
    assert min(map(len, wanted.question)) > 20


@pytest.mark.parametrize(("few", "many"), [(0, 1), (1, 50), (50, 100)])
def test_root_tells_more_the_fewer_passages_have_it(few: int, many: int) -> None:
    weight = weights(Asked({"a": 1.0, "b": 1.0}), {"a": few, "b": many}, KNOWN)
    assert weight["a"] > weight["b"] > 0


def test_entries_looked_at_are_those_of_the_rarest_within_the_bound() -> None:
    having = {"nowhere": 0, "rare": 9, "common": passages.LOOKED_AT - 9, "more": passages.LOOKED_AT}
    assert looked_at(having) == ("rare", "common")
    assert looked_at({"common": passages.LOOKED_AT + 1}) == ("common",)
    assert looked_at({"nowhere": 0}) == ()


def test_candidates_are_those_with_most_of_the_weight_and_no_more_than_are_read() -> None:
    numbers = range(passages.CANDIDATES * 2)
    chosen = candidates({"a": numbers, "b": [70, 90]}, {"a": 1.0, "b": 2.0})
    assert chosen[:3] == [70, 90, 0]
    assert len(chosen) == passages.CANDIDATES


def test_passage_with_more_of_the_question_comes_first() -> None:
    lava = ("", "La lava fluye despacio.")
    both = ("", "La lava de basalto fluye despacio.")
    assert order("lava de basalto", lava, both) == [1, 0]


def test_words_of_a_heading_count_for_what_stands_under_it() -> None:
    assert order("lava de basalto", ("", "Fluye lava."), ("Basalto", "Fluye lava.")) == [1, 0]


def test_words_that_stand_together_come_before_those_that_are_strewn() -> None:
    strewn = ("", "Fluye lava. El mar sube. Llueve poco. Hay basalto.")
    together = ("", "Fluye lava. Hay basalto. El mar sube. Llueve poco.")
    assert order("lava de basalto", strewn, together) == [1, 0]


def test_shorter_passage_of_two_that_say_the_same_comes_first() -> None:
    longer = ("", "La lava fluye. " + "Canta un pájaro azul. " * 30)
    assert order("lava", longer, ("", "La lava fluye.")) == [1, 0]


def test_passage_that_has_too_little_of_the_question_is_no_evidence() -> None:
    question = "lava basalto ceniza granizo tormenta"
    assert order(question, ("", "La lava fluye.")) == []
    assert order(question, ("", "La lava y la ceniza caen.")) == [0]


def test_what_is_strewn_over_a_passage_is_not_together_evidence() -> None:
    question = "lava basalto ceniza granizo tormenta"
    assert order(question, ("", "Fluye lava. El mar sube. Llueve poco. Hay ceniza.")) == []


def test_once_there_is_evidence_what_has_half_as_much_comes_with_it() -> None:
    question = "lava basalto ceniza granizo tormenta"
    both, one = ("", "La lava y la ceniza caen."), ("", "La lava fluye.")
    assert order(question, one, both) == [1, 0]


def test_question_before_is_no_evidence_for_this_one() -> None:
    wanted = asked(("croquetas", "la lava del basalto"))
    weight = weights(wanted, {"lab": 3, "basalt": 3, "croquet": 0}, KNOWN)
    assert ranked(wanted, weight, [(0, "", of_passage("La lava del basalto."))], 5) == []


def test_passages_are_no_more_than_the_limit() -> None:
    same = [("", "La lava fluye.")] * 9
    assert [number for number, _ in scored("lava", *same, limit=3)] == [0, 1, 2]
