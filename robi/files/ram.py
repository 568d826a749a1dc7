"""The twin of the files in RAM: for tests under a virtual clock.

Owns what was written to it, until the process ends.
"""

from collections.abc import Iterable

from attrs import define, field

from robi.files.base import File, Removal, is_ours


@define(eq=False)
class RamFiles:
    """Media by name, and the times at which rotated logs were last written, by name."""

    media: dict[str, bytes] = field(factory=dict)
    logs: dict[str, float] = field(factory=dict)

    @property
    def blocking(self) -> bool:
        """There is no disk to wait for."""
        return False

    def write(self, name: str, data: bytes) -> None:
        """See `Files.write`."""
        if not is_ours(name):
            message = "no name of ours"
            raise ValueError(message)
        self.media[name] = data

    def remove(self, names: Iterable[str]) -> Removal:
        """See `Files.remove`."""
        return Removal(sum(self.media.pop(name, None) is not None for name in names))

    def listing(self) -> tuple[File, ...]:
        """See `Files.listing`."""
        return tuple(File(name, len(data)) for name, data in self.media.items())

    def remove_logs(self, before: float) -> int:
        """See `Files.remove_logs`."""
        old = [name for name, written in self.logs.items() if written < before]
        for name in old:
            del self.logs[name]
        return len(old)
