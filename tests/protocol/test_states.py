"""The state table: whole, reachable, and meaning what protocol.md §5, §6 and the bounds say."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from robi.protocol.states import (
    BEGINNING,
    TABLE,
    Effect,
    Event,
    LocalProtocolError,
    Machine,
    Region,
    State,
)

TURN, EAR, LINK = Region.TURN, Region.EAR, Region.LINK
E, X = Event, Effect


def known(region: Region) -> list[Event]:
    return list(TABLE[region][BEGINNING[region]])


def after(region: Region, *events: Event) -> Machine:
    machine = Machine()
    for event in events:
        machine.fire(region, event)
    return machine


# ── the table as a whole ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("region", Region)
def test_table_is_total(region: Region) -> None:
    assert [set(entries) for entries in TABLE[region].values()] == [set(known(region))] * len(
        TABLE[region]
    )


@pytest.mark.parametrize("region", Region)
def test_table_never_leaves_its_region(region: Region) -> None:
    nexts = {entry[0] for entries in TABLE[region].values() for entry in entries.values()}
    assert nexts <= set(TABLE[region])


@pytest.mark.parametrize("region", Region)
def test_every_state_can_be_reached(region: Region) -> None:
    reached = {BEGINNING[region]}
    for _ in State:
        reached |= {entry[0] for state in reached for entry in TABLE[region][state].values()}
    assert reached == set(TABLE[region])


def test_every_state_event_and_effect_is_used() -> None:
    rows = list(chain.from_iterable(TABLE[region].items() for region in Region))
    entries = [entry for _, row in rows for entry in row.values()]
    assert {state for state, _ in rows} == set(State)
    assert {event for _, row in rows for event in row} == set(Event)
    assert set(chain.from_iterable(effects for _, effects in entries)) == set(Effect)


def test_fire_of_an_event_that_the_region_does_not_know_raises_and_moves_nothing() -> None:
    machine = after(TURN, E.UTTERANCE)
    with pytest.raises(LocalProtocolError, match="TURN does not know AUDIO"):
        machine.fire(TURN, E.AUDIO)
    assert machine.state(TURN) is State.ANSWERING


@given(st.lists(st.sampled_from(Event)))
def test_tell_of_any_events_never_leaves_the_table(events: list[Event]) -> None:
    machine = Machine()
    for event in events:
        machine.tell(event)
    assert all(machine.state(region) in TABLE[region] for region in Region)


# ── the floor ─────────────────────────────────────────────────────────────────────────────

ANSWERING = (E.UTTERANCE,)
DRAINING = (E.UTTERANCE, E.DRAIN)


@pytest.mark.parametrize(
    ("before", "event", "effects", "state"),
    [
        ((), E.UTTERANCE, (X.START_TURN,), State.ANSWERING),
        ((), E.OCCASION, (X.START_TURN,), State.ANSWERING),
        ((), E.USELESS, (X.REPORT,), State.IDLE),
        ((), E.INTERRUPT, (), State.IDLE),
        ((), E.LATE_INTERRUPT, (X.AMEND,), State.IDLE),
        ((), E.DRAIN, (X.END,), State.ENDED),
        (ANSWERING, E.UTTERANCE, (X.CUT_TURN, X.START_TURN), State.ANSWERING),
        (ANSWERING, E.OCCASION, (), State.ANSWERING),
        (ANSWERING, E.USELESS, (X.CUT_TURN, X.REPORT), State.IDLE),
        (ANSWERING, E.INTERACTION_START, (X.CUT_TURN, X.NEW_PERSON), State.IDLE),
        (ANSWERING, E.INTERRUPT, (X.CUT_TURN,), State.IDLE),
        (ANSWERING, E.LATE_INTERRUPT, (X.AMEND,), State.ANSWERING),
        (ANSWERING, E.PERSON_LEFT, (X.CUT_TURN,), State.IDLE),
        (ANSWERING, E.LOST_PLACE, (X.CUT_TURN,), State.IDLE),
        (ANSWERING, E.DELIVERED, (X.CONCLUDE,), State.IDLE),
        (DRAINING, E.UTTERANCE, (X.REFUSE,), State.DRAINING),
        (DRAINING, E.USELESS, (X.REFUSE,), State.DRAINING),
        (DRAINING, E.DELIVERED, (X.CONCLUDE, X.END), State.ENDED),
        (DRAINING, E.INTERRUPT, (X.CUT_TURN, X.END), State.ENDED),
        (DRAINING, E.STOP, (X.CUT_TURN,), State.ENDED),
        (ANSWERING, E.STOP, (X.CUT_TURN,), State.ENDED),
    ],
)
def test_turn_event_means_what_the_protocol_says(
    before: tuple[Event, ...], event: Event, effects: tuple[Effect, ...], state: State
) -> None:
    machine = after(TURN, *before)
    assert machine.fire(TURN, event) == effects
    assert machine.state(TURN) is state


@pytest.mark.parametrize("event", known(TURN))
def test_turn_that_has_ended_does_nothing_more(event: Event) -> None:
    machine = after(TURN, E.UTTERANCE, E.STOP)
    assert machine.fire(TURN, event) == ()
    assert machine.state(TURN) is State.ENDED


class OneSpeaker(RuleBasedStateMachine):
    """Whoever carries out the effects sees turns begin and end one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.machine = Machine()
        self.running = 0
        self.parted = False

    @rule(event=st.sampled_from(known(TURN)))
    def fire(self, event: Event) -> None:
        for effect in self.machine.fire(TURN, event):
            if effect is X.START_TURN:
                assert not self.parted
                self.running += 1
            elif effect in (X.CUT_TURN, X.CONCLUDE):
                self.running -= 1
            elif effect is X.END:
                assert self.running == 0
                self.parted = True
            assert self.running in (0, 1)

    @invariant()
    def a_turn_has_the_floor_in_just_these_states(self) -> None:
        busy = (State.ANSWERING, State.DRAINING)
        assert self.running == (self.machine.state(TURN) in busy)


TestOneSpeaker = OneSpeaker.TestCase


# ── the ear ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "event", "effects", "state"),
    [
        ((), E.AUDIO, (X.KEEP,), State.FILLING),
        ((), E.AUDIO_END, (X.REPORT_EMPTY,), State.EMPTY),
        ((), E.TOO_MUCH, (X.SPILL,), State.SPILLED),
        ((E.AUDIO,), E.AUDIO, (X.KEEP,), State.FILLING),
        ((E.AUDIO,), E.AUDIO_END, (X.HAND_OVER,), State.EMPTY),
        ((E.AUDIO,), E.TOO_MUCH, (X.SPILL,), State.SPILLED),
        ((E.AUDIO,), E.INTERACTION_START, (X.DISCARD,), State.EMPTY),
        ((E.AUDIO,), E.PARK, (X.DISCARD,), State.EMPTY),
        ((E.AUDIO,), E.ATTACH, (X.DISCARD,), State.EMPTY),
        ((E.AUDIO,), E.RESUME, (X.DISCARD,), State.EMPTY),
        ((E.TOO_MUCH,), E.AUDIO, (), State.SPILLED),
        ((E.TOO_MUCH,), E.TOO_MUCH, (), State.SPILLED),
        ((E.TOO_MUCH,), E.AUDIO_END, (X.REPORT_SPILLED,), State.EMPTY),
        ((E.TOO_MUCH,), E.INTERACTION_START, (), State.EMPTY),
        ((E.TOO_MUCH,), E.PARK, (), State.EMPTY),
        ((E.TOO_MUCH,), E.ATTACH, (), State.EMPTY),
        ((E.TOO_MUCH,), E.RESUME, (), State.EMPTY),
        ((), E.ATTACH, (), State.EMPTY),
        ((), E.RESUME, (), State.EMPTY),
    ],
)
def test_ear_event_means_what_the_bounds_say(
    before: tuple[Event, ...], event: Event, effects: tuple[Effect, ...], state: State
) -> None:
    machine = after(EAR, *before)
    assert machine.fire(EAR, event) == effects
    assert machine.state(EAR) is state


# ── the link ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "event", "effects", "state"),
    [
        ((), E.ATTACH, (X.WELCOME,), State.ATTACHED),
        ((), E.RESUME, (X.WELCOME, X.REPLAY), State.ATTACHED),
        ((), E.EXPIRED, (X.END,), State.GONE),
        ((E.ATTACH,), E.ATTACH, (X.REPLACE, X.WELCOME), State.ATTACHED),
        ((E.ATTACH,), E.RESUME, (X.REPLACE, X.WELCOME, X.REPLAY), State.ATTACHED),
        ((E.ATTACH,), E.LOST, (X.PARK,), State.PARKED),
        ((E.ATTACH,), E.EXPIRED, (), State.ATTACHED),
        ((E.ATTACH,), E.STOP, (X.HANG_UP,), State.GONE),
        ((E.ATTACH,), E.DRAIN, (), State.ATTACHED),
        ((), E.DRAIN, (X.END,), State.GONE),
        ((E.STOP,), E.ATTACH, (), State.GONE),
    ],
)
def test_link_event_means_what_the_protocol_says(
    before: tuple[Event, ...], event: Event, effects: tuple[Effect, ...], state: State
) -> None:
    machine = after(LINK, *before)
    assert machine.fire(LINK, event) == effects
    assert machine.state(LINK) is state


# ── several at once ───────────────────────────────────────────────────────────────────────


def test_tell_interaction_start_cuts_the_turn_and_empties_the_ear() -> None:
    machine = after(TURN, E.UTTERANCE)
    machine.fire(EAR, E.AUDIO)
    assert machine.tell(E.INTERACTION_START) == (X.CUT_TURN, X.NEW_PERSON, X.DISCARD)


def test_tell_stop_cuts_the_turn_and_hangs_up() -> None:
    machine = after(TURN, E.UTTERANCE)
    machine.fire(LINK, E.ATTACH)
    assert machine.tell(E.STOP) == (X.CUT_TURN, X.HANG_UP)


@pytest.mark.parametrize(("event", "replay"), [(E.ATTACH, ()), (E.RESUME, (X.REPLAY,))])
def test_tell_of_a_new_link_empties_the_ear_and_replaces_the_old_one(
    event: Event, replay: tuple[Effect, ...]
) -> None:
    machine = after(LINK, E.ATTACH)
    machine.fire(EAR, E.AUDIO)
    assert machine.tell(event) == (X.DISCARD, X.REPLACE, X.WELCOME, *replay)
