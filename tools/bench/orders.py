"""What the programs around the server are told, and what they answer: lines of JSON. Pure."""

from typing import Final, Literal, get_args

import cattrs
import orjson
from attrs import frozen

from tools.bench.answers import Kind

Manner = Literal["hear", "interrupt", "overtake"]
"""What a robot does with an answer: hears it to its end, or after its second text says so or asks
something else."""


@frozen
class Meet:
    """The server is, or is going to be, at `port`; readers show `reader_key`."""

    port: int
    reader_key: str = ""


Role = Literal["robot", "reader"]


@frozen
class Gather:
    """Robots `device-0` … connect, so many at a time; with a `warm_up` each has one answer.

    Or it is that many readers who open the page.
    """

    device: str
    robots: int
    warm_up: Kind | None = None
    at_once: int = 50
    role: Role = "robot"


@frozen
class Talk:
    """The robots that were gathered as `device` have so many turns each.

    Robot n begins `n * stagger_ms` after the first; each asks again every `every_ms`, or, without
    it, as soon as it has its answer.
    """

    kind: Kind
    turns: int = 1
    every_ms: float = 0
    stagger_ms: float = 0
    manner: Manner = "hear"
    device: str = ""


@frozen
class Together:
    """Talks at the same time; it is over when the last of them is."""

    talks: tuple[Talk, ...]


@frozen
class Part:
    """Robots go: by a goodbye, or by a connection that is no more."""

    device: str
    drop: bool = False


@frozen
class Arrive:
    """One robot tries until the server takes it, has one answer, and goes."""

    kind: Kind


Order = Meet | Gather | Talk | Together | Part | Arrive


@frozen
class Turn:
    """One turn, in nanoseconds of the machine's monotonic clock, 0 for what did not happen.

    `model_*` are of the question that the model was asked: when it had it whole, when it began to
    send the first words, and when it learned that nobody listened any more. `cut` is when the robot
    interrupted this answer. All others are the robot's, or the reader's, when the bytes had come.
    `device` says with whom it was gathered.
    """

    asked: int
    emotion: int = 0
    text: int = 0
    ended: int = 0
    cut: int = 0
    model_asked: int = 0
    model_first: int = 0
    model_closed: int = 0
    device: str = ""

    @property
    def emotion_added_ms(self) -> float:
        """What the server adds to the emotion: to the robot's wait, less the model's."""
        return self._added_ms(self.emotion)

    @property
    def text_added_ms(self) -> float:
        """What the server adds to the first text."""
        return self._added_ms(self.text)

    @property
    def closing_ms(self) -> float:
        """How long the model went on after the robot had interrupted."""
        return (self.model_closed - self.cut) / _NS_A_MS

    def _added_ms(self, heard: int) -> float:
        return ((heard - self.asked) - (self.model_first - self.model_asked)) / _NS_A_MS


_NS_A_MS: Final = 1e6

_converter = cattrs.Converter(forbid_extra_keys=True)


def written(order: Order) -> bytes:
    """Return an order as a line, without its end."""
    return orjson.dumps({"do": type(order).__name__, "how": _converter.unstructure(order)})


def read(line: str) -> Order:
    """Read what `written` wrote."""
    told = orjson.loads(line)
    kind = {cls.__name__: cls for cls in get_args(Order)}[told["do"]]
    order: Order = _converter.structure(told["how"], kind)
    return order


def written_turns(turns: list[Turn]) -> bytes:
    """Return turns as a line, without its end."""
    return orjson.dumps(_converter.unstructure(turns))


def read_turns(line: bytes) -> list[Turn]:
    """Read what `written_turns` wrote."""
    return _converter.structure(orjson.loads(line), list[Turn])
