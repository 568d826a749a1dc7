"""A structured answer of a model, read strictly: JSON is text that anybody may have written.

Owns the step from that text to plain values. A provider promises that the answer fits the schema it
was asked with; one that was cut short, or a model that knows no schemas, does not keep it. What
cannot be read is None, never an exception: whoever asked decides what that means.
"""

import json

JsonObject = dict[str, object]


def read(written: str) -> JsonObject | None:
    """Return the JSON object that is all of `written`, or None."""
    try:
        value = json.loads(written)
    except (ValueError, RecursionError):  # no JSON; brackets without end
        return None
    return value if isinstance(value, dict) else None


def objects(value: object) -> list[JsonObject] | None:
    """Return `value` if it is a list of objects, or None."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    return value


def whole(value: object) -> int | None:
    """Return `value` if it is a whole number, or None. JSON's true and false are none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
