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
    rows = dict(zip(count(), told, strict=False))
    entries = {
        each: [number for number, roots in rows.items() if each in " ".join(roots).split()]
        for each in wanted.roots
    }
    chosen = candidates(wanted, entries, weight)
    return ranked(weight, [(number, *rows[number]) for number in chosen], limit)


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
    assert looked_at(Asked(dict.fromkeys(having, 1.0)), having) == ("rare", "common")
    assert looked_at(Asked({"a": 1.0}), {"a": passages.LOOKED_AT + 1}) == ("a",)
    assert looked_at(Asked({"nowhere": 1.0}), {"nowhere": 0}) == ()


def test_entries_of_telling_roots_are_looked_at_before_rarer_ones() -> None:
    wanted = Asked({"sun": 1.0, "time": LIGHT}, {"moon": 0.3})
    having = {"time": 2, "sun": passages.LOOKED_AT - 5, "moon": 9}
    assert looked_at(wanted, having) == ("sun", "time")


def test_candidates_are_those_with_most_of_the_weight_and_no_more_than_are_read() -> None:
    numbers = range(passages.CANDIDATES * 3)
    wanted = Asked({"a": 1.0, "b": 1.0})
    chosen = candidates(wanted, {"a": numbers, "b": [70, 90]}, {"a": 1.0, "b": 2.0})
    assert chosen[:3] == [70, 90, 0]
    assert len(chosen) == passages.CANDIDATES


def test_candidates_have_a_telling_root_however_much_the_others_weigh() -> None:
    wanted = Asked({"sun": 1.0, "time": LIGHT}, {"moon": 0.3})
    entries = {"sun": [98, 99], "time": range(99), "moon": range(99)}
    assert candidates(wanted, entries, {"sun": 0.1, "time": 2.0, "moon": 2.0}) == [98, 99]


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


def test_one_word_of_the_question_is_evidence_and_a_common_one_is_none() -> None:
    question = "¿Cuánto tiempo tarda la lava del basalto en hacerse ceniza?"
    assert order(question, ("", "La lava fluye."), ("", "Tarda mucho tiempo.")) == [0]
    assert order(question, ("Lava", "Fluye."), ("", "El mar sube.")) == [0]


def test_common_words_are_evidence_when_the_question_has_no_others() -> None:
    assert order("¿Cuánto tiempo tarda?", ("", "El mar sube."), ("", "Tarda poco.")) == [1]


def test_unknown_are_telling_words_that_no_passage_has_and_may_be_misspelt() -> None:
    wanted = asked(("el basalto, el magnma, la lbav, tarda 1960198", "ceniza"))
    having = dict.fromkeys(wanted.roots, 0) | {"basalt": 3}
    assert passages.unknown(wanted, having) == ("magnm",)


def test_no_more_unknown_words_are_mended_than_the_bound_and_the_longest_first() -> None:
    wanted = asked((" ".join(f"{'x' * n}tzunami" for n in range(9)),))
    unknown = passages.unknown(wanted, dict.fromkeys(wanted.roots, 0))
    assert [len(each) for each in unknown] == sorted(map(len, wanted.question), reverse=True)[:6]


def test_unknown_word_stands_for_the_nearest_that_there_are_and_tells_less() -> None:
    wanted = Asked({"magnm": 1.0, "lab": 1.0}, {"magm": 0.3, "cenic": 0.3})
    near = {"magnm": {"magn": 1, "magm": 1, "mang": 2, "gone": 0}}
    meant = passages.mended(wanted, near, {"magn": 1, "magm": 2, "mang": 9, "gone": 0})
    assert meant == Asked({"lab": 1.0, "magm": 0.7, "magn": 0.7}, {"cenic": 0.3})


def test_unknown_word_that_is_near_nothing_stays() -> None:
    wanted = Asked({"croquet": 1.0})
    assert passages.mended(wanted, {"croquet": {"crochet": 2}}, {"crochet": 0}) == wanted
    assert passages.mended(wanted, {"croquet": {}}, {}) == wanted


def test_word_that_is_said_and_meant_tells_as_what_is_said() -> None:
    wanted = Asked({"magnm": 1.0, "magm": 1.0})
    assert passages.mended(wanted, {"magnm": {"magm": 1}}, {"magm": 2}).question == {"magm": 1.0}


def test_unknown_word_stands_for_a_few_words_at_most() -> None:
    near = {"magnm": {f"magn{n}": 1 for n in range(9)}}
    meant = passages.mended(Asked({"magnm": 1.0}), near, {f"magn{n}": 1 for n in range(9)})
    assert list(meant.question) == ["magn0", "magn1", "magn2"]


def test_question_before_is_no_evidence_for_this_one() -> None:
    wanted = asked(("croquetas", "la lava del basalto"))
    entries = {"lab": [0], "basalt": [0]}
    assert candidates(wanted, entries, {"lab": 1.0, "basalt": 1.0, "croquet": 5.0}) == []


def test_passages_are_no_more_than_the_limit() -> None:
    same = [("", "La lava fluye.")] * 9
    assert [number for number, _ in scored("lava", *same, limit=3)] == [0, 1, 2]
