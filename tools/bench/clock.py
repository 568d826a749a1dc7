"""The CPU time of another process, of all its threads that are or were, in nanoseconds.

Owns which clock that is. Linux has one for each process, which `/proc/PID/stat` shows only in
ticks of 10 ms; its number is made from the process's as clock_getcpuclockid(3) does.
"""

import time
from typing import Final

_SCHED: Final = 2
"""CPUCLOCK_SCHED of the kernel: time as the scheduler counts it."""

_STILL_S: Final = 0.1
_STILL_NS: Final = 2_000_000
"""A process that takes no more than this in `_STILL_S` has nothing left to do but tick."""

_SETTLES_WITHIN: Final = 50
"""Looks, after which a process is taken as it is."""


def cpu_ns(pid: int) -> int:
    """Return the CPU time that process `pid` has taken.

    Raises:
        OSError: there is no such process, or no such clock on this system.
    """
    return time.clock_gettime_ns((~pid << 3) | _SCHED)


def settled_cpu_ns(pid: int) -> int:
    """Wait until the process has done what it had left to do; return the CPU time it has taken."""
    before = cpu_ns(pid)
    for _ in range(_SETTLES_WITHIN):
        time.sleep(_STILL_S)
        now = cpu_ns(pid)
        if now - before < _STILL_NS:
            return now
        before = now
    return before
