"""A stub as a program: options, script, and serving until interrupted."""

import argparse
import sys
from pathlib import Path
from typing import Protocol, get_args

import cattrs
import trio
from cattrs.v import format_exception

from tools.stub.script import FAULTS, Reply, RetryForm, Script, load_script
from tools.stub.server import Stub


class MakeStub(Protocol):
    """Makes the stub of one protocol."""

    def __call__(self, script: Script, *, record: Path | None) -> Stub:
        """Make it."""


def run(name: str, about: str | None, make: MakeStub, arguments: list[str] | None) -> int:
    """Serve until interrupted; return the exit status."""
    options = _parser(about).parse_args(arguments)
    try:
        default = Reply(
            text=options.text,
            count=options.chunks,
            first_delay_ms=options.first_delay_ms,
            chunk_delay_ms=options.chunk_delay_ms,
            split=options.split,
            crlf=options.crlf,
            stall_after=options.stall_after,
            break_after=options.break_after,
            error=options.error,
            reason=options.reason,
            message=options.message,
            retry_after=options.retry_after,
            retry_form=options.retry_form,
        )
        script = load_script(options.script, default) if options.script else Script((), default)
    except (OSError, ValueError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except cattrs.BaseValidationError as error:
        wrong = cattrs.transform_error(error, format_exception=_what_is_wrong)
        print(f"{name}:", *wrong, sep="\n  ", file=sys.stderr)
        return 2
    try:
        trio.run(_serve, make(script, record=options.record), options.host, options.port)
    except KeyboardInterrupt:
        return 0
    return 0


async def _serve(stub: Stub, host: str, port: int) -> None:
    async with trio.open_nursery() as nursery:
        print(await stub.serve(nursery, host=host, port=port), flush=True)


def _what_is_wrong(error: BaseException, wanted: type | None) -> str:
    """Say what a part of a script lacks: in our words, where it is we who refuse it."""
    return str(error) if type(error) is ValueError else format_exception(error, wanted)


def _split(value: str) -> int | str:
    return value if value == "random" else int(value)


def _parser(about: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=0, help="0, the default: any that is free")
    add("--script", type=Path, metavar="FILE", help="JSON; the flags below are then its default")
    add("--record", type=Path, metavar="FILE", help="add each request as a line of JSON")
    add("--text", help="what to answer, instead of what was asked")
    add("--chunks", type=int, metavar="N", help="in so many chunks, by default one a word")
    add("--first-delay-ms", type=int, default=0, metavar="MS")
    add("--chunk-delay-ms", type=int, default=0, metavar="MS")
    add("--split", type=_split, metavar="N|random", help="cut the body every N bytes, or anywhere")
    add("--crlf", action="store_true", help="lines end in CRLF")
    add("--error", metavar="STATUS|" + "|".join(FAULTS), help="go wrong in this way")
    add("--reason", metavar="NAME", help="the name of an error, such as API_KEY_INVALID")
    add("--message", help="what an error says")
    add("--retry-after", metavar="SECONDS", help="when to come back after an error, such as 34.4s")
    add("--retry-form", choices=get_args(RetryForm), default="string")
    add("--stall-after", type=int, metavar="N", help="fall silent after N chunks")
    add("--break-after", type=int, metavar="N", help="drop the connection after N chunks")
    return parser
