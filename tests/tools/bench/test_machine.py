"""The machine that is measured on: its clock and its name."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools.bench.clock import cpu_ns
from tools.bench.machine import processor

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the clock is Linux'")


@on_linux
def test_clock_of_a_process_is_the_one_that_it_reads_itself() -> None:
    before = time.process_time_ns()
    now = cpu_ns(os.getpid())
    assert before <= now <= time.process_time_ns()


@on_linux
def test_clock_of_a_process_that_is_gone_cannot_be_read() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with pytest.raises(OSError):  # noqa: PT011 - the system's own words
        cpu_ns(process.pid)


def test_processor_is_named_as_the_system_does(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: Abacus 3000\n")
    assert processor(cpuinfo) == "Abacus 3000"


def test_processor_without_a_name_is_called_something(tmp_path: Path) -> None:
    assert processor(tmp_path / "nothing")
