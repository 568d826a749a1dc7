"""What the stub sees in a question: texts as they are, media as type, size and hash. Pure."""

import base64
import binascii
import hashlib
from typing import Final

from tools.stub.smallest import JsonObject, smallest

_STANDARD: Final = str.maketrans("-_", "+/")
"""Google takes both alphabets of base64; the SDK sends the urlsafe one."""


def describe(content: dict[str, object]) -> JsonObject:
    """Describe a content: texts as they are, media as type, size and hash."""
    parts = content["parts"]
    if not isinstance(parts, list):
        raise TypeError
    return {"role": content.get("role"), "parts": [_part(part) for part in parts]}


def _part(part: dict[str, object]) -> JsonObject:
    blob = part.get("inlineData", part.get("inline_data"))
    if not isinstance(blob, dict):
        return {"text": part["text"]}
    try:
        data = base64.b64decode(blob["data"].translate(_STANDARD), validate=True)
    except binascii.Error as error:
        raise ValueError from error
    return {
        "inline_data": {
            "mime": blob.get("mimeType", blob.get("mime_type")),
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
    }


def last_words(contents: list[JsonObject]) -> str:
    """Return the last words of the person; of media alone, what they are."""
    last = contents[-1]["parts"] if contents else []
    parts = last if isinstance(last, list) else []
    words = [str(part["text"]) for part in parts if "text" in part]
    return " ".join(words) or " ".join(
        "{mime} {size} {sha256:.8}".format(**part["inline_data"]) for part in parts
    )


def schema_of(config: dict[str, object]) -> JsonObject | None:
    """Return the schema that the answer has to fit, None if it is free.

    Raises:
        ValueError, TypeError, KeyError: Gemini would refuse it: a schema without its type of
            content, or what is no schema.
    """
    schema = config.get("responseJsonSchema", config.get("responseSchema"))
    if schema is None:
        return None
    if not isinstance(schema, dict) or config.get("responseMimeType") != "application/json":
        raise ValueError
    smallest(schema)
    return schema
