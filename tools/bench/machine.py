"""What was measured on: the processor, what else it had to do, and versions."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Final

LIBRARIES: Final = ("trio", "httpx", "websockets", "orjson")

_CPUINFO: Final = Path("/proc/cpuinfo")


def describe() -> dict[str, str]:
    """Return what figures depend on, by name; to be called before anything is measured."""
    return {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "system": platform.system(),
        "load before": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def processor(cpuinfo: Path = _CPUINFO) -> str:
    """Return the name of the processor, as well as it is known."""
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
