"""`yourtale why REFERENCE`: one turn's life across shard, log, queue, attempts, money and delivery, without secrets."""

import asyncio
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import msgspec

from bot import settings
from bot.settings_source import SettingsError
from core.db.pools import Database
from core.game.readings import TABLE, may_see

_REFERENCE: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")
_ROWS: Final = """
SELECT session_id, seq, command_key, actor, events, at FROM log WHERE reference = $1 ORDER BY session_id, at, seq
"""
_SESSION: Final = """
SELECT session_id, channel_id, status, head_seq, pending_since, next_try_at, tries FROM sessions WHERE session_id = $1
"""
_TELLINGS: Final = """
SELECT start, through, attempt, whole, teller, octet_length(draft) AS bytes, updated_at
FROM tellings WHERE session_id = $1 AND start = ANY($2::int[]) ORDER BY start
"""
_DELIVERY: Final = """
SELECT from_seq, channel_id, private, message_ids, posting, shown, status, expires_at
FROM delivery WHERE session_id = $1 AND (reference = $2 OR from_seq = ANY($3::int[])) ORDER BY from_seq
"""
_LEDGER: Final = """
SELECT at, settled_at, attempt, kind, provider, model, state, outcome, input_tokens, output_tokens, micro_usd
FROM ledger WHERE reference = $1 ORDER BY id
"""


@dataclass(frozen=True)
class _Line:
    at: Any
    where: str
    what: str


def main(argv: Sequence[str]) -> int:
    """Print a turn's life; exit code 1 when nothing is known of the reference."""
    reference = argv[0].upper() if len(argv) == 1 else ""
    if not _REFERENCE.fullmatch(reference):
        raise SettingsError(["`yourtale why` takes the eight characters after `ref`, such as 7K2QAB3D."])
    lines = asyncio.run(_life(settings.load().database, reference))
    for line in lines:
        sys.stdout.write(
            f"{line.at:%H:%M:%S.%f}  {line.where:<9} {line.what}\n" if line.at else f"{'':17}{line.what}\n"
        )
    if not lines:
        sys.stderr.write(f"yourtale: Nothing is stored under {reference}; look for it in the logs of the shards.\n")
    return 0 if lines else 1


async def _life(url: str, reference: str) -> list[_Line]:
    database = await Database.open(url, most=2)
    try:
        found = await database.reader.fetch(_ROWS, reference)
        lines = [_row(row) for row in found]
        for session_id in {row["session_id"] for row in found}:
            starts = sorted({start for row in found if row["session_id"] == session_id for start in _starts(row)})
            lines += [_session(row) for row in await database.reader.fetch(_SESSION, session_id)]
            lines += [_telling(row) for row in await database.reader.fetch(_TELLINGS, session_id, starts)]
            lines += [_delivery(row) for row in await database.reader.fetch(_DELIVERY, session_id, reference, starts)]
        lines += [line for row in await database.reader.fetch(_LEDGER, reference) for line in _attempt(row)]
    finally:
        await database.close()
    return sorted((line for line in lines if line.at), key=lambda line: line.at) + [x for x in lines if not x.at]


def _events(row: asyncpg.Record) -> list[dict[str, Any]]:
    return list(msgspec.json.decode(row["events"]))


def _starts(row: asyncpg.Record) -> Iterator[int]:
    """Yield the telling rows that a log row belongs to."""
    if row["command_key"].startswith(("tell:", "ask:", "answer:")):
        yield int(row["command_key"].split(":")[1])
    for event in _events(row):
        if event["type"] == "Questioned":
            yield row["seq"]


def _row(row: asyncpg.Record) -> _Line:
    events = ", ".join(_named(event) for event in _events(row))
    who = f"person {row['actor']}" if row["actor"] else "the storyteller"
    return _Line(row["at"], "log", f"session {row['session_id']} row {row['seq']} by {who}: {events}")


def _named(event: dict[str, Any]) -> str:
    to = event.get("to", "all")
    if not may_see(tuple(to) if isinstance(to, list) else to, TABLE):
        return f"{event['type']} (private)"
    shown = {
        k: v for k, v in event.items() if k in {"hero", "who", "outcome", "tool", "ok", "start", "through", "teller"}
    }
    return " ".join([event["type"], *(f"{k}={v}" for k, v in shown.items())])


def _session(row: asyncpg.Record) -> _Line:
    pending = (
        f"pending since {row['pending_since']:%H:%M:%S}, tried {row['tries']}×" if row["pending_since"] else "idle"
    )
    return _Line(None, "session", f"session {row['session_id']}: {row['status']}, at row {row['head_seq']}, {pending}")


def _telling(row: asyncpg.Record) -> _Line:
    extent, teller = "whole" if row["whole"] else "partial", row["teller"] or "nobody yet"
    text = f"{row['bytes'] or 0} bytes sealed, {extent}, by {teller}"
    return _Line(
        row["updated_at"], "telling", f"rows {row['start']}–{row['through']}, attempt {row['attempt']}: {text}"
    )


def _delivery(row: asyncpg.Record) -> _Line:
    sent = ", ".join(map(str, row["message_ids"])) or ("being sent" if row["posting"] else "nothing sent")
    token = f"token until {row['expires_at']:%H:%M:%S}" if row["expires_at"] else "no token"
    return _Line(
        None,
        "delivery",
        f"delivery from row {row['from_seq']}: {row['status']}, messages {sent}, {row['shown']} characters, {token}",
    )


def _attempt(row: asyncpg.Record) -> Iterator[_Line]:
    what = f"attempt {row['attempt']} ({row['kind']}) of {row['provider']}/{row['model']}"
    yield _Line(row["at"], "ai", f"{what} begun")
    if row["settled_at"]:
        money = f"US$ {row['micro_usd'] / 1_000_000:.6f}{' at most' if row['state'] == 'estimated' else ''}"
        tokens = f"{row['input_tokens']} in, {row['output_tokens']} out"
        yield _Line(row["settled_at"], "ai", f"{what} {row['outcome']}: {tokens}, {money}")
