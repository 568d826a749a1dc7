"""The document: what it says is what is served."""

import re
from typing import Any

import attrs
import orjson
import pytest

from robi.protocol.messages import PROTOCOL_VERSION
from robi.web.api.openapi import document
from robi.web.api.table import CALLS, OPERATIONS, Operation

DOCUMENT = document(OPERATIONS, "robi/0")
IDS = [call.name for call in OPERATIONS]
CATALOGUE = {
    *range(1001, 1005),
    *range(2001, 2006),
    *range(3001, 3005),
    4001,
    *range(4003, 4007),
    5001,
    5003,
    8005,
    8006,
}
"""Those of protocol.md §9 that an HTTP call can meet."""


def operation(call: Operation[Any]) -> dict[str, Any]:
    found = DOCUMENT["paths"][call.path][call.method.lower()]
    assert isinstance(found, dict)
    return found


def references(value: object) -> set[str]:
    return set(re.findall(r'"\$ref":"#/components/(.*?)"', orjson.dumps(value).decode()))


def test_document_is_json_of_openapi_3_1() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert DOCUMENT["info"]["version"] == PROTOCOL_VERSION
    assert orjson.loads(orjson.dumps(DOCUMENT)) == DOCUMENT


def test_document_refers_to_what_it_has_and_has_what_it_refers_to() -> None:
    components = DOCUMENT["components"]
    kept = {f"{kind}/{name}" for kind in ("schemas", "headers") for name in components[kind]}
    assert references(DOCUMENT) == kept


@pytest.mark.parametrize("call", OPERATIONS, ids=IDS)
def test_call_has_a_name_of_its_own_and_says_what_it_does(call: Operation[Any]) -> None:
    assert IDS.count(operation(call)["operationId"]) == 1
    assert operation(call)["summary"]


@pytest.mark.parametrize("call", OPERATIONS, ids=IDS)
def test_call_has_each_field_that_it_takes_in_one_place(call: Operation[Any]) -> None:
    told = operation(call)
    headers = {p["name"] for p in told.get("parameters", ()) if p["in"] == "header"}
    assert headers == set(call.headers)
    parameters = {p["name"]: p["in"] for p in told.get("parameters", ()) if p["in"] != "header"}
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    in_body = list(body.get("schema", {}).get("properties", ()))
    in_query = set(call.raw.query) if call.raw else set()  # of a body that is no JSON
    assert {name for name in parameters if name in in_body} == in_query
    assert {*parameters, *in_body} == set(attrs.fields_dict(call.takes))
    assert {n for n, where in parameters.items() if where == "path"} == set(call.path_names)


@pytest.mark.parametrize("call", OPERATIONS, ids=IDS)
def test_call_has_a_response_for_each_error_it_may_answer_with(call: Operation[Any]) -> None:
    told = operation(call)["responses"]
    for error in call.errors:
        schema = told[str(call.status_of(error))]["content"]["application/json"]["schema"]
        assert error.code in schema["allOf"][1]["properties"]["code"]["enum"]
    statuses = {call.status, *map(call.status_of, call.errors), *([204] if call.events else [])}
    assert set(told) == set(map(str, statuses))


def test_choices_say_what_they_mean() -> None:
    memories = DOCUMENT["paths"]["/api/users/{user_id}/memory"]
    (include,) = [each for each in memories["get"]["parameters"] if each["name"] == "include"]
    body = memories["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert include["schema"] == {"type": "string", "enum": ["superseded"]}
    assert "`superseded`: " in include["description"]
    kind = body["properties"]["type"]
    assert all(f"`{name}`: " in kind["description"] for name in kind["enum"])


@pytest.mark.parametrize("call", OPERATIONS, ids=IDS)
def test_call_says_whether_it_needs_a_key(call: Operation[Any]) -> None:
    free = call.path in {"/health", "/api/health", "/api/key"}
    assert operation(call)["security"] == ([] if free else [{"key": []}])
    assert ("401" in operation(call)["responses"]) == (not free)


@pytest.mark.parametrize("status", ["429", "503"])
def test_response_that_asks_to_wait_says_how_long(status: str) -> None:
    headers = DOCUMENT["paths"]["/api/users"]["get"]["responses"][status]["headers"]
    assert set(headers) == {"X-Request-ID", "Retry-After"}


def test_field_that_may_be_absent_may_be_null_or_blank_when_sent() -> None:
    body = DOCUMENT["paths"]["/api/users/{user_id}/memory"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert schema["required"] == ["content", "type"]
    assert schema["properties"]["subject"]["type"] == ["string", "null"]
    assert "minLength" not in schema["properties"]["subject"]
    assert schema["properties"]["importance"]["default"] == 7
    assert schema["properties"]["content"]["minLength"] == 1


def test_field_that_may_be_none_is_optional_in_an_answer_and_never_null() -> None:
    user = DOCUMENT["components"]["schemas"]["User"]
    assert user["properties"]["name"] == {"type": "string"}
    assert "name" not in user["required"]
    assert "user_id" in user["required"]


def test_schema_of_the_tree_refers_to_itself() -> None:
    children = DOCUMENT["components"]["schemas"]["Tree"]["properties"]["children"]
    assert children == {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}


def test_call_that_makes_something_links_to_what_can_be_done_with_it() -> None:
    made = DOCUMENT["paths"]["/api/users/{user_id}/memory"]["post"]["responses"]["201"]
    assert made["links"]["forget_memory"]["parameters"] == {
        "user_id": "$response.body#/user_id",
        "memory_id": "$response.body#/memory_id",
    }


@pytest.mark.parametrize("call", OPERATIONS, ids=IDS)
def test_errors_of_a_call_are_of_the_catalogue(call: Operation[Any]) -> None:
    assert {error.code for error in call.errors} <= CATALOGUE
    assert len(set(call.errors)) == len(call.errors)


def test_body_that_need_not_be_json_says_what_it_may_be() -> None:
    body = DOCUMENT["paths"]["/api/texts"]["post"]["requestBody"]
    assert set(body["content"]) == {
        "application/json",
        "text/markdown",
        "text/plain",
        "text/html",
        "application/pdf",
        "application/epub+zip",
    }
    assert "MAX_UPLOAD_SIZE_MB" in body["description"]


def test_parameter_of_a_query_that_must_be_there_says_so() -> None:
    parameters = DOCUMENT["paths"]["/api/texts/search"]["get"]["parameters"]
    required = {each["name"] for each in parameters if each.get("required")}
    assert required == {"q"}


@pytest.mark.parametrize("path", ["/chat", "/api/chat"])
def test_answer_that_can_be_events_says_so(path: str) -> None:
    told = DOCUMENT["paths"][path]["post"]
    content = told["responses"]["200"]["content"]
    assert set(content) == {"application/json", "text/event-stream"}
    assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/Reply"}
    assert "X-Session-ID" in told["responses"]["200"]["headers"]
    assert "content" not in told["responses"]["204"]


def test_chat_answers_with_the_statuses_of_its_own_contract() -> None:
    told = DOCUMENT["paths"]["/chat"]["post"]["responses"]
    assert set(told) == {"200", "204", "400", "401", "403", "404", "413", "429", "500", "503"}


def test_every_path_that_is_called_search_comes_before_what_would_take_it_for_an_id() -> None:
    paths = [call.path for call in CALLS]
    assert paths.index("/api/texts/search") < paths.index("/api/texts/{text_id}")
