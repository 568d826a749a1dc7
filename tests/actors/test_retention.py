"""What of the media may stay: time, budget, and files that have lost their row."""

from collections.abc import Iterable

from attrs import evolve

from robi.actors.retention import DAY_S, HOUR_S, Retention, Sweep, plan_sweep
from robi.files.base import DRAFT, File
from robi.store.base import MediaKind, MediaRow

RULES = Retention(audio_s=24 * HOUR_S, vision_s=HOUR_S, budget=1000, logs_s=30 * DAY_S)
NOW = 100 * DAY_S


def row(
    number: int, age: float = 0.0, kind: MediaKind = "audio", size: int = 10, kept: float = DAY_S
) -> MediaRow:
    name = f"media_{number:032x}.ogg"
    at = NOW - age
    return MediaRow(name, "user_ana", "s1", f"r{number}", kind, "audio/ogg", size, at, at + kept)


def files_of(rows: Iterable[MediaRow]) -> list[File]:
    return [File(row.name, row.size) for row in rows]


def sweep(rows: Iterable[MediaRow], retention: Retention = RULES) -> Sweep:
    rows = list(rows)
    return plan_sweep(files_of(rows), rows, frozenset(), NOW, retention)


# ── time ──────────────────────────────────────────────────────────────────────────────────


def test_media_within_their_time_stay() -> None:
    rows = (row(1, age=DAY_S - 1), row(2, age=HOUR_S - 1, kind="image", kept=HOUR_S))
    assert sweep(rows) == Sweep((), (), rows)


def test_media_whose_time_is_up_go_with_their_rows() -> None:
    rows = (row(1, age=DAY_S), row(2, age=HOUR_S, kind="video", kept=HOUR_S))
    names = (rows[0].name, rows[1].name)
    assert sweep(rows) == Sweep(names, names, ())


def test_shorter_retention_than_when_they_were_made_holds_for_what_is_there() -> None:
    old = row(1, age=2 * HOUR_S, kind="image", kept=DAY_S)
    assert sweep([old]).files == (old.name,)


def test_longer_retention_than_when_they_were_made_does_not() -> None:
    old = row(1, age=2 * HOUR_S, kind="audio", kept=HOUR_S)
    assert sweep([old]).files == (old.name,)


def test_media_dated_in_the_future_are_to_expire_their_hours_from_now() -> None:
    """The clock has jumped back; until it is there again, nothing else would expire them."""
    sound, picture = row(1, age=-90 * DAY_S), row(2, age=-HOUR_S, kind="image", kept=HOUR_S)
    shortened = (evolve(sound, expires_at=NOW + DAY_S), evolve(picture, expires_at=NOW + HOUR_S))
    assert sweep([sound, picture]) == Sweep((), (), (sound, picture), shortened)
    assert sweep(shortened) == Sweep((), (), shortened)
    assert plan_sweep(
        files_of(shortened), shortened, frozenset(), NOW + DAY_S, RULES
    ).files == tuple(file.name for file in shortened)


# ── budget ────────────────────────────────────────────────────────────────────────────────


def test_media_up_to_the_budget_stay() -> None:
    rows = [row(n, age=float(n), size=100) for n in range(10)]
    assert sweep(rows).files == ()


def test_media_beyond_the_budget_go_oldest_first_with_a_tenth_to_spare() -> None:
    rows = [row(n, age=float(n), size=100) for n in range(11)]
    gone = sweep(rows)
    assert gone.files == gone.rows == (rows[9].name, rows[10].name)
    assert sum(kept.size for kept in gone.staying) == 900


def test_media_that_go_anyway_make_room_in_the_budget() -> None:
    over_time = row(0, age=2 * DAY_S, size=1000)
    rows = [over_time, *(row(n, age=float(n), size=100) for n in range(1, 11))]
    assert sweep(rows).files == (over_time.name,)


def test_one_file_larger_than_the_budget_goes() -> None:
    large = row(1, size=1001)
    assert sweep([large]) == Sweep((large.name,), (large.name,), ())


# ── leftovers ─────────────────────────────────────────────────────────────────────────────


def test_file_without_a_row_goes() -> None:
    (alone,) = files_of([row(1)])
    assert plan_sweep([alone], [], frozenset(), NOW, RULES) == Sweep((alone.name,), (), ())


def test_draft_goes_though_its_row_should_be_there() -> None:
    whole = row(1)
    files = [File(whole.name + DRAFT, 3), *files_of([row(2)])]
    gone = plan_sweep(files, [row(2)], frozenset(), NOW, RULES)
    assert gone.files == (whole.name + DRAFT,)


def test_draft_beside_its_whole_file_goes_alone() -> None:
    whole = row(1)
    draft = File(whole.name + DRAFT, 3)
    gone = plan_sweep([draft, *files_of([whole])], [whole], frozenset(), NOW, RULES)
    assert gone == Sweep((draft.name,), (), (whole,))


def test_row_without_its_file_goes() -> None:
    assert plan_sweep([], [row(1)], frozenset(), NOW, RULES) == Sweep((), (row(1).name,), ())


def test_file_of_another_size_than_its_row_says_goes_with_it() -> None:
    cut = row(1, size=10)
    gone = plan_sweep([File(cut.name, 0)], [cut], frozenset(), NOW, RULES)
    assert gone == Sweep((cut.name,), (cut.name,), ())


def test_what_was_in_hand_meanwhile_is_left_alone() -> None:
    file_only, row_only, draft_only = row(1), row(2), row(3)
    touched = {file_only.name, row_only.name, draft_only.name}
    files = [*files_of([file_only]), File(draft_only.name + DRAFT, 1)]
    assert plan_sweep(files, [row_only], touched, NOW, RULES) == Sweep((), (), ())
