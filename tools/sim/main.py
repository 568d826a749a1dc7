"""Where the parts of the robot in the terminal are put together, and signals and pipes handled."""

import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import trio

from tools.sim.exits import Exit
from tools.sim.keyboard import Keyboard
from tools.sim.link import open_link, open_stream
from tools.sim.options import Options, parse
from tools.sim.robot import Robot
from tools.sim.screen import Screen, wants_colour
from tools.sim.talk import Talk
from tools.sim.views import Machine, Person, View
from tools.sim.witness import Identity
from tools.sim.words import WORDS

MEASURING = frozenset({"load", "soak", "report"})
"""The commands of `tools.sim.measuring`."""

_HANDSHAKE_S = 10.0
"""The time for TCP and TLS, again for the upgrade, and again for `auth_ok`."""


def main(arguments: Sequence[str], root: Path) -> int:
    """Talk as `arguments` say, or do the command that they begin with; return the exit code."""
    if arguments[:1] and arguments[0] in MEASURING:
        return _measure(arguments[0], arguments[1:], root)
    for stream in (sys.stdout, sys.stderr):  # an old terminal shall miss an emoji, not an answer
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    code: int = Exit.OK
    try:
        if arguments[:1] and arguments[0] == "run":
            code = _run(arguments[1:], root)
        else:
            code = trio.run(_talk, parse(arguments, os.environ, root))
    except* KeyboardInterrupt:  # before signals were listened to
        code = Exit.CTRL_C
    except* BrokenPipeError:  # `| head` has seen enough; Python must not complain again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _run(arguments: Sequence[str], root: Path) -> int:
    """Play scenarios, which a conversation need not know of."""
    from tools.sim import run  # noqa: PLC0415 - so that a conversation begins sooner

    return run.main(arguments, root)


def _measure(command: str, arguments: Sequence[str], root: Path) -> int:
    """Do a command of `tools.sim.measuring`, which needs more than a conversation does."""
    from tools.sim import measuring  # noqa: PLC0415 - so that a conversation can be without

    return measuring.main(command, arguments, os.environ, root)


async def _talk(options: Options) -> Exit:
    """Put the parts together, and listen to signals while they work."""
    words = WORDS[options.language]
    keyboard = Keyboard(sys.stdin.fileno())
    out = Screen(sys.stdout, wants_colour(sys.stdout, os.environ))
    errors = Screen(sys.stderr, wants_colour(sys.stderr, os.environ))
    typing = keyboard.interactive and not options.script
    url = options.address.url
    view: View = (
        Machine(out, errors, words, url)
        if options.json
        else Person(out, errors, words, url, typing=typing)
    )
    patience = min(options.timeout, _HANDSHAKE_S)
    opener = partial(open_stream, options.address, options.tls())
    robot = Robot(
        partial(open_link, options.address, opener, patience),
        Identity(
            options.api_key,
            options.person_id,
            options.dialect,
            options.device_id,
            options.session_id,
            options.last_seq,
        ),
        view,
        patience,
        persistent=not options.script,
    )
    talk = Talk(robot, view, options, words, keyboard)
    async with trio.open_nursery() as nursery:
        await nursery.start(_heed_signals, talk)
        code = await talk.run()
        nursery.cancel_scope.cancel()
    out.finish()
    return code


async def _heed_signals(talk: Talk, *, task_status: trio.TaskStatus[None]) -> None:
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for number in signals:
            if number == signal.SIGINT:
                await talk.hurry()
            else:
                talk.leave()
