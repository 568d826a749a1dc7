"""The smallest answer that fits a JSON Schema: what the stub says when nothing else is scripted.

Pure. It reads the keywords that shape an answer, with types in either spelling that Gemini takes
("object", "OBJECT").
"""

from typing import Final

JsonObject = dict[str, object]

_PLAIN: Final[dict[str, object]] = {"string": "", "boolean": False, "null": None}


def smallest(schema: JsonObject) -> object:
    """Return a value that fits: the first of an enum, no more items or properties than it must.

    Raises:
        KeyError, TypeError: it is no schema.
    """
    match schema:
        case {"enum": [first, *_]}:
            return first
        case {"anyOf": [dict(first), *_]}:
            return smallest(first)
        case {"type": str(kind)}:
            return _of_kind(kind.lower(), schema)
    raise TypeError


def _of_kind(kind: str, schema: JsonObject) -> object:
    match kind:
        case "object":
            properties, required = schema.get("properties", {}), schema.get("required", [])
            if not isinstance(properties, dict) or not isinstance(required, list):
                raise TypeError
            return {name: smallest(properties[name]) for name in required}
        case "array":
            items, least = schema.get("items", {}), schema.get("minItems", 0)
            if not isinstance(items, dict) or not isinstance(least, int):
                raise TypeError
            return [smallest(items) for _ in range(least)]
        case "integer" | "number":
            return schema.get("minimum", 0)
    return _PLAIN[kind]
