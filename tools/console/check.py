"""Check the types of the console's modules: `python -m tools.console.check`, part of `./dev check`.

They are JavaScript with types in comments (JSDoc), read by TypeScript's compiler as strictly as it
can; tsconfig.json says how. Nothing is compiled: what is checked is what is served.
"""

import sys

from tools.console.node import HERE, NodeFailedError, node, packages


def main() -> int:
    """Return 0 if all is in order, else say what is not."""
    try:
        compiler = packages() / "typescript" / "bin" / "tsc"
        node(str(compiler), "--project", str(HERE / "tsconfig.json"), "--pretty", "false")
    except NodeFailedError as failed:
        sys.stderr.write(str(failed))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
