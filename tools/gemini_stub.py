"""A Gemini to test against: a local server that speaks Gemini's REST API, as it is told.

    gemini_stub.py                                   repeats what it is asked, a word a chunk
    gemini_stub.py --port 9100 --text "Hola" --chunks 10 --chunk-delay-ms 30
    gemini_stub.py --script conversation.json --record asked.jsonl
    gemini_stub.py --error 429 --retry-after 34.4s

Prints its URL, alone on the first line, once it listens: that is GOOGLE_GEMINI_BASE_URL. It
answers `streamGenerateContent` (events, or an array without `alt=sse`), `generateContent` and
`GET …/models` under `/v1beta` and `/v1`. `GET /__requests` tells what it was sent, media as type,
size and SHA-256; `GET /__connections` which calls are open, and when and how the others ended. A
question with a JSON Schema gets the smallest answer that fits, unless the script has one for it.
Scripts: see `tools/stub/script.py`. In a test under trio, `GeminiStub(script).serve(nursery)` gives
the URL.
"""

import argparse
import sys
from pathlib import Path

import cattrs
import trio

from tools.stub.script import FAULTS, Reply, Script, load_script
from tools.stub.server import GeminiStub

__all__ = ["GeminiStub", "Reply", "Script"]


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; return the exit status."""
    options = _parser().parse_args(arguments)
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
            retry_after=options.retry_after,
        )
        script = load_script(options.script, default) if options.script else Script((), default)
    except (OSError, ValueError) as error:
        print(f"gemini_stub: {error}", file=sys.stderr)
        return 2
    except cattrs.BaseValidationError as error:
        print("gemini_stub:", *cattrs.transform_error(error), sep="\n  ", file=sys.stderr)
        return 2
    try:
        trio.run(_serve, GeminiStub(script, record=options.record), options.host, options.port)
    except KeyboardInterrupt:
        return 0
    return 0


async def _serve(stub: GeminiStub, host: str, port: int) -> None:
    async with trio.open_nursery() as nursery:
        print(await stub.serve(nursery, host=host, port=port), flush=True)


def _split(value: str) -> int | str:
    return value if value == "random" else int(value)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
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
    add("--retry-after", metavar="SECONDS", help="RetryInfo of an error, such as 34.4s")
    add("--stall-after", type=int, metavar="N", help="fall silent after N chunks")
    add("--break-after", type=int, metavar="N", help="drop the connection after N chunks")
    return parser


if __name__ == "__main__":
    sys.exit(main())
