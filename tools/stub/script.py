"""What a stub of a model answers: scripts, the same for every protocol. No I/O.

A script is a JSON file, either a list of replies or `{"replies": [...], "default": {...}}`. A reply
with `match` answers each question whose last words hold that text (`times` limits how often); the
others are used up in order, one a question; then comes the default, which repeats the question.

A question that wants a structured answer (a JSON Schema) is apart, for it may come at any time, in
the background: only replies with `"structured": true` are for it, and by default it gets the
smallest answer that fits.

    [{"match": "hola", "chunks": ["[emotion:happy]Hol", "a, soy Robi."], "chunk_delay_ms": 20},
     {"error": "429", "retry_after": "1.5s"},
     {"text": "una dos tres", "split": "random", "crlf": true, "break_after": 2},
     {"structured": true, "match": "cumple", "text": "{\\"classes\\": [\\"none\\"]}"}]

A reply with `calls` has functions called; of words it has only what it is given. The question then
comes again, and what the functions have returned (JSON, or plain words) is the last that was said:
`match` finds it there.

    [{"match": "12 por 7", "thoughts": ["A sum."],
      "calls": [{"name": "calculate", "arguments": {"expression": "12*7"}}]},
     {"match": "84", "text": "[emotion:happy]Son ochenta y cuatro."}]
"""

from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Final, Literal, get_args

import cattrs
import orjson
from attrs import define, evolve, field, frozen

from tools.stub.smallest import JsonObject, smallest

Fault = Literal[
    "html", "page", "bare", "error_event", "nameless_event", "blocked", "safety", "empty", "hollow",
    "strange", "invalid", "no_finish",
]  # fmt: skip
"""A fault that is not an HTTP status: `html` a proxy's page (502), `page` the same as if all were
well (200), `bare` an error object in mid-stream without `data:`, `error_event` with it,
`nameless_event` the same with neither status nor name, as LM Studio writes it, `blocked` the
question is refused, `safety` an end without words for that reason, `empty` chunks without
words, `hollow` such chunks among those with words, `strange` fields, parts and names that nobody
has heard of, `invalid` JSON cut short, `no_finish` an end without a reason."""

FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)

RetryForm = Literal["string", "object", "header"]
"""How an error tells when to come back: in a body, as `"34.4s"` or as an object, or in a header."""


@frozen
class Reply:
    """One answer, and how it goes wrong.

    `chunks` are the texts of the stream's chunks; else `text`, else (unless it calls) the question,
    is cut into `count` chunks of words (one a word by default) after `[emotion:happy]`. `raw` are
    whole chunks as JSON objects, sent as they are. `thoughts` come before, `calls` (objects with
    `name` and maybe `arguments`) after the words. `error` is an HTTP status or a `Fault`; `reason`
    is the name that it goes by, `message` what it says. `stall_after` and `break_after` count
    chunks. `split` cuts the body every so many bytes, or at random. `structured` is for questions
    with a schema, whose `text` is sent as it is, in one chunk. `finish` is the reason of the end as
    Gemini calls it.
    """

    match: str | None = None
    structured: bool = False
    times: int | None = None
    text: str | None = None
    chunks: tuple[str, ...] = ()
    raw: tuple[JsonObject, ...] = ()
    thoughts: tuple[str, ...] = ()
    calls: tuple[JsonObject, ...] = ()
    count: int | None = None
    first_delay_ms: int = 0
    chunk_delay_ms: int = 0
    split: int | Literal["random"] | None = None
    crlf: bool = False
    stall_after: int | None = None
    break_after: int | None = None
    error: str | None = None
    reason: str | None = None
    message: str | None = None
    retry_after: str | None = None
    retry_form: RetryForm = "string"
    finish: str = "STOP"

    def __attrs_post_init__(self) -> None:
        """Refuse an `error` that is neither a status nor a fault, and calls without a name."""
        if self.error is not None and self.status is None and self.error not in FAULTS:
            msg = f"error: {self.error!r} is neither a status from 400 to 599 nor one of {FAULTS}"
            raise ValueError(msg)
        for call in self.calls:
            if not isinstance(call.get("name"), str) or call.keys() - {"name", "arguments"}:
                msg = "calls: each is an object with a `name` and maybe `arguments`, nothing else"
                raise ValueError(msg)

    @property
    def status(self) -> int | None:
        """The HTTP status of `error`, None for another fault or none."""
        if self.error == "html":
            return 502
        if self.error is None or not self.error.isdigit():
            return None
        return int(self.error) if 400 <= int(self.error) < 600 else None  # noqa: PLR2004


@define
class Script:
    """Chooses the reply to each question."""

    replies: tuple[Reply, ...] = ()
    default: Reply = Reply()
    _used: dict[int, int] = field(factory=dict, init=False)

    def choose(self, words: str, schema: JsonObject | None = None) -> Reply:
        """Return the reply to a question that ends in `words`, and count it as used.

        `schema` is that of a structured question: it goes wrong as the default does, but says
        nothing of what that says.
        """
        structured = schema is not None
        fit = [(at, r) for at, r in enumerate(self.replies) if r.structured is structured]
        for at, reply in fit:
            if reply.match is not None and reply.match in words and self._left(at, reply.times):
                return self._use(at)
        for at, reply in fit:
            if reply.match is None and self._left(at, reply.times or 1):
                return self._use(at)
        if schema is None:
            return self.default
        text = orjson.dumps(smallest(schema)).decode()
        return evolve(self.default, text=text, chunks=(), raw=(), structured=True)

    def _left(self, at: int, times: int | None) -> bool:
        return times is None or self._used.get(at, 0) < times

    def _use(self, at: int) -> Reply:
        self._used[at] = self._used.get(at, 0) + 1
        return self.replies[at]


def load_script(path: Path, default: Reply) -> Script:
    """Read a script; `default` holds unless the file has its own.

    Raises:
        ValueError: the file is not JSON.
        cattrs.BaseValidationError: a field is unknown or of a wrong type.
    """
    whole = orjson.loads(path.read_bytes())
    if isinstance(whole, list):
        whole = {"replies": whole}
    own = read_replies([whole["default"]])[0] if "default" in whole else default
    return Script(read_replies(whole.get("replies", [])), own)


def read_replies(plain: object) -> tuple[Reply, ...]:
    """Return the replies in `plain`, a list of JSON objects; raises as `load_script` does."""
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_structure_hook_func(lambda wanted: wanted is object, lambda value, _: value)
    converter.register_structure_hook(
        int | Literal["random"] | None, lambda value, _: None if value is None else value
    )
    return converter.structure(plain, tuple[Reply, ...])


def texts(reply: Reply, words: str) -> tuple[str, ...]:
    """Return the texts of the chunks of `reply` to a question that ends in `words`."""
    if reply.chunks:
        return reply.chunks
    text = ("" if reply.calls else words) if reply.text is None else reply.text
    if not text:
        return ()
    if reply.structured:
        return (text,)
    tokens = [f"{word} " for word in text.split()] or [text]
    count = len(tokens) if reply.count is None else reply.count
    # More chunks than words: the words come round again. Fewer: the last chunk has the rest.
    pieces = list(islice(cycle(tokens), max(count, 1)))
    pieces[-1] += "".join(tokens[len(pieces) :])
    pieces[-1] = pieces[-1].removesuffix(" ")
    if reply.text is None:
        pieces[0] = f"[emotion:happy]{pieces[0]}"
    return tuple(pieces)


def cut(body: bytes, split: int | Literal["random"] | None, rng: Random) -> list[bytes]:
    """Cut `body` every `split` bytes, or anywhere."""
    if split is None or len(body) < 2:  # noqa: PLR2004 (nothing to cut)
        return [body] if body else []
    if split == "random":
        count = rng.randint(1, max(1, len(body) // 8))
        places = sorted({rng.randrange(1, len(body)) for _ in range(count)})
    else:
        places = list(range(split, len(body), split))
    return [body[a:b] for a, b in zip([0, *places], [*places, len(body)], strict=True)]
