"""The OpenAPI document as one page of HTML that reads without a script.

Owns how it looks, and the headers that keep anything else from being loaded beside it. It is made
once, from the document alone, so that it cannot say more than that.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

Json = Mapping[str, Any]

_JSON = "application/json"

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --accent: #0b6bcb; }
@media (prefers-color-scheme: dark) { :root { --accent: #7cb8ff; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { margin-bottom: 0; }
h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; }
code, pre { font: 0.9em/1.4 ui-monospace, monospace; }
h2 code { overflow-wrap: anywhere; }
pre { background: var(--soft); padding: 0.75rem; overflow-x: auto; border-radius: 0.25rem; }
a { color: var(--accent); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1rem; }
caption { text-align: left; font-weight: bold; padding: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 1rem 0.3rem 0; }
td { overflow-wrap: break-word; }
tr { border-bottom: 1px solid var(--line); }
.skip { position: absolute; left: -100vw; }
.skip:focus { position: static; }
@media (max-width: 40rem) {
  table, caption, tbody, tr, td { display: block; }
  thead { position: absolute; left: -100vw; }
  tr { padding: 0.4rem 0; }
  td { padding: 0; overflow-wrap: anywhere; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  td:empty { display: none; }
}
"""
_EXAMPLES = """In the examples `$ROBI` is where the server is, such as `http://localhost:8000`, and
`$API_KEY` its key: that of the settings, or the one in `data/api_key`.
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
}


def page(document: Json) -> str:
    """Return the page for an OpenAPI document of ours."""
    info = document["info"]
    operations = [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    paragraphs = info["description"].strip().split("\n\n")
    return "".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f"<title>{escape(info['title'])} REST API</title>\n<style>{_STYLE}</style>\n",
            '</head>\n<body>\n<a class="skip" href="#calls">To the calls</a>\n<header>\n',
            f"<h1>{escape(info['title'])} REST API</h1>\n",
            f"<p>Version {escape(info['version'])}. {escape(info['summary'])} ",
            '<a href="openapi.json">openapi.json</a></p>\n</header>\n<main>\n',
            *(f"<p>{_prose(paragraph)}</p>\n" for paragraph in (*paragraphs, _EXAMPLES)),
            _table(
                "Calls",
                ("Call", "What it does"),
                (
                    (
                        f'<a href="#{op["operationId"]}">{_code(f"{m} {p}")}</a>',
                        _prose(op["summary"]),
                    )
                    for m, p, op in operations
                ),
                ' id="calls"',
            ),
            *(_operation(*operation) for operation in operations),
            "<h2>Schemas</h2>\n",
            *(_schema(*item) for item in document["components"]["schemas"].items()),
            "</main>\n</body>\n</html>\n",
        )
    )


def _operation(method: str, path: str, operation: Json) -> str:
    parts = [
        f'<section aria-labelledby="{operation["operationId"]}">\n',
        f'<h2 id="{operation["operationId"]}">{_code(f"{method} {path}")}</h2>\n',
        f"<p>{_prose(operation['summary'])}</p>\n",
        f"<pre>{escape(_example(method, path, operation))}</pre>\n",
    ]
    if parameters := operation.get("parameters"):
        rows = (
            (
                _code(parameter["name"]),
                parameter["in"],
                _kind(parameter["schema"]),
                _prose(parameter.get("description", "")),
            )
            for parameter in parameters
        )
        parts.append(_table("Parameters", ("Name", "In", "Takes", "What"), rows))
    if body := operation.get("requestBody"):
        others = [kind for kind in body["content"] if kind != _JSON]
        as_it_is = f" Or the text as it is: {', '.join(others)}." if others else ""
        caption = f"Body. {body['description']}{as_it_is}"
        parts.append(_fields(caption, body["content"][_JSON]["schema"]))
    answers = (
        (_code(status), _answer(answer), _prose(answer["description"]))
        for status, answer in operation["responses"].items()
    )
    parts.append(_table("Answers", ("Status", "Body", "What"), answers))
    return "".join((*parts, "</section>\n"))


def _example(method: str, path: str, operation: Json) -> str:
    words = ["curl"]
    if method != "GET":
        words.append(f"-X {method}")
    if operation["security"]:
        words.append('-H "X-API-Key: $API_KEY"')
    if body := operation.get("requestBody"):
        words.remove(f"-X {method}")  # what follows is a POST
        if required := body["content"][_JSON]["schema"].get("required"):
            fields = dict.fromkeys(required, "…")
            words.append(f"--json '{json.dumps(fields, ensure_ascii=False)}'")
        else:
            first = next(kind for kind in body["content"] if kind != _JSON)
            words.append(f'-H "Content-Type: {first}" --data-binary @FILE')
    return " ".join((*words, f"$ROBI{path}"))


def _schema(name: str, schema: Json) -> str:
    return (
        f'<h3 id="schema-{escape(name)}">{escape(name)}</h3>\n'
        f"<p>{_prose(schema['description'])}</p>\n{_fields('Fields', schema)}"
    )


def _fields(caption: str, schema: Json) -> str:
    required = schema.get("required", ())
    rows = (
        (
            _code(name),
            _kind(field),
            "always" if name in required else "optional",
            _prose(field.get("description", "")),
        )
        for name, field in schema["properties"].items()
    )
    return _table(caption, ("Name", "Type", "Given", "What"), rows)


def _answer(answer: Json) -> str:
    if "content" not in answer:
        return ""
    schema = answer["content"][_JSON]["schema"]
    return _kind(schema["allOf"][0] if "allOf" in schema else schema)


def _kind(schema: Json) -> str:
    """Return in a few words, as HTML, what a schema takes."""
    match schema:
        case {"$ref": reference}:
            name = escape(reference.rpartition("/")[2])
            said = f'<a href="#schema-{name}">{name}</a>'
        case {"anyOf": options}:
            said = " or ".join(map(_kind, options))
        case {"const": value}:
            said = _code(json.dumps(value))
        case {"enum": values}:
            said = " · ".join(_code(value) for value in values)
        case {"type": [kind, "null"]}:
            said = _kind({**schema, "type": kind})
        case {"type": "array", "items": items}:
            said = f"list of {_kind(items)}"
        case {"type": "object", "additionalProperties": values}:
            said = f"object of {_kind(values)}"
        case _:
            said = escape(" ".join((schema.get("format", schema["type"]), *_bounds(schema))))
    return said


def _bounds(schema: Json) -> Iterable[str]:
    if "contentEncoding" in schema:
        yield f"in {schema['contentEncoding']}"
    if "maxLength" in schema:
        yield f"up to {schema['maxLength']} characters"
    if "maximum" in schema:
        yield f"{schema['minimum']} to {schema['maximum']}"
    if "default" in schema:
        yield f"(default {schema['default']})"


def _table(
    caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]], attributes: str = ""
) -> str:
    """Return a table; its cells are HTML."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f"<table{attributes}>\n<caption>{escape(caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>\n"
    )


def _prose(text: str) -> str:
    """Return text as HTML; what stands between backquotes is code."""
    plain, *rest = text.split("`")
    parts = [escape(plain)]
    for index, piece in enumerate(rest):
        parts.append(escape(piece) if index % 2 else _code(piece))
    return "".join(parts)


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"
