"""When a rule is met."""

import pytest

from robi.people.privacy.lexicon import Lexicon
from robi.people.privacy.rules import Rule, Rules

LEXICON = Lexicon({name: name for name in ("kin", "ill", "pet", "film", "late")})


@pytest.mark.parametrize(
    ("rule", "said", "met"),
    [
        (Rule("kin ~2 ill"), "kin a b ill", True),
        (Rule("kin ~2 ill"), "kin a b c ill", False),
        (Rule("kin ~2 ill"), "ill kin", False),
        (Rule("kin ill"), "kin ill", True),
        (Rule("kin ill"), "kin a ill", False),
        (Rule("kin|pet ~1 ill"), "pet a ill", True),
        (Rule("kin ~1 ill ~1 late"), "kin a ill a late", True),
        (Rule("kin ~2 ill", unless="pet"), "kin pet ill", False),
        (Rule("kin ~2 ill", unless="pet"), "pet kin ill pet", True),
        (Rule("kin ~9 ill", unless="pet"), "kin pet kin ill", True),
        (Rule("kin ~2 ill", unless="film", before=1), "film kin ill", False),
        (Rule("kin ~2 ill", unless="film", before=1), "film a kin ill", True),
        (Rule("kin ~2 ill", after="late", behind=2), "kin ill a late", False),
        (Rule("kin ~2 ill", after="late", behind=2), "late kin ill", True),
    ],
)
def test_rule_is_met_by_words_near_enough_with_nothing_harmless_between(
    rule: Rule, said: str, met: bool
) -> None:
    hits = LEXICON.hits(said.split())
    assert rule.met(hits) is met
    assert Rules(rule).met(hits) is met


def test_words_that_meet_a_rule_are_the_nearest() -> None:
    hits = LEXICON.hits(["kin", "a", "kin", "b", "ill"])
    assert list(Rules(Rule("kin ~9 ill")).spans(hits)) == [(2, 5)]
