"""The floor under what the rules catch: the labelled sentences."""

from tests.people.labelled import HARMLESS, KINDS, sentences, wrong

FALSE_ALARMS = 0.03
"""Of the harmless look-alikes (issue 4)."""

RULED = [sentence for sentence in sentences() if not sentence.model_only]


def test_set_is_as_large_and_as_even_as_it_should_be() -> None:
    harmless = [sentence for sentence in RULED if not sentence.private]
    assert len(RULED) >= 400
    assert 0.4 < len(harmless) / len(RULED) < 0.6
    assert {sentence.label for sentence in RULED} == {HARMLESS, *KINDS}


def test_private_sentence_is_caught_with_its_class() -> None:
    assert wrong(sentence for sentence in RULED if sentence.private) == []


def test_false_alarms_are_few() -> None:
    harmless = [sentence for sentence in RULED if not sentence.private]
    assert len(wrong(harmless)) < FALSE_ALARMS * len(harmless)
