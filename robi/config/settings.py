"""Every setting of the server, as one frozen class: name, type, default, unit and help.

Owns what may be set and how it is read. A field's name is its variable in lower case, so that
`settings.ws_ping_interval` is `WS_PING_INTERVAL`. The class is one list, and the only one: reading,
the table in docs/settings.md and `.env.example` are all made from it. All that is wrong is reported
at once, and a secret's value never is.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Literal, Self, cast

import attrs
from attrs import field, frozen

from robi.config import dotenv, parse
from robi.config.errors import SettingsError
from robi.config.parse import Parser, Secret, TextFile
from robi.config.servers import NamedServer, servers
from robi.errors import Language

Environment = Literal["development", "production"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
BrainName = Literal["gemini", "openai", "rehearsal"]
Hearing = Literal["auto", "on", "off"]

_META = "robi"
_DEVELOPED_AT: Final = "http://localhost:3000"
"""Where Docusaurus shows a page that is being written."""
_NEEDED: Final[Mapping[BrainName, str]] = {"gemini": "gemini_api_key", "openai": "openai_model"}
"""What each brain cannot do without."""


@frozen
class About:
    """What is known of a setting beside its type: how it is read, and how it is explained.

    `default` is shown instead of the value where that depends on another setting.
    """

    group: str
    help: str
    parse: Parser
    unit: str = ""
    default: str | None = None


def _about(
    group: str, explanation: str, parser: Parser, unit: str = "", default: str | None = None
) -> dict[str, About]:
    return {_META: About(group, explanation, parser, unit, default)}


@frozen(kw_only=True)
class Settings:
    """What the server was told. Make it with `load`; the defaults serve development."""

    environment: Environment = field(
        default="development",
        metadata=_about(
            "Server",
            "`production` asks for an `API_KEY` and logs JSON",
            parse.choice("development", "production"),
        ),
    )
    host: str = field(
        default="127.0.0.1",
        metadata=_about("Server", "Address to listen on; behind Caddy leave it", parse.text()),
    )
    port: int = field(
        default=8000,
        metadata=_about("Server", "Port for HTTP and WebSocket; 0: any", parse.whole(0, 65_535)),
    )
    server_ip: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "Server",
            "Addresses and names under which robots reach the server, divided by commas",
            parse.hosts(),
        ),
    )
    tls_cert_file: Path | None = field(
        default=None,
        metadata=_about(
            "Server",
            "Certificate of the server in front (PEM); warned of 30 days before it ends",
            parse.path(),
            default="{DATA_DIR}/certs/robi.pem, if it is there",
        ),
    )
    api_key: Secret | None = field(
        default=None,
        metadata=_about(
            "Server",
            "Key of the robots; in development one is made when it is not set",
            parse.secret(),
        ),
    )
    trusted_proxies: tuple[str, ...] = field(
        default=("127.0.0.0/8", "::1/128"),
        metadata=_about(
            "Server",
            "Proxies whose `X-Forwarded-For` is believed, divided by commas; `none` for none",
            parse.networks(),
        ),
    )
    allowed_origins: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "Server", "Other web origins that may call, divided by commas", parse.origins()
        ),
    )
    workers: int = field(
        default=1,
        metadata=_about(
            "Server",
            "Processes on this machine; with more than one each needs a core",
            parse.whole(1, 64),
        ),
    )
    rate_limit_requests: int = field(
        default=100,
        metadata=_about(
            "Server", "REST requests a minute that a key may send", parse.whole(1, 100_000)
        ),
    )
    drain_timeout_s: float = field(
        default=20.0,
        metadata=_about(
            "Server", "Time that running answers get at shutdown", parse.number(0, 600), "s"
        ),
    )
    frontend_url: str | None = field(
        default=None,
        metadata=_about(
            "Readers",
            "Page whose browsers may ask `/chat`, beside those that readers' keys name",
            parse.page(),
            default="http://localhost:3000 in development",
        ),
    )
    max_readers: int = field(
        default=500,
        metadata=_about(
            "Readers", "Conversations of readers at once, idle ones too", parse.whole(1, 100_000)
        ),
    )
    rate_limit_questions: int = field(
        default=10,
        metadata=_about(
            "Readers",
            "Questions that a reader may ask in a window; an address thirty times as many",
            parse.whole(1, 100_000),
        ),
    )
    rate_limit_window: float = field(
        default=60.0,
        metadata=_about("Readers", "Length of that window", parse.number(1, 86_400), "s"),
    )
    chat_max_output_tokens: int = field(
        default=1_024,
        metadata=_about("Readers", "Longest answer to a reader", parse.whole(16, 65_536), "tokens"),
    )
    robot_name: str = field(
        default="Robi",
        metadata=_about("Robot", "What the robot is called", parse.text(longest=40)),
    )
    robot_language: Language = field(
        default="es",
        metadata=_about("Robot", "Language it begins in", parse.choice("es", "en")),
    )
    persona_file: TextFile | None = field(
        default=None,
        metadata=_about(
            "Robot",
            "Text that says who the robot is, in place of ours; `$robot_name` is its name",
            parse.text_file(longest=8_000),
        ),
    )
    gemini_api_key: Secret | None = field(
        default=None,
        metadata=_about(
            "Model",
            "Key for Gemini; with neither it nor `BRAIN` there is a rehearsal",
            parse.secret(),
        ),
    )
    google_gemini_base_url: str = field(
        default="https://generativelanguage.googleapis.com",
        metadata=_about("Model", "Where the Gemini API is", parse.url("https", "http")),
    )
    gemini_model: str = field(
        default="gemini-3.5-flash-lite",
        metadata=_about("Model", "Name of the model", parse.text()),
    )
    brain: tuple[BrainName, ...] = field(
        default=(),
        metadata=_about(
            "Model",
            "Who thinks, divided by commas: the next is asked when one is unavailable",
            parse.choices("gemini", "openai", "rehearsal"),
            default="gemini with a key, else rehearsal",
        ),
    )
    openai_base_url: str = field(
        default="http://localhost:11434/v1",
        metadata=_about(
            "Model",
            "Server that speaks OpenAI's protocol: Ollama, llama.cpp, vLLM, LM Studio",
            parse.url("https", "http"),
        ),
    )
    openai_model: str | None = field(
        default=None,
        metadata=_about("Model", "Name of the model at that server", parse.text()),
    )
    openai_api_key: Secret | None = field(
        default=None,
        metadata=_about("Model", "Key for that server, if it wants one", parse.secret()),
    )
    openai_audio: Hearing = field(
        default="auto",
        metadata=_about(
            "Model",
            "Whether that server is sent sound: `auto` as WAV or MP3 until it refuses, "
            "`on` in any format",
            parse.choice("auto", "on", "off"),
        ),
    )
    gemini_max_output_tokens: int = field(
        default=512,
        metadata=_about("Model", "Longest answer", parse.whole(16, 65_536), "tokens"),
    )
    gemini_temperature: float = field(
        default=0.7,
        metadata=_about("Model", "How freely it speaks, 0 to 2", parse.number(0, 2)),
    )
    brain_max_calls: int = field(
        default=256,
        metadata=_about("Model", "Calls to the model at once", parse.whole(1, 10_000)),
    )
    price_input: float = field(
        default=0.0,
        metadata=_about(
            "Model",
            "What a million tokens of questions cost, in your currency; 0: not known",
            parse.number(0, 100_000),
        ),
    )
    price_output: float = field(
        default=0.0,
        metadata=_about("Model", "What a million tokens of answers cost", parse.number(0, 100_000)),
    )
    daily_budget: float = field(
        default=0.0,
        metadata=_about(
            "Model",
            "What the model may cost in a day; then it rests until midnight; 0: no limit",
            parse.number(0, 100_000),
        ),
    )
    daily_tokens: int = field(
        default=0,
        metadata=_about(
            "Model",
            "Tokens that it may take in a day; 0: no limit",
            parse.whole(0, 1_000_000_000),
            "tokens",
        ),
    )
    ws_ping_interval: float = field(
        default=30.0,
        metadata=_about("Links", "Time between two pings", parse.number(0.1, 3_600), "s"),
    )
    ws_ping_timeout: float = field(
        default=10.0,
        metadata=_about(
            "Links", "A link without a pong for so long is dead", parse.number(0.1, 3_600), "s"
        ),
    )
    ws_max_message_size_mb: int = field(
        default=50,
        metadata=_about("Links", "Largest WebSocket message", parse.whole(1, 1_024), "MB"),
    )
    auth_timeout: float = field(
        default=10.0,
        metadata=_about("Links", "A robot must say its key within", parse.number(0.1, 300), "s"),
    )
    send_timeout: float = field(
        default=10.0,
        metadata=_about(
            "Links",
            "A phone that takes nothing for so long loses its link",
            parse.number(0.1, 300),
            "s",
        ),
    )
    max_unauthenticated: int = field(
        default=1_000,
        metadata=_about("Links", "Links without a key yet, in all", parse.whole(1, 100_000)),
    )
    max_unauthenticated_per_address: int = field(
        default=250,
        metadata=_about(
            "Links", "Links without a key yet, of one address", parse.whole(1, 100_000)
        ),
    )
    max_sessions: int = field(
        default=1_000,
        metadata=_about("Sessions", "Robots at once, parked ones too", parse.whole(1, 100_000)),
    )
    conversation_keep_alive_ms: int = field(
        default=60_000,
        metadata=_about(
            "Sessions",
            "How long a session waits for its robot to come back",
            parse.whole(0, 86_400_000),
            "ms",
        ),
    )
    conversation_compaction_threshold: int = field(
        default=20,
        metadata=_about(
            "Sessions",
            "Messages of history from which on the older ones are summed up",
            parse.whole(6, 1_000),
        ),
    )
    person_search_timeout_ms: int = field(
        default=8_000,
        metadata=_about(
            "Sessions", "How long the phone looks for a face", parse.whole(0, 600_000), "ms"
        ),
    )
    mcp_servers: tuple[NamedServer, ...] = field(
        default=(),
        metadata=_about(
            "Model",
            "Servers of tools (Model Context Protocol) that the model may call: URLs and commands, "
            "divided by commas, or JSON",
            servers(),
        ),
    )
    learn_after_s: float = field(
        default=10.0,
        metadata=_about(
            "Data",
            "How long what was said waits for more before the model is asked what to remember",
            parse.number(0, 3_600),
            "s",
        ),
    )
    data_dir: Path = field(
        default=Path("data"),
        metadata=_about("Data", "Folder of everything that is kept", parse.path()),
    )
    database_url: str = field(
        metadata=_about(
            "Data",
            "Where the database is",
            parse.url("sqlite"),
            default="sqlite:///{DATA_DIR}/robi.db",
        ),
    )
    media_dir: Path = field(
        metadata=_about(
            "Data", "Folder of pictures, films and sound", parse.path(), default="{DATA_DIR}/media"
        ),
    )
    media_retention_audio_h: float = field(
        default=24.0,
        metadata=_about(
            "Data", "How long sound is kept; 0: not at all", parse.number(0, 8_760), "h"
        ),
    )
    media_retention_vision_h: float = field(
        default=1.0,
        metadata=_about(
            "Data",
            "How long pictures and films are kept; 0: not at all",
            parse.number(0, 8_760),
            "h",
        ),
    )
    media_budget_mb: int = field(
        default=1_024,
        metadata=_about(
            "Data", "Media kept in all; beyond it the oldest go", parse.whole(1, 1_048_576), "MB"
        ),
    )
    max_upload_size_mb: int = field(
        default=50,
        metadata=_about("Data", "Largest HTTP body", parse.whole(1, 1_024), "MB"),
    )
    log_level: LogLevel = field(
        default="INFO",
        metadata=_about(
            "Log", "The least that is logged", parse.choice("DEBUG", "INFO", "WARNING", "ERROR")
        ),
    )
    log_file: Path | None = field(
        default=None,
        metadata=_about("Log", "File for the log, as JSON; else standard output", parse.path()),
    )
    log_retention_days: int = field(
        default=30,
        metadata=_about(
            "Log",
            "How long rotated logs, events, missed reminders and readers' conversations are kept",
            parse.whole(1, 3_650),
            "days",
        ),
    )
    otel_exporter_otlp_endpoint: str | None = field(
        default=None,
        metadata=_about(
            "Log",
            "Collector (OTLP over HTTP) that gets a trace of each turn; needs the extra `otel`",
            parse.url("http", "https"),
        ),
    )

    @database_url.default
    def _beside_the_data(self) -> str:
        return f"sqlite:///{self.data_dir}/robi.db"

    @media_dir.default
    def _under_the_data(self) -> Path:
        return self.data_dir / "media"

    @property
    def brains(self) -> tuple[BrainName, ...]:
        """Who thinks, in the order of asking."""
        by_key: BrainName = "rehearsal" if self.gemini_api_key is None else "gemini"
        return self.brain or (by_key,)

    @property
    def reader_origins(self) -> tuple[str, ...]:
        """The origins of pages on which readers ask, beside those of their keys."""
        page = self.frontend_url or (None if self.production else _DEVELOPED_AT)
        if page is None:
            return self.allowed_origins
        return (parse.origin_of(page), *self.allowed_origins)

    @property
    def production(self) -> bool:
        """Whether people depend on this server."""
        return self.environment == "production"

    @classmethod
    def load(
        cls, environ: Mapping[str, str] | None = None, dotenv_path: Path = Path(".env")
    ) -> Self:
        """Read the settings: the environment first, then `.env`, then the defaults.

        An empty value counts as none.

        Raises:
            SettingsError: with every variable that cannot be used.
        """
        environ = os.environ if environ is None else environ
        given = {
            **dotenv.read(dotenv_path).values,
            **{k: v for k, v in environ.items() if v.strip()},
        }
        values: dict[str, object] = {}
        problems: list[str] = []
        for name, about in explanations().items():
            if name.upper() not in given:
                continue
            try:
                values[name] = about.parse.read(given[name.upper()].strip())
            except ValueError as error:
                problems.append(f"{name.upper()} {error}")
        brain = cast("tuple[BrainName, ...]", values.get("brain", ()))
        problems += [
            f"BRAIN names {name}, and {needed.upper()} is not set"
            for name, needed in _NEEDED.items()
            if name in brain and needed.upper() not in given
        ]
        if problems:
            raise SettingsError(*problems)
        return cast("Callable[..., Self]", cls)(**values)


def explanations() -> dict[str, About]:
    """Return what is known of each setting, by field name, in order of the class."""
    return {setting.name: setting.metadata[_META] for setting in attrs.fields(Settings)}
