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

import sys
from pathlib import Path

from tools.stub.gemini import GeminiDialect
from tools.stub.program import run
from tools.stub.script import Reply, Script
from tools.stub.server import Stub

__all__ = ["GeminiStub", "Reply", "Script"]


class GeminiStub(Stub):
    """A server that answers like Gemini, by `script`."""

    def __init__(self, script: Script | None = None, *, record: Path | None = None) -> None:
        super().__init__(GeminiDialect(), script, record=record)


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; return the exit status."""
    return run("gemini_stub", __doc__, GeminiStub, arguments)


if __name__ == "__main__":
    sys.exit(main())
