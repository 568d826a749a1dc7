"""The smallest answer that fits a schema."""

from typing import Any

import pytest

from robi.speech import classification, extraction
from tools.stub.smallest import smallest


@pytest.mark.parametrize(
    ("schema", "answer"),
    [
        ({"type": "string"}, ""),
        ({"type": "STRING", "enum": ["b", "a"]}, "b"),
        ({"type": "boolean"}, False),
        ({"type": "null"}, None),
        ({"type": "integer"}, 0),
        ({"type": "number", "minimum": 1}, 1),
        ({"type": "array", "items": {"type": "string"}}, []),
        ({"type": "ARRAY", "minItems": 2, "items": {"enum": ["x"]}}, ["x", "x"]),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {}),
        ({"type": "OBJECT", "properties": {"a": {"type": "string"}}, "required": ["a"]}, {"a": ""}),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, None),
    ],
)
def test_smallest_fits(schema: dict[str, Any], answer: object) -> None:
    assert smallest(schema) == answer


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "thing"},
        {"type": 3},
        {"type": "array", "items": 3},
        {"type": "array", "minItems": "2"},
        {"type": "object", "required": ["a"]},
        {"type": "object", "properties": []},
    ],
)
def test_smallest_of_what_is_no_schema_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError)):
        smallest(schema)


def test_smallest_extraction_finds_nothing() -> None:
    assert smallest(dict(extraction.SCHEMA)) == {"private": [], "memories": []}


def test_smallest_classification_says_that_all_is_harmless() -> None:
    assert smallest(classification.schema(3)) == {"classes": ["none"] * 3}
