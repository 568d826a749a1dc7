"""What the settings ask for, made: the model, the files, the keys, the ports of a turn.

Owns the choice between concrete classes. `robi.tree` puts them where they belong.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil
from random import Random
from time import time

from robi.actors.keyring import ApiKey, Keyring
from robi.actors.mind import Mind
from robi.actors.retention import DAY_S, HOUR_S, Retention
from robi.actors.tools import Tool
from robi.actors.turn import TurnPorts
from robi.brain.base import Brain
from robi.brain.breaker import Breaker
from robi.brain.failover import Failover
from robi.brain.gemini import GeminiBrain
from robi.brain.ledger import Allowance, Ledger, Prices
from robi.brain.openai import OpenAIBrain
from robi.config import check
from robi.config.settings import BrainName, Settings
from robi.files.base import Files
from robi.files.folder import FolderFiles
from robi.mcp.base import ToolServer
from robi.mcp.client import McpServer
from robi.mcp.http import Site
from robi.mcp.stdio import Program
from robi.web.attempts import Attempts

MB = 1024 * 1024


def make_keyring(settings: Settings) -> Keyring:
    """Return the keyring with the key of these settings alone; the others are in the store."""
    key = settings.api_key
    if key is None:
        return Keyring(None, time)
    return Keyring(ApiKey(key.matches, len(key.reveal()) < check.WEAK_KEY_CHARACTERS), time)


def make_attempts(settings: Settings) -> Attempts:
    """Return the count of wrong keys in one of these processes: each accepts a part of them."""
    whole = Attempts()
    return Attempts(ceil(whole.free / settings.workers), whole.every_s * settings.workers)


def make_brain(settings: Settings) -> Brain:
    """Return the model of these settings; of several the next is asked when one is unavailable."""
    count = len(settings.brains)
    brains = [Breaker(_brain(name, settings), brains=count) for name in settings.brains]
    return brains[0] if len(brains) == 1 else Failover(brains)


def _brain(name: BrainName, settings: Settings) -> Brain:
    if name == "gemini" and (key := settings.gemini_api_key) is not None:
        return GeminiBrain(key.reveal(), settings.google_gemini_base_url, settings.gemini_model)
    if name == "openai" and (model := settings.openai_model) is not None:
        given = settings.openai_api_key
        return OpenAIBrain(
            settings.openai_base_url,
            model,
            given.reveal() if given else None,
            hearing=settings.openai_audio,
        )
    # 0.2 s and 6 MB, which a server that has a model should not spend.
    from robi.brain.rehearsal import RehearsalBrain  # noqa: PLC0415

    return RehearsalBrain()


def make_ledger(settings: Settings) -> Ledger:
    """Return the counts of a day, with its prices and limits."""
    return Ledger(
        local_time,
        Prices(settings.price_input, settings.price_output),
        Allowance(settings.daily_budget, settings.daily_tokens),
    )


def local_time() -> datetime:
    """Return what the clock on the wall says, with its zone."""
    return datetime.now().astimezone()


def make_servers(settings: Settings) -> Sequence[ToolServer]:
    """Return the servers of tools of these settings; none, mostly."""
    return [
        McpServer(
            Site(named.name, named.url, named.headers)
            if named.url
            else Program(named.name, named.command, named.env)
        )
        for named in settings.mcp_servers
    ]


def make_files(settings: Settings) -> Files:
    """Return the files of these settings."""
    return FolderFiles(settings.media_dir, settings.log_file)


def retention(settings: Settings) -> Retention:
    """Return how long the files of these settings are kept."""
    return Retention(
        audio_s=settings.media_retention_audio_h * HOUR_S,
        vision_s=settings.media_retention_vision_h * HOUR_S,
        budget=settings.media_budget_mb * MB,
        logs_s=settings.log_retention_days * DAY_S,
    )


def turn_ports(
    settings: Settings, brain: Brain, mind: Mind, tools: Callable[[], Sequence[Tool]]
) -> TurnPorts:
    """Return what turns need."""
    return TurnPorts(
        brain=brain,
        recall=mind.recall,
        meet=mind.meet,
        named=mind.named,
        wall_clock=local_time,
        rng=Random(),  # noqa: S311 - picks emoji
        max_output_tokens=settings.gemini_max_output_tokens,
        temperature=settings.gemini_temperature,
        tools=tools,
        persona=settings.persona_file.text if settings.persona_file else None,
    )
