"""A small server of tools for tests: over its standard input and output, or in a test's hands.

Owns what such a server answers. Run as a program, it speaks over pipes.
"""

import json
import os
import sys
from typing import Any

PARAMETERS = {"type": "object", "properties": {"words": {"type": "string"}}}


def tools(*names: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "description": f"does {name}", "inputSchema": PARAMETERS} for name in names
    ]


def answer(message: dict[str, Any], names: tuple[str, ...] = ("echo", "refuse", "env")) -> Any:
    """Return the answer to `message`, or None if there is none."""
    number, params = message.get("id"), message.get("params") or {}
    result: dict[str, Any]
    match message.get("method"):
        case "initialize":
            result = {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}}}
        case "tools/list" if "cursor" not in params and len(names) > 1:
            result = {"tools": tools(*names[:1]), "nextCursor": "more"}
        case "tools/list":
            result = {"tools": tools(*names[1:] if len(names) > 1 else names)}
        case "tools/call":
            result = called(params["name"], params["arguments"])
        case _:
            return None
    return {"jsonrpc": "2.0", "id": number, "result": result}


def called(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    if name == "refuse":
        return {"isError": True, "content": [{"type": "text", "text": "not today"}]}
    if name == "env":
        text = json.dumps(dict(os.environ))
        return {"content": [{"type": "text", "text": text}, {"type": "image", "data": ""}]}
    return {"content": [{"type": "text", "text": arguments.get("words", "")}]}


def main() -> None:
    print("a line that is no message", flush=True)  # noqa: T201 (as programs do)
    names: tuple[str, ...] = ("echo", "refuse", "env")
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("method") == "tools/call" and message["params"]["name"] == "grow":
            names = (*names, "more")
        told = answer(message, names)
        if told is not None:
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
