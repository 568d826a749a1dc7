"""A scenario as a file: read, and refused with file, step and field if anything is amiss.

TOML, because Python reads it by itself and `yes` or `0123` mean in it what they look like. See
`tools/scenarios/` for examples, `steps` for what a step may say:

    about = "One question, typed, and its answer"
    steps = [
      { do = "connect" },
      { do = "say", text = "Hola" },
      { do = "wait" },
      { do = "expect", emotion = "happy" },
    ]

    [[model]]                    # what a stub must know for it; a real model needs none of this
    match = "Hola"
    text = "[emotion:happy]¡Hola!"

`model` holds replies of `tools.stub.script`. Files that are played or shown lie beside it.
Parsing is pure: what is read comes in by a function.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal, NewType, get_args, get_origin

import cattrs
from attrs import field, frozen

from tools.sim.steps import VERB_OF, VERBS, Connect, Repeat, Step, files_of
from tools.stub.script import Reply, Script, read_replies

FOLDER: Final = Path(__file__).parent.parent / "scenarios"
"""The scenarios that come with Robi: one for each flow of the protocol."""

_PATIENCE_S: Final = 30.0
_TOP: Final = frozenset({"about", "steps", "model", "patience_s"})


class ScenarioError(ValueError):
    """A file is no scenario; tells which, and where."""


@frozen
class Scenario:
    """What a robot does; `media` are the files of its steps, `patience_s` how long it waits."""

    name: str
    about: str
    steps: tuple[Step, ...]
    model: tuple[Reply, ...] = ()
    patience_s: float = _PATIENCE_S
    media: Mapping[str, bytes] = field(factory=dict, repr=False)


def read_scenario(path: Path) -> Scenario:
    """Read `path` and the files it names; ScenarioError if it cannot be."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: {_why(error)}") from error
    return parse_scenario(text, path.name, lambda name: (path.parent / name).read_bytes())


def find_scenario(name: str) -> Scenario:
    """Read the file `name`, or the scenario of that name among those that come with Robi."""
    given = Path(name)
    kept = FOLDER / f"{name}.toml"
    if not given.is_file() and kept.is_file():
        return read_scenario(kept)
    if not given.is_file():
        known = ", ".join(sorted(path.stem for path in FOLDER.glob("*.toml")))
        raise ScenarioError(f"{name}: there is no such file, and none of these is it: {known}")
    return read_scenario(given)


def all_scenarios() -> list[Scenario]:
    """Read every scenario that comes with Robi, by name."""
    return [read_scenario(path) for path in sorted(FOLDER.glob("*.toml"))]


def stub_script(scenarios: Iterable[Scenario], default: Reply | None = None) -> Script:
    """Return what a stub must know for all of `scenarios`; it repeats any other question."""
    replies = tuple(reply for scenario in scenarios for reply in scenario.model)
    return Script(replies, default or Reply())


def parse_scenario(text: str, file: str, read: Callable[[str], bytes]) -> Scenario:
    """Return the scenario in `text`; ScenarioError tells all that is wrong with it.

    Args:
        text: TOML.
        file: the name of the file, whose stem is that of the scenario.
        read: returns the content of a file that a step names; OSError.
    """
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{file}: {error}") from error
    wrong = [f"there is no {name!r} in a scenario" for name in sorted(whole.keys() - _TOP)]
    wrong += [f"{name} is missing" for name in ("about", "steps") if name not in whole]
    about = _take(str, whole.get("about", ""), "about", wrong)
    patience_s = _take(float, whole.get("patience_s", _PATIENCE_S), "patience_s", wrong)
    model = _take(_Replies, whole.get("model", []), "model", wrong)
    steps = _steps(whole.get("steps", []), "step", wrong)
    if not wrong:
        wrong += _amiss(steps)
    media = _media(steps, read, wrong)
    if wrong:
        raise ScenarioError("\n".join(f"{file}: {line}" for line in wrong))
    return Scenario(Path(file).stem, about, steps, model, patience_s, media)


def flat(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield each of `steps`, those of a repetition once."""
    for step in steps:
        yield step
        if isinstance(step, Repeat):
            yield from flat(step.steps)


# ── what is in the file ───────────────────────────────────────────────────────────────────


def _steps(value: object, place: str, wrong: list[str]) -> tuple[Step, ...]:
    if not isinstance(value, list):
        wrong.append(f"{place}s: must be a list")
        return ()
    found = (_step(one, f"{place} {number}", wrong) for number, one in enumerate(value, 1))
    return tuple(step for step in found if step is not None)


def _step(value: object, place: str, wrong: list[str]) -> Step | None:
    if not isinstance(value, dict) or not isinstance(value.get("do"), str):
        wrong.append(f'{place}: must be a table that says what to do, such as {{ do = "wait" }}')
        return None
    verb = value["do"]
    if verb not in VERBS:
        wrong.append(f"{place}: {verb!r} is none of {', '.join(VERBS)}")
        return None
    said = {name: one for name, one in value.items() if name != "do"}
    before = len(wrong)
    place = f"{place} ({verb})"
    if verb == "repeat":  # its steps are not what cattrs knows them by
        inner = _steps(said.pop("steps", None), f"{place}, step", wrong)
        times = _take(int, said.pop("times", None), f"{place}, times", wrong)
        wrong += [f"{place}: there is no {name!r} in it" for name in said]
        return None if len(wrong) > before else Repeat(times=times, steps=inner)
    step: Step = _take(VERBS[verb], said, place, wrong)
    return None if len(wrong) > before else step


def _take(wanted: Any, value: object, place: str, wrong: list[str]) -> Any:
    """Return `value` as `wanted`; if it is none, say so in `wrong`."""
    try:
        return _CONVERTER.structure(value, wanted)
    except cattrs.BaseValidationError as error:
        lines = cattrs.transform_error(error, path="", format_exception=_say)
        wrong += [f"{place}: {line}" for line in map(_tidy, lines)]
    except (ValueError, TypeError) as error:
        wrong.append(f"{place}: {error}")
    return None


def _say(error: BaseException, wanted: type | None) -> str:
    kinds = (wanted, *get_args(wanted))  # what may be left out is a union with None
    choices = next((get_args(kind) for kind in kinds if get_origin(kind) is Literal), ())
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        choices = tuple(member.value for member in wanted)
    if choices:
        return f"must be one of {', '.join(choices)}"
    match error:
        case KeyError():
            return "is missing"
        case cattrs.ForbiddenExtraKeysError():
            return f"there is no {', '.join(map(repr, sorted(error.extra_fields)))} in it"
        case _:
            return str(error)


def _tidy(line: str) -> str:
    """Put the field before what is wrong with it, as cattrs does not."""
    what, _, where = line.rpartition(" @ ")
    where = where.lstrip(".")
    return f"{where}: {what}" if where else what


def _strict(wanted: type, kinds: tuple[type, ...], name: str) -> None:
    """Have values of `wanted` be nothing else: cattrs would make a number of "3" by itself."""

    def take(value: object, _: object) -> object:
        if type(value) not in kinds:
            msg = f"must be {name}, not {value!r}"
            raise TypeError(msg)
        return wanted(value)

    _CONVERTER.register_structure_hook(wanted, take)


_Replies = NewType("_Replies", tuple[Reply, ...])
_CONVERTER: Final = cattrs.Converter(forbid_extra_keys=True)
_strict(str, (str,), "a text")
_strict(int, (int,), "a whole number")
_strict(float, (int, float), "a number")
_strict(bool, (bool,), "true or false")
_CONVERTER.register_structure_hook(_Replies, lambda value, _: read_replies(value))
_CONVERTER.register_structure_hook_func(lambda wanted: wanted is object, lambda value, _: value)


# ── what concerns several steps ───────────────────────────────────────────────────────────


def _amiss(steps: tuple[Step, ...]) -> list[str]:
    wrong = [] if steps and isinstance(steps[0], Connect) else ["step 1: must be a connect"]
    names: set[str] = set()
    for number, step in enumerate(flat(steps), 1):
        meant = getattr(step, "turn", None)
        if meant is not None and meant not in names:
            wrong.append(
                f"step {number} ({VERB_OF[type(step)]}): no step before is named {meant!r}"
            )
        if (name := getattr(step, "name", None)) is not None:
            names.add(name)
    return wrong


def _media(
    steps: tuple[Step, ...], read: Callable[[str], bytes], wrong: list[str]
) -> dict[str, bytes]:
    media: dict[str, bytes] = {}
    for step in flat(steps):
        for name in files_of(step):
            try:
                media[name] = read(name)
            except OSError as error:
                wrong.append(f"{VERB_OF[type(step)]}: {name}: {_why(error)}")
    return media


def _why(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or "is not UTF-8"
