"""Lines out of a pipe, a file and a terminal."""

import os
from pathlib import Path

import trio
import trio.testing

from tools.sim.keyboard import Keyboard


async def all_lines(keyboard: Keyboard) -> list[str]:
    lines = []
    while (line := await keyboard.next_line()) is not None:
        lines.append(line)
    return lines


async def read_pipe(*pieces: bytes) -> list[str]:
    reader, writer = os.pipe()
    lines: list[str] = []

    async def read() -> None:
        lines.extend(await all_lines(Keyboard(reader)))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        for piece in pieces:
            await trio.testing.wait_all_tasks_blocked()
            os.write(writer, piece)
        os.close(writer)
    os.close(reader)
    return lines


async def test_pipe_gives_its_lines_without_line_ends() -> None:
    assert await read_pipe(b"one\ntwo\r\n\nfour\n") == ["one", "two", "", "four"]


async def test_last_line_may_lack_its_end() -> None:
    assert await read_pipe(b"one\ntwo") == ["one", "two"]


async def test_character_in_two_pieces_is_one_character() -> None:
    assert await read_pipe(b"ma\xc3", b"\xb1ana\n") == ["mañana"]


async def test_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("one\ntwo\n")
    with path.open("rb") as file:
        assert await all_lines(Keyboard(file.fileno())) == ["one", "two"]


async def test_empty_line_ends_nothing_and_is_not_the_end(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("\n\n")
    with path.open("rb") as file:
        assert await all_lines(Keyboard(file.fileno())) == ["", ""]


async def test_terminal_is_interactive_and_its_hang_up_is_the_end() -> None:
    master, slave = os.openpty()
    keyboard = Keyboard(slave)
    assert keyboard.interactive
    os.write(master, b"hola\n")
    assert await keyboard.next_line() == "hola"
    os.close(master)
    assert await keyboard.next_line() is None
    os.close(slave)
