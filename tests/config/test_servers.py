"""MCP_SERVERS: URLs and commands, divided by commas, or JSON."""

import pytest

from robi.config.servers import MOST, NamedServer, servers

URL = "https://tools.example/mcp"


def read(given: str) -> tuple[NamedServer, ...]:
    found = servers().read(given)
    assert isinstance(found, tuple)
    return found


def test_servers_are_urls_and_commands_divided_by_commas() -> None:
    assert read(f"{URL}, uvx mcp-server-time --zone 'Etc/UTC'") == (
        NamedServer("tools-example", URL),
        NamedServer("mcp-server-time", command=("uvx", "mcp-server-time", "--zone", "Etc/UTC")),
    )


def test_servers_of_a_list_in_json_may_hold_commas() -> None:
    assert read('["npx files a,b"]') == (NamedServer("files", command=("npx", "files", "a,b")),)


def test_servers_of_an_object_have_the_names_that_they_were_given() -> None:
    given = """{"time": "uvx mcp-server-time",
        "home": {"url": "https://tools.example/mcp", "headers": {"Authorization": "Bearer x"}},
        "files": {"command": ["npx", "files", "/srv, x"], "env": {"TOKEN": "t"}}}"""
    assert read(given) == (
        NamedServer("time", command=("uvx", "mcp-server-time")),
        NamedServer("home", URL, headers={"Authorization": "Bearer x"}),
        NamedServer("files", command=("npx", "files", "/srv, x"), env={"TOKEN": "t"}),
    )


def test_server_shows_neither_its_address_nor_its_keys() -> None:
    (server,) = read('{"home": {"url": "https://u:secret@h/", "headers": {"X": "secret"}}}')
    assert "secret" not in repr(server)


@pytest.mark.parametrize(
    "given",
    [
        "{",
        "[7]",
        '{"a": 7}',
        '{"a": {}}',
        '{"a": {"url": "ftp://x"}}',
        '{"a": "ftp://x/y"}',
        "ftp://x/y",
        f"{URL}, ws://x/y",
        '{"a": {"url": "https://x", "command": ["y"]}}',
        '{"a": {"command": []}}',
        '{"a": {"command": ["x", 7]}}',
        '{"a": {"command": ["x"], "env": {"A": 7}}}',
        '{"a": {"url": "https://x", "headers": []}}',
        '{"": {"url": "https://"}}',
        '{"…": "…"}',
        "run 'it",
        f"{URL}, {URL}",
        ",".join(f"https://h{number}/" for number in range(MOST + 1)),
    ],
)
def test_servers_that_cannot_be_read_are_refused_without_being_quoted(given: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        read(given)
    assert "https://x" not in str(refused.value)


@pytest.mark.parametrize("given", ["ftp://x/y", '["WS://x/y"]', '{"a": "file:///x"}'])
def test_servers_behind_a_url_of_another_kind_are_refused_as_such(given: str) -> None:
    with pytest.raises(ValueError, match="begins neither with http:// nor with https://"):
        read(given)


def test_server_that_is_a_command_may_be_given_a_url() -> None:
    assert read("uvx proxy ftp://x/y")[0].command == ("uvx", "proxy", "ftp://x/y")
