#!/usr/bin/env python3
"""Robi's robot in the terminal: talk to the server by typing, with sound or with pictures.

    ./dev chat                          a conversation; /help inside
    ./dev chat --say "Hola"             one utterance; may be repeated and mixed with
    ./dev chat --audio question.wav     --audio, --image and --video
    ./dev chat --json --say "Hola"      for machines: a JSON object a line
    printf 'Hola\\nMe llamo Ana\\n' | ./dev chat
    ./dev chat run interrupt            a scenario: docs/scenarios.md

It speaks the protocol by an implementation of its own (trio-websocket), and checks the order of
protocol.md §3 on the way. `--help` tells the rest, with the exit codes. Modules: `tools/sim/`.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_VENV_PYTHON = ROOT / ".venv" / "bin" / "python"


def _enter_house() -> None:
    """Go on with the Python of `./dev setup` if this one lacks what is needed."""
    sys.path[0] = str(ROOT)  # this folder itself holds no module to import
    if all(find_spec(name) for name in ("attrs", "dotenv", "orjson", "trio_websocket")):
        return
    if _VENV_PYTHON.exists() and Path(sys.prefix) != ROOT / ".venv":
        os.execv(_VENV_PYTHON, [str(_VENV_PYTHON), __file__, *sys.argv[1:]])  # noqa: S606 - ourselves
    sys.exit("Robi is not set up yet. Run  ./dev setup  and try again.")


if __name__ == "__main__":
    _enter_house()
    from tools.sim.main import main

    sys.exit(main(sys.argv[1:], ROOT))
