"""Structured logs on standard error: JSON in production, readable on a terminal, secrets struck out.

Every line carries the reference of the interaction it belongs to. The reference is worked out from the
interaction's id, so that each process, on each machine, finds the same one for the same turn.
"""

import hashlib
import logging
import re
import sys
from collections.abc import Iterable
from typing import Any

import orjson
import structlog
from structlog.contextvars import bind_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.settings import Settings

LINE_LIMIT = 16_384
"""Characters of one log line; a longer one is cut."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SHAPES = re.compile(
    r"(?P<url>(?<=://)[^\s:/@\"]*:[^\s/@\"]+(?=@))"  # user:password in an address
    r"|(?P<token>\b[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}\b)"  # Discord's bot token
    r"|(?P<hook>(?<=/)\d{15,20}/[\w-]{60,})"  # an interaction's or webhook's token in a path
    r"|(?P<bearer>\b(?:Bearer|Bot)\s+[\w.~+/=-]{16,})"
    r"|(?P<key>\b(?:AIza[\w-]{20,}|sk-[\w-]{20,}))"
)


def reference_of(interaction_id: int | str) -> str:
    """The 8 characters (digits, capitals without I, L, O, U) by which people and operators name one turn."""
    bits = int.from_bytes(hashlib.blake2b(str(interaction_id).encode(), digest_size=5).digest())
    return "".join(_ALPHABET[(bits >> shift) & 31] for shift in range(35, -1, -5))


def bind_reference(reference: str) -> None:
    """Put the reference on every further log line of this task and of the tasks it starts."""
    bind_contextvars(reference=reference)


class Redactor:
    """Strikes known secret values and everything of a secret's shape out of a finished line."""

    def __init__(self, values: Iterable[str]) -> None:
        # Shorter values would strike out ordinary words.
        known = sorted({value for value in values if len(value) >= 8}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, line: str) -> str:
        """The line as it may be shown, at most `LINE_LIMIT` characters."""
        if self._known is not None:
            line = self._known.sub("***", line)
        line = _SHAPES.sub("***", line)
        return line if len(line) <= LINE_LIMIT else line[:LINE_LIMIT] + "…"


def secrets_of(settings: Settings) -> set[str]:
    """Every secret value in the settings, whole and, of addresses, the password alone."""
    found: set[str] = set()
    for field in Settings.model_fields:
        value = getattr(settings, field)
        for one in value if isinstance(value, tuple) else (value,):
            if hasattr(one, "get_secret_value"):
                text = str(one.get_secret_value())
                found.add(text)
                if "://" in text and "@" in text:
                    found.add(text.partition("://")[2].rpartition("@")[0].partition(":")[2])
    return found


class _Line:
    """Renders an event to one redacted line: the last step, so that nothing comes after it."""

    def __init__(self, render: Processor, redact: Redactor) -> None:
        self._render = render
        self._redact = redact

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> str:
        return self._redact(str(self._render(logger, method, event)))


def _json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


class _Needless(logging.Filter):
    """Drops what discord.py says about voice, and about a client that has no gateway on purpose."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = str(record.msg)
        return "voice will NOT be supported" not in text and "intent seems to be disabled" not in text


def configure(settings: Settings, role: str) -> None:
    """Set up logging for this process: ours and that of the libraries, one shape, one stream."""
    text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    level = getattr(logging, settings.log_level.upper())
    redact = Redactor(secrets_of(settings))

    def add_role(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["role"] = role
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if text else "iso", utc=not text),
        add_role,
    ]
    tail: list[Processor] = []
    render: Processor
    if text:
        render = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    else:
        tail = [structlog.processors.format_exc_info]
        render = _json
    line = _Line(render, redact)
    structlog.configure(
        processors=[*shared, *tail, line],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(), structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *tail, line],
        )
    )
    handler.addFilter(_Needless())
    logging.basicConfig(handlers=[handler], level=max(level, logging.INFO), force=True)
    # Libraries that tell every step or heartbeat at INFO.
    for noisy in ("discord", "aiohttp.access", "httpx", "httpx2", "apscheduler", "alembic", "google_genai"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))


def get(name: str) -> Any:
    """A logger whose lines say `part=name`; call it as `log.info("event_in_few_words", key=value)`."""
    return structlog.get_logger(part=name)
