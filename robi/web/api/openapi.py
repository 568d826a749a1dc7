"""The OpenAPI 3.1 document, made from the table of calls and the types they take and give.

Owns how our types are written as JSON Schema (2020-12): kinds tell their own schema, frozen classes
become components, a docstring is a description. No I/O.

Three rules of `robi.protocol.converter` are said here in OpenAPI's words. In what is sent, a field
that may be absent may be null too, and a text that may be absent may be blank. In what is answered,
a field that may be None is left out.
"""

import inspect
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import attrs

from robi.protocol.messages import PROTOCOL_VERSION, ErrorReport
from robi.web.api.kinds import Described, Explained, Schema, Taken
from robi.web.api.table import SESSION_ID, UPLOAD_BYTES, WAITING, Errors, Operation
from robi.web.request_ids import HEADER as REQUEST_ID

_PLAIN: Mapping[object, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
_KEY = "key"
_DESCRIPTION = """What an app or an operator may ask of a robot's server.

Every error has one shape, the schema `ErrorReport`; its `message` is fit to be spoken to a person.
Every answer has an `X-Request-ID`: the client's own, if it sent one fit for a log. Lists come in
pages: `next` is the offset of the next one. Times are UTC in ISO 8601.
"""
_HEADERS: Mapping[str, Schema] = {
    REQUEST_ID: {
        "description": "The id of the request, as in the server's log.",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": 64},
    },
    SESSION_ID: {
        "description": "The conversation: what goes on with it says so in `session_id`.",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
    },
    "Retry-After": {
        "description": "Seconds after which trying again makes sense.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
}
_UPLOAD = "what the server takes of an upload (`MAX_UPLOAD_SIZE_MB`)"


def document(calls: Sequence[Operation[Any]], server: str) -> dict[str, Any]:
    """Return the document of `calls`, fit for JSON."""
    schemas = _Schemas()
    error = schemas.of(ErrorReport, sent=False)
    paths: dict[str, dict[str, object]] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(
            call, calls, schemas, error
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Robi",
            "version": PROTOCOL_VERSION,
            "summary": f"Served by {server}.",
            "description": _DESCRIPTION,
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "headers": _HEADERS,
            "securitySchemes": {
                _KEY: {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


# ── calls ─────────────────────────────────────────────────────────────────────────────────


def _operation(
    call: Operation[Any], calls: Sequence[Operation[Any]], schemas: "_Schemas", error: Schema
) -> dict[str, object]:
    in_path = attrs.fields_dict(call.takes)
    parameters = [_parameter(in_path[name], "path", schemas) for name in call.path_names]
    parameters += [_parameter(field, "query", schemas) for field in call.query_fields]
    parameters += [_header(*header) for header in call.headers.items()]
    operation: dict[str, object] = {"operationId": call.name, "summary": call.summary}
    if call.body_bytes:
        operation["requestBody"] = _body(call, schemas)
    if parameters:
        operation["parameters"] = parameters
    content = _json(schemas.of(call.gives, sent=False))
    if call.events:
        content["text/event-stream"] = {"schema": {"type": "string", "description": call.events}}
    good: dict[str, object] = {
        "description": inspect.getdoc(call.gives) or "",
        "headers": _headers(REQUEST_ID, *call.gives_headers),
        "content": content,
    }
    if call.body_bytes and (links := _links(call, calls)):
        good["links"] = links
    responses: dict[str, object] = {str(call.status): good, **_failures(call, error)}
    if call.events:
        nothing = {"description": "Nothing is left to come.", "headers": good["headers"]}
        responses["204"] = nothing
    operation["responses"] = responses
    operation["security"] = [{_KEY: []}] if call.needs_key else []
    return operation


def _parameter(field: "attrs.Attribute[Any]", where: str, schemas: "_Schemas") -> dict[str, object]:
    schema = schemas.of(_unless_none(field.type), sent=True)
    parameter: dict[str, object] = {"name": field.name, "in": where, "schema": schema}
    if (description := schema.pop("description", None)) is not None:
        parameter["description"] = description
    if where == "path" or field.default is attrs.NOTHING:
        parameter["required"] = True
    elif field.default is not None:
        schema["default"] = field.default
    return parameter


def _header(name: str, description: str) -> dict[str, object]:
    schema = {"type": "string", "minLength": 1}
    return {"name": name, "in": "header", "schema": schema, "description": description}


def _body(call: Operation[Any], schemas: "_Schemas") -> dict[str, object]:
    content = _json(schemas.of_fields(call.takes, call.other_fields, sent=True))
    for media_type in call.raw.media_types if call.raw else ():
        # OpenAPI 3.1 describes bytes by their media type alone.
        content[media_type] = {}
    most = f"{call.body_bytes // 1024} KiB" if call.body_bytes < UPLOAD_BYTES else _UPLOAD
    return {"required": True, "description": f"At most {most}.", "content": content}


def _failures(call: Operation[Any], error: Schema) -> dict[str, object]:
    """Return the responses of all errors, by status."""
    by_status: dict[int, Errors] = {}
    for kind in call.errors:
        status = call.status_of(kind)
        by_status[status] = (*by_status.get(status, ()), kind)
    return {
        str(status): {
            "description": ", ".join(f"{kind.code} {kind.error_code}" for kind in kinds),
            "headers": _headers(REQUEST_ID, *(("Retry-After",) if status in WAITING else ())),
            "content": _json(
                {
                    "allOf": [
                        error,
                        {"properties": {"code": {"enum": [kind.code for kind in kinds]}}},
                    ]
                }
            ),
        }
        for status, kinds in sorted(by_status.items())
    }


def _links(call: Operation[Any], calls: Sequence[Operation[Any]]) -> dict[str, object]:
    """Return the calls that can follow: those whose path is made of what this one answers."""
    given = {field.name for field in attrs.fields(call.gives)}
    return {
        other.name: {
            "operationId": other.name,
            "parameters": {name: f"$response.body#/{name}" for name in other.path_names},
        }
        for other in calls
        if other.path_names and given.issuperset(other.path_names)
    }


def _json(schema: Schema) -> dict[str, object]:
    return {"application/json": {"schema": schema}}


def _headers(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


# ── types ─────────────────────────────────────────────────────────────────────────────────


def _unless_none(annotation: object) -> object:
    """Return what an annotation takes beside None."""
    options = [option for option in get_args(annotation) if option is not type(None)]
    if not _is_union(annotation) or len(options) == len(get_args(annotation)):
        return annotation
    return Union[tuple(options)]  # noqa: UP007 - made at run time


def _is_union(annotation: object) -> bool:
    return get_origin(annotation) in {Union, types.UnionType}


@attrs.define
class _Schemas:
    """Schemas of types; classes are kept as components and referred to."""

    components: dict[str, Schema] = attrs.field(factory=dict)

    def of(self, annotation: object, *, sent: bool) -> Schema:
        """Return the schema of a type."""
        origin, arguments = get_origin(annotation), get_args(annotation)
        schema: Schema
        if annotation in _PLAIN:
            schema = {"type": _PLAIN[annotation]}
        elif origin is Annotated:
            schema = self._marked(*arguments, sent=sent)
        elif origin is Literal:
            schema = {"type": "string", "enum": list(arguments)}
        elif origin is tuple:
            schema = {"type": "array", "items": self.of(arguments[0], sent=sent)}
        elif origin is not None and issubclass(_class(origin), Mapping):
            schema = {"type": "object", "additionalProperties": self.of(arguments[1], sent=sent)}
        elif _is_union(annotation):
            schema = {"anyOf": [self.of(option, sent=sent) for option in arguments]}
        else:
            schema = self._component(_class(annotation), sent=sent)
        return dict(schema)  # a kind keeps its own

    def _marked(self, annotation: object, *marks: object, sent: bool) -> Schema:
        """Return the schema that a mark of the annotation has, or its own with what it means."""
        (mark,) = (mark for mark in marks if isinstance(mark, Taken | Described | Explained))
        if isinstance(mark, Explained):
            return {**self.of(annotation, sent=sent), "description": mark.description}
        return mark.schema

    def of_fields(
        self, owner: type, fields: Sequence["attrs.Attribute[Any]"], *, sent: bool
    ) -> Schema:
        """Return the schema of an object with these of its class's fields."""
        properties: Schema = {}
        for field in fields:
            schema = self.of(_unless_none(field.type), sent=sent)
            if sent and field.default is not attrs.NOTHING:
                schema = _may_be_absent(schema, field.default)
            properties[field.name] = schema
        required = [field.name for field in fields if field.default is attrs.NOTHING]
        return {
            "type": "object",
            "description": inspect.getdoc(owner) or "",
            "properties": properties,
            **({"required": required} if required else {}),
        }

    def _component(self, cls: type, *, sent: bool) -> Schema:
        name = cls.__name__
        if name not in self.components:
            self.components[name] = {}  # it may refer to itself
            self.components[name] = self.of_fields(cls, attrs.fields(cls), sent=sent)
            if cls is ErrorReport:
                self.components[name] = _error_on_the_wire(self.components[name])
        return {"$ref": f"#/components/schemas/{name}"}


def _class(annotation: object) -> type:
    if isinstance(annotation, type):
        return annotation
    msg = f"{annotation} has no schema"
    raise TypeError(msg)


def _may_be_absent(schema: Schema, default: object) -> Schema:
    """Return `schema` of a field that may be left out, null, and if it is a text, blank."""
    kept = {k: v for k, v in schema.items() if (k, schema["type"]) != ("minLength", "string")}
    absent = {} if default is None else {"default": default}
    return {**kept, "type": [schema["type"], "null"], **absent}


def _error_on_the_wire(schema: dict[str, Any]) -> Schema:
    """Return the schema of an error as the codec writes it: its marks come first."""
    marks: Schema = {"type": {"const": "error"}, "error": {"const": True}}
    properties = {**marks, **schema["properties"]}
    properties["timestamp"] = {"type": "string", "format": "date-time"}
    required = [*marks, *schema["required"], "request_id"]
    return {**schema, "properties": properties, "required": required}
