"""`robi usage`: what the model took, by day and by person."""

import time
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pytest
from attrs import evolve

from robi.shell import UNUSABLE, WRONG
from robi.store.base import AddInteraction, InteractionRow, KeepUsage, UsageRow, Write
from robi.store.sqlite import SqliteStore
from robi.upkeep.spending import spending
from tests.upkeep.conftest import ANA, LUIS, House

TODAY = datetime.now().astimezone().date()


def turn(person_id: str, request_id: str, prompt: int, answer: int, at: float) -> AddInteraction:
    return AddInteraction(
        InteractionRow(
            "session-0",
            request_id,
            person_id,
            "text",
            None,
            None,
            "answered",
            at,
            None,
            5,
            prompt,
            answer,
        )
    )


@pytest.fixture
def used(house: House) -> House:
    """A house in which the model was asked today, yesterday and long ago."""
    now = time.time()
    store = SqliteStore(house.path)
    store.open()
    store.write(
        [
            *(
                KeepUsage(UsageRow((TODAY - timedelta(days=ago)).isoformat(), purpose, *counts))
                for ago, purpose, counts in [
                    (0, "talk", (3000, 200)),
                    (0, "summary", (500, 50)),
                    (1, "talk", (1, 2)),
                    (30, "talk", (9, 9)),
                ]
            ),
            turn(ANA, "u1", 2000, 100, now),
            turn(ANA, "u2", 400, 50, now),
            turn(LUIS, "u3", 500, 40, now),
            turn("stranger:1", "u4", 60, 6, now),
            turn("stranger:2", "u5", 40, 4, now),
            turn(ANA, "u6", 7, 7, now - 30 * 86400),
        ]
    )
    store.close()
    return house


def test_usage_tells_each_day_by_what_was_asked_and_each_person(used: House) -> None:
    told = orjson.loads(used.robi("usage", "--days", "2", "--json").out)
    assert [
        (r["day"], r["purpose"], r["prompt_tokens"], r["answer_tokens"]) for r in told["days"]
    ] == [
        ((TODAY - timedelta(days=1)).isoformat(), "talk", 1, 2),
        (TODAY.isoformat(), "summary", 500, 50),
        (TODAY.isoformat(), "talk", 3000, 200),
    ]
    assert [
        (r["name"], r["turns"], r["prompt_tokens"], r["answer_tokens"]) for r in told["people"]
    ] == [
        ("Ana", 2, 2400, 150),
        ("Luis", 1, 500, 40),
        ("strangers", 2, 100, 10),
    ]


def test_usage_in_words_adds_up_each_day(used: House) -> None:
    done = used.robi("usage", "--days", "1")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "By day, for the whole house, as far as it is written down (every 5 s):\n"
        f"  {TODAY.isoformat()}               3,500 in        250 out\n"
        "    summary                  500 in         50 out\n"
        "    talk                   3,000 in        200 out\n"
        "By person, their turns:\n"
        "  Ana                      2,400 in        150 out  2 turns\n"
        "  Luis                       500 in         40 out  1 turn\n"
        "  strangers                  100 in         10 out  2 turns\n"
    )


def test_usage_with_prices_tells_what_it_cost(used: House) -> None:
    settings = evolve(used.settings, price_input=1.0, price_output=10.0)
    told = spending(settings, used.path, 1, TODAY)
    assert [row["cost"] for row in told.plain()["people"]] == [0.0039, 0.0009, 0.0002]
    assert "      0.0060" in list(told.lines())[1]


@pytest.mark.parametrize(("days", "when"), [("1", "today"), ("7", "in the last 7 days")])
def test_usage_of_a_house_where_nobody_was_asked_says_so(
    house: House, days: str, when: str
) -> None:
    done = house.robi("usage", "--days", days)
    assert done.out == f"Nothing was counted {when}: no model was asked, or it does not count.\n"
    told = spending(house.settings, house.path, 1, date(2031, 1, 1))
    assert told.plain() == {"days": [], "people": [], "today": []}


def kept(house: House, *writes: Write) -> None:
    store = SqliteStore(house.path)
    store.open()
    store.write(writes)
    store.close()


def test_usage_of_a_turn_whose_day_is_not_written_down_yet_says_so(house: House) -> None:
    kept(house, turn(ANA, "u1", 2000, 100, time.time()))
    assert house.robi("usage").out == (
        "By day, for the whole house, as far as it is written down (every 5 s):\n"
        "  nothing yet\n"
        "By person, their turns:\n"
        "  Ana                      2,000 in        100 out  1 turn\n"
    )


def test_usage_of_a_model_that_does_not_count_says_so_and_tells_the_turns(house: House) -> None:
    kept(house, turn(ANA, "u1", 0, 0, time.time()))
    assert house.robi("usage", "--days", "1").out == (
        "Nothing was counted today: no model was asked, or it does not count.\n"
        "By person, their turns:\n"
        "  Ana                          0 in          0 out  1 turn\n"
    )


@pytest.mark.parametrize(
    ("limits", "lines", "left"),
    [
        (
            {"daily_tokens": 5000},
            ["Today: 3,750 of 5,000 tokens (DAILY_TOKENS), 1,250 left."],
            [1250],
        ),
        (
            {"daily_tokens": 3750, "daily_budget": 2.5, "price_input": 1.0, "price_output": 10.0},
            [
                "Today: 3,750 of 3,750 tokens (DAILY_TOKENS), nothing left until midnight.",
                "Today: 0.0060 of 2.5000 (DAILY_BUDGET), 2.4940 left.",
            ],
            [0, 2.494],
        ),
        ({"daily_budget": 2.5}, [], []),
    ],
    ids=["tokens", "both", "no prices"],
)
def test_usage_tells_what_is_left_of_a_day_that_has_a_limit(
    used: House, limits: dict[str, Any], lines: list[str], left: list[float]
) -> None:
    told = spending(evolve(used.settings, **limits), used.path, 2, TODAY)
    assert [line for line in told.lines() if line.startswith("Today")] == lines
    assert [each["left"] for each in told.plain()["today"]] == left


def test_usage_before_the_first_start_says_so(house: House) -> None:
    house.path.unlink()
    done = house.robi("usage")
    assert (done.code, done.err) == (WRONG, "Cannot tell the usage: there is no database yet.\n")


def test_usage_of_no_day_at_all_is_refused(house: House) -> None:
    done = house.robi("usage", "--days", "0")
    assert (done.code, done.err) == (UNUSABLE, "--days is 1 or more.\n")
