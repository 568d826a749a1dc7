"""What every event means now: the state machines of a session, as one table.

Rule 1: whatever decides what an event means for a session is in TABLE, and nothing but `Machine`
moves a state. An actor fires events and carries out effects; it never asks which state it is in.

Rule 2: this file knows no socket, task, clock or message. It says *that* a turn is cut, not how.

Three regions, one machine each
-------------------------------
TURN  Who has the floor. One turn at a time: a new utterance cuts the one before (protocol.md §6).
EAR   The audio of the utterance being spoken: nothing yet, some, or more than we take.
LINK  Whether a robot is there. A session outlives its links (§5).

Each is total: every event of a region has an entry in each of its states, so that nothing a robot
does, at whatever moment, is without a meaning. An entry is the next state and the effects, which
are to be carried out in order and before the next event is fired.

What an effect may set off is up to whoever carries it out, and comes as an event in its turn:
HAND_OVER leads to UTTERANCE, unless what was heard is of no known format; WELCOME without a replay
to LOST_PLACE; PARK to the EAR's PARK; END to STOP. Events that several regions know
(INTERACTION_START, STOP) are `tell`-ed, which fires them in each.

Who may fire
------------
DELIVERED speaks of the turn that has the floor, LOST of the link that is attached. The end of a
turn that was cut, or of a link that was replaced, comes late; whoever reports it holds its number
and keeps it to himself. The table cannot see which one is meant.

A turn has the floor until its last words are handed to a link's writer (DELIVERED), however long
ago its task ended: until then an interruption takes back what nobody has seen.

The drawings in docs/architecture.md are made from TABLE by `drawing`. In the manner of
h11/_state.py.
"""

from collections.abc import Mapping
from enum import Enum, auto

from attrs import define, field


class Region(Enum):
    """One of the machines that make up a session."""

    TURN = 0
    EAR = 1
    LINK = 2


class State(Enum):
    """A state of one of the regions."""

    # TURN
    IDLE = auto()
    """Nobody answers."""
    ANSWERING = auto()
    """A turn runs, or its last words wait for a link."""
    DRAINING = auto()
    """The server stops: the last answer is finished and none begun."""
    ENDED = auto()
    """The session is over."""

    # EAR
    EMPTY = auto()
    FILLING = auto()
    SPILLED = auto()
    """The limit was passed: what is heard of this utterance counts no more."""

    # LINK
    ATTACHED = auto()
    PARKED = auto()
    """No link, and the session waits for one: so it begins, too."""
    GONE = auto()


class Event(Enum):
    """Something that happened to a session."""

    # TURN
    UTTERANCE = auto()
    """A person said something: text, audio, image, video, or several at once."""
    OCCASION = auto()
    """The robot would speak of its own accord (a greeting, a timer), if nobody does."""
    USELESS = auto()
    """An utterance that cannot be answered: no audio, too much of it, of no known format."""
    INTERACTION_START = auto()
    """A person is in front of the robot. Known to the EAR as well."""
    INTERRUPT = auto()
    LATE_INTERRUPT = auto()
    """An interruption of the newest answer that was sent whole: the phone still spoke it."""
    DELIVERED = auto()
    """The turn's terminal message was handed to the writer of a link."""
    PERSON_LEFT = auto()
    """The link was closed for good (code 1000)."""
    LOST_PLACE = auto()
    """The robot is back, and cannot be told what it missed."""
    DRAIN = auto()
    """The server is going to stop. Known to the LINK as well."""
    STOP = auto()
    """The session ends now. Known to the LINK as well."""

    # EAR
    AUDIO = auto()
    """A frame that fits."""
    TOO_MUCH = auto()
    """A frame that would pass the limit of bytes or seconds."""
    AUDIO_END = auto()
    PARK = auto()
    """The session is parked and gives up its buffers."""

    # LINK
    ATTACH = auto()
    """A link that cannot say, or not usefully, what it saw last."""
    RESUME = auto()
    """A link that said what it saw last, and all that came after is still here."""
    LOST = auto()
    """The link is closed or broken, for whatever reason."""
    EXPIRED = auto()
    """The keep-alive of a parked session has passed."""


class Effect(Enum):
    """Something that is to be done, by whoever fired the event."""

    # TURN
    START_TURN = auto()
    """Begin to answer."""
    CUT_TURN = auto()
    """Cancel the task if it runs, take back what was not written, put `stream_end` with
    `interrupted`, and record what was heard."""
    AMEND = auto()
    """The answer was sent whole, yet not heard to its end: shorten what is recorded of it to
    `spoken_chars`, if the interruption names that answer and says how many."""
    CONCLUDE = auto()
    """Record the whole answer."""
    REPORT = auto()
    """Answer with the error of the utterance."""
    REFUSE = auto()
    """Answer with SERVER_BUSY."""
    NEW_PERSON = auto()
    """From now on whoever the message names is the one who speaks."""
    END = auto()
    """Nothing is left to say, nor anybody to say it to: end the session (STOP)."""

    # EAR
    KEEP = auto()
    """Add the frame to the buffer. A frame without this effect is dropped."""
    DISCARD = auto()
    """Empty the buffer."""
    SPILL = auto()
    """Empty the buffer and report FILE_TOO_LARGE, once an utterance."""
    HAND_OVER = auto()
    """The utterance is complete: take it out of the buffer."""
    REPORT_EMPTY = auto()
    """Answer with EMPTY_AUDIO."""
    REPORT_SPILLED = auto()
    """Answer with FILE_TOO_LARGE: `audio_end` has a request id, and a phone that waits on it."""

    # LINK
    REPLACE = auto()
    """Close the link that was attached, with 4409."""
    WELCOME = auto()
    """Attach the link and send `auth_ok`."""
    REPLAY = auto()
    """Send again all that came after what the link saw last."""
    PARK = auto()
    """Begin to wait for a link, with the keep-alive as limit, and give up buffers."""
    HANG_UP = auto()
    """Close the link: the session ends."""


S = State
E = Event
X = Effect

Entry = tuple[State, tuple[Effect, ...]]
Table = Mapping[Region, Mapping[State, Mapping[Event, Entry]]]

# fmt: off
TABLE: Table = {
    Region.TURN: {
        S.IDLE: {
            E.UTTERANCE:         (S.ANSWERING, (X.START_TURN,)),
            E.OCCASION:          (S.ANSWERING, (X.START_TURN,)),
            E.USELESS:           (S.IDLE, (X.REPORT,)),
            E.INTERACTION_START: (S.IDLE, (X.NEW_PERSON,)),
            E.INTERRUPT:         (S.IDLE, ()),
            E.LATE_INTERRUPT:    (S.IDLE, (X.AMEND,)),
            E.DELIVERED:         (S.IDLE, ()),
            E.PERSON_LEFT:       (S.IDLE, ()),
            E.LOST_PLACE:        (S.IDLE, ()),
            E.DRAIN:             (S.ENDED, (X.END,)),
            E.STOP:              (S.ENDED, ()),
        },
        S.ANSWERING: {
            E.UTTERANCE:         (S.ANSWERING, (X.CUT_TURN, X.START_TURN)),
            E.OCCASION:          (S.ANSWERING, ()),  # it does not talk over itself
            E.USELESS:           (S.IDLE, (X.CUT_TURN, X.REPORT)),
            E.INTERACTION_START: (S.IDLE, (X.CUT_TURN, X.NEW_PERSON)),
            E.INTERRUPT:         (S.IDLE, (X.CUT_TURN,)),
            E.LATE_INTERRUPT:    (S.ANSWERING, (X.AMEND,)),
            E.DELIVERED:         (S.IDLE, (X.CONCLUDE,)),
            E.PERSON_LEFT:       (S.IDLE, (X.CUT_TURN,)),
            E.LOST_PLACE:        (S.IDLE, (X.CUT_TURN,)),
            E.DRAIN:             (S.DRAINING, ()),
            E.STOP:              (S.ENDED, (X.CUT_TURN,)),
        },
        S.DRAINING: {
            E.UTTERANCE:         (S.DRAINING, (X.REFUSE,)),  # and the last answer is not cut
            E.OCCASION:          (S.DRAINING, ()),
            E.USELESS:           (S.DRAINING, (X.REFUSE,)),
            E.INTERACTION_START: (S.ENDED, (X.CUT_TURN, X.END)),
            E.INTERRUPT:         (S.ENDED, (X.CUT_TURN, X.END)),
            E.LATE_INTERRUPT:    (S.DRAINING, (X.AMEND,)),
            E.DELIVERED:         (S.ENDED, (X.CONCLUDE, X.END)),
            E.PERSON_LEFT:       (S.ENDED, (X.CUT_TURN, X.END)),
            E.LOST_PLACE:        (S.ENDED, (X.CUT_TURN, X.END)),
            E.DRAIN:             (S.DRAINING, ()),
            E.STOP:              (S.ENDED, (X.CUT_TURN,)),
        },
        S.ENDED: {
            E.UTTERANCE:         (S.ENDED, ()),
            E.OCCASION:          (S.ENDED, ()),
            E.USELESS:           (S.ENDED, ()),
            E.INTERACTION_START: (S.ENDED, ()),
            E.INTERRUPT:         (S.ENDED, ()),
            E.LATE_INTERRUPT:    (S.ENDED, ()),
            E.DELIVERED:         (S.ENDED, ()),
            E.PERSON_LEFT:       (S.ENDED, ()),
            E.LOST_PLACE:        (S.ENDED, ()),
            E.DRAIN:             (S.ENDED, ()),
            E.STOP:              (S.ENDED, ()),
        },
    },
    Region.EAR: {
        S.EMPTY: {
            E.AUDIO:             (S.FILLING, (X.KEEP,)),
            E.TOO_MUCH:          (S.SPILLED, (X.SPILL,)),  # one frame above the limit
            E.AUDIO_END:         (S.EMPTY, (X.REPORT_EMPTY,)),
            E.INTERACTION_START: (S.EMPTY, ()),
            E.PARK:              (S.EMPTY, ()),
            E.ATTACH:            (S.EMPTY, ()),
            E.RESUME:            (S.EMPTY, ()),
        },
        S.FILLING: {
            E.AUDIO:             (S.FILLING, (X.KEEP,)),
            E.TOO_MUCH:          (S.SPILLED, (X.SPILL,)),
            E.AUDIO_END:         (S.EMPTY, (X.HAND_OVER,)),
            E.INTERACTION_START: (S.EMPTY, (X.DISCARD,)),
            E.PARK:              (S.EMPTY, (X.DISCARD,)),
            E.ATTACH:            (S.EMPTY, (X.DISCARD,)),
            E.RESUME:            (S.EMPTY, (X.DISCARD,)),
        },
        S.SPILLED: {
            E.AUDIO:             (S.SPILLED, ()),
            E.TOO_MUCH:          (S.SPILLED, ()),
            E.AUDIO_END:         (S.EMPTY, (X.REPORT_SPILLED,)),
            E.INTERACTION_START: (S.EMPTY, ()),
            E.PARK:              (S.EMPTY, ()),
            E.ATTACH:            (S.EMPTY, ()),
            E.RESUME:            (S.EMPTY, ()),
        },
    },
    Region.LINK: {
        S.ATTACHED: {
            E.ATTACH:            (S.ATTACHED, (X.REPLACE, X.WELCOME)),
            E.RESUME:            (S.ATTACHED, (X.REPLACE, X.WELCOME, X.REPLAY)),
            E.LOST:              (S.PARKED, (X.PARK,)),
            E.EXPIRED:           (S.ATTACHED, ()),  # the robot came back just in time
            E.DRAIN:             (S.ATTACHED, ()),
            E.STOP:              (S.GONE, (X.HANG_UP,)),
        },
        S.PARKED: {
            E.ATTACH:            (S.ATTACHED, (X.WELCOME,)),
            E.RESUME:            (S.ATTACHED, (X.WELCOME, X.REPLAY)),
            E.LOST:              (S.PARKED, ()),
            E.EXPIRED:           (S.GONE, (X.END,)),
            E.DRAIN:             (S.GONE, (X.END,)),  # nobody is there to hear an answer out
            E.STOP:              (S.GONE, ()),
        },
        S.GONE: {
            E.ATTACH:            (S.GONE, ()),
            E.RESUME:            (S.GONE, ()),
            E.LOST:              (S.GONE, ()),
            E.EXPIRED:           (S.GONE, ()),
            E.DRAIN:             (S.GONE, ()),
            E.STOP:              (S.GONE, ()),
        },
    },
}
# fmt: on

BEGINNING: Mapping[Region, State] = {
    Region.TURN: S.IDLE,
    Region.EAR: S.EMPTY,
    Region.LINK: S.PARKED,
}

_KNOWING: Mapping[Event, tuple[Region, ...]] = {
    event: tuple(region for region in Region if event in TABLE[region][BEGINNING[region]])
    for event in Event
}


class LocalProtocolError(Exception):
    """An event was fired in a region that does not know it: a mistake of ours, not of a robot."""


@define
class Machine:
    """The states of one session."""

    # By the value of the region: a list is 0.1 KiB smaller than a dict, and every session has one.
    _states: list[State] = field(factory=lambda: [*BEGINNING.values()], init=False)

    def state(self, region: Region) -> State:
        """Return where `region` is, for the eyes of people: nothing is to be decided by it."""
        return self._states[region.value]

    def fire(self, region: Region, event: Event) -> tuple[Effect, ...]:
        """Move `region` by `event` and return what is to be done, in order.

        Raises:
            LocalProtocolError: the region does not know the event.
        """
        state = self._states[region.value]
        entry = TABLE[region][state].get(event)
        if entry is None:
            message = f"{region.name} does not know {event.name}"
            raise LocalProtocolError(message)
        self._states[region.value], effects = entry
        return effects

    def tell(self, event: Event) -> tuple[Effect, ...]:
        """Fire `event` in every region that knows it, in the order of the table."""
        return tuple(effect for region in _KNOWING[event] for effect in self.fire(region, event))
