"""A server of OpenAI's protocol to test against, such as Ollama is one: it answers as it is told.

    openai_stub.py                                   repeats what it is asked, a word a chunk
    openai_stub.py --port 11434 --script conversation.json
    openai_stub.py --error 500 --message "audio input is not supported"

Prints its URL, alone on the first line, once it listens: with `/v1` that is OPENAI_BASE_URL. It
answers `POST /v1/chat/completions` and `GET /v1/models`; `/__requests`, `/__connections`, scripts
and questions with a JSON Schema are as in `tools/gemini_stub.py`, and so is its use in a test.
"""

import sys
from pathlib import Path

from tools.stub.openai import OpenAIDialect
from tools.stub.program import run
from tools.stub.script import Reply, Script
from tools.stub.server import Stub

__all__ = ["OpenAIStub", "Reply", "Script"]


class OpenAIStub(Stub):
    """A server that answers like one of OpenAI's protocol, by `script`."""

    def __init__(self, script: Script | None = None, *, record: Path | None = None) -> None:
        super().__init__(OpenAIDialect(), script, record=record)


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; return the exit status."""
    return run("openai_stub", __doc__, OpenAIStub, arguments)


if __name__ == "__main__":
    sys.exit(main())
