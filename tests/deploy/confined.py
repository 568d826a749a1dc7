"""Begin a program under what a unit of `deploy/systemd` forbids; run by the tests, as root.

    confined.py SYSTEM_CALLS FAMILIES PROGRAM ARGUMENT…      lists of names and numbers, with commas

What is asked of the kernel here is what systemd asks of it: system calls by a filter
(SystemCallFilter=, RestrictAddressFamilies=) and memory that may be written and run
(MemoryDenyWriteExecute=). The file system, user and capabilities are `confine.sh`'s. Standard
library only, for it runs where there is nothing else.
"""

import ctypes
import errno
import os
import sys
from typing import Final

_ALLOW: Final = 0x7FFF0000  # of <seccomp.h>, as the rest
_ERRNO: Final = 0x00050000
_EQUAL: Final = 4
_PR_SET_MDWE: Final = 65  # of <linux/prctl.h>
_REFUSE_EXEC_GAIN: Final = 1


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def _demand(ok: bool, what: str) -> None:
    if not ok:
        sys.exit(f"confined.py: {what} failed")


def filter_system_calls(names: list[str], families: list[int]) -> None:
    """Answer EPERM to every system call but these, and to sockets of other families."""
    seccomp = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    seccomp.seccomp_init.argtypes = (ctypes.c_uint32,)
    rules = seccomp.seccomp_init(_ERRNO | errno.EPERM)
    _demand(bool(rules), "seccomp_init")
    add = seccomp.seccomp_rule_add_array
    add.argtypes = (ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p)
    for name in names:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number < 0:  # this machine has none of that name
            continue
        if name != "socket":
            _demand(add(rules, _ALLOW, number, 0, None) == 0, name)
            continue
        for family in families:
            only = _Comparison(0, _EQUAL, family, 0)
            _demand(add(rules, _ALLOW, number, 1, ctypes.byref(only)) == 0, name)
    seccomp.seccomp_load.argtypes = (ctypes.c_void_p,)
    _demand(seccomp.seccomp_load(rules) == 0, "seccomp_load")


def main() -> None:
    """Take from this process what the arguments say, and become the program."""
    names, families, *command = sys.argv[1:]
    libc = ctypes.CDLL(None, use_errno=True)
    _demand(libc.prctl(_PR_SET_MDWE, _REFUSE_EXEC_GAIN, 0, 0, 0) == 0, "PR_SET_MDWE")
    filter_system_calls(names.split(","), [int(family) for family in families.split(",")])
    os.execv(command[0], command)  # noqa: S606 - that is what it is for


if __name__ == "__main__":
    main()
