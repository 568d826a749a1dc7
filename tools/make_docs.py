"""Write the generated parts of the documents, or with `--check` say which are not fresh.

Owns how they are found. In a Markdown file, what stands between the two comments is the output of
the command that the first one names, inside the code fence if there is one:

    <!-- made by: robi settings --format markdown -->
    <!-- end -->

`.env.example` is made whole. Each command runs as a person would run it, so this tool needs to
know nothing of Robi.
"""

import argparse
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_PART = re.compile(
    r"(?P<begin><!-- made by: (?P<command>[^\n]+?) -->\n(?P<fence>```\w*\n)?)"
    r"(?P<made>.*?)"
    r"(?P<end>(?(fence)```\n)<!-- end -->)",
    re.DOTALL,
)
_PROGRAMS = {
    "robi": [sys.executable, "-m", "robi.cli"],
    "python": [sys.executable],
}


def documents() -> list[Path]:
    """Return the files that may hold generated parts."""
    return [ROOT / ".env.example", ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def renewed(path: Path) -> str:
    """Return what `path` should hold now.

    Raises:
        subprocess.CalledProcessError: a command that makes a part failed.
        NothingMade: a command printed nothing.
    """
    if path.name == ".env.example":
        return output("robi settings --format env")
    return _PART.sub(
        lambda part: part["begin"] + output(part["command"]).rstrip("\n") + "\n" + part["end"],
        path.read_text(encoding="utf-8"),
    )


class NothingMade(Exception):
    """A command printed nothing, which no part of a document can be."""


def output(command: str) -> str:
    """Return what a command of ours prints, run without settings of this machine.

    Raises:
        subprocess.CalledProcessError: it failed.
        NothingMade: it printed nothing.
    """
    program, *arguments = shlex.split(command)
    made = subprocess.run(  # noqa: S603 - commands written in our own documents
        [*_PROGRAMS[program], *arguments],
        cwd=ROOT,
        env={"PYTHONUTF8": "1"},
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    ).stdout
    if not made.strip():
        msg = f"{command} prints nothing"
        raise NothingMade(msg)
    return made


def main() -> int:
    """Write what is not fresh, or only say so; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if not fresh")
    checking = parser.parse_args().check
    code = 0
    for path in documents():
        name = path.relative_to(ROOT)
        try:
            content = renewed(path)
        except subprocess.CalledProcessError as error:
            print(f"{name}: {shlex.join(error.cmd)} failed:\n{error.stderr}")
            code = 1
            continue
        except NothingMade as error:
            print(f"{name}: {error}")
            code = 1
            continue
        if path.exists() and path.read_text(encoding="utf-8") == content:
            continue
        if checking:
            print(f"{name} is not fresh: ./dev docs")
            code = 1
        else:
            path.write_text(content, encoding="utf-8")
            print(f"{name} written")
    return code


if __name__ == "__main__":
    sys.exit(main())
