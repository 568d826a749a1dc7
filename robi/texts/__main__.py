"""The process that reads one text: `python -m robi.texts`, for `robi.texts.apart` and `robi texts`.

It sets its limits before it has seen a byte of the file, and says whatever comes of it.
"""

import sys

from robi.errors import RobiError
from robi.texts import child
from robi.texts.base import TextUnreadable
from robi.texts.reading import read


def main() -> None:
    """Read what comes in, and say what it is."""
    child.limit()
    try:
        data, told, name = child.asked(sys.stdin.buffer.read())
        said = child.told(read(data, told, name))
    except RobiError as wrong:
        said = child.told_wrong(wrong)
    except MemoryError:
        said = child.told_wrong(TextUnreadable("reading it takes too much memory"))
    except Exception as bug:  # noqa: BLE001 (what a file can do to its reader is why it runs apart)
        why = f"its reader broke on it ({type(bug).__name__})"
        said = child.told_wrong(TextUnreadable(why))
    sys.stdout.buffer.write(said)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
