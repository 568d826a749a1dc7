"""What a person sees meanwhile: a bar on a terminal, else a line for each measurement."""

from typing import TextIO

from attrs import define, field

_WIDTH = 24


@define
class Progress:
    """How far it is, of `total` steps."""

    out: TextIO
    total: int
    _done: int = field(default=0, init=False)
    _told: str = field(default="", init=False)

    def begin(self, what: str) -> None:
        """The next steps are of `what`."""
        self._told = what
        if self.out.isatty():
            self._draw()
        else:
            print(f"{what} …", file=self.out, flush=True)

    def step(self) -> None:
        """One step is done."""
        self._done += 1
        if self.out.isatty():
            self._draw()

    def end(self) -> None:
        """All is done, or it broke off: leave a clean line behind."""
        if self.out.isatty():
            self.out.write("\r\x1b[K")
            self.out.flush()

    def _draw(self) -> None:
        full = _WIDTH * self._done // self.total
        bar = "█" * full + "·" * (_WIDTH - full)
        self.out.write(f"\r\x1b[K{bar} {self._done}/{self.total}  {self._told}")
        self.out.flush()
