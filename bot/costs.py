"""`yourtale costs`: what a month cost by guild, model and day, in the operator's currency, and what it will cost."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

import orjson

from bot import settings
from bot.prices import stale
from bot.settings import Settings
from bot.settings_source import SettingsError
from bot.spending import Line, forecast, lines
from core.db.pools import Database

_GROUPS: Final[dict[str, Callable[[Line], str]]] = {
    "guilds": lambda line: str(line.guild_id or "none"),
    "models": lambda line: f"{line.provider}/{line.model}",
    "days": lambda line: line.day.isoformat(),
}
MOST_ROWS: Final = 50


@dataclass
class Total:
    """A sum of lines; money in millionths of a dollar, `estimated` the part that no provider has confirmed."""

    calls: int = 0
    input: int = 0
    cached: int = 0
    output: int = 0
    micro_usd: int = 0
    estimated: int = 0

    def add(self, line: Line) -> None:
        """Count a line in."""
        self.calls += line.calls
        self.input += line.input
        self.cached += line.cached
        self.output += line.output
        self.micro_usd += line.micro_usd
        self.estimated += line.estimated


@dataclass
class Costs:
    """A month. `forecast` is None for a month that is over."""

    month: str
    currency: str
    per_usd: Decimal
    rate_date: date | None
    total: Total = field(default_factory=Total)
    forecast: int | None = None
    guilds: dict[str, Total] = field(default_factory=dict)
    models: dict[str, Total] = field(default_factory=dict)
    days: dict[str, Total] = field(default_factory=dict)


def main(argv: Sequence[str]) -> int:
    """Print a month's costs."""
    parser = argparse.ArgumentParser(prog="yourtale costs", description="What the storyteller cost in a month (UTC).")
    parser.add_argument("--month", metavar="YYYY-MM", help="another month than this one")
    parser.add_argument("--json", action="store_true", help="as JSON, money in millionths of a dollar")
    options = parser.parse_args(argv)
    given = settings.load()
    costs = asyncio.run(_read(given, _month(options.month)))
    if options.json:
        sys.stdout.write(orjson.dumps(asdict(costs), default=str, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in table(costs)))
    for sentence in stale(given):
        sys.stderr.write(f"yourtale: {sentence}\n")
    return 0


def summed(given: Settings, month: date, found: Sequence[Line]) -> Costs:
    """Put a month's lines together."""
    costs = Costs(f"{month:%Y-%m}", given.currency, given.currency_per_usd, given.currency_date)
    for line in found:
        costs.total.add(line)
        for group, key in _GROUPS.items():
            getattr(costs, group).setdefault(key(line), Total()).add(line)
    return costs


def table(costs: Costs) -> list[str]:
    """Costs as lines of text, the dearest guilds and models first."""

    def money(micro_usd: int) -> str:
        return f"{costs.currency} {micro_usd * costs.per_usd / 1_000_000:,.4f}"

    head = f"{costs.month}: {money(costs.total.micro_usd)} for {costs.total.calls} calls"
    if costs.total.estimated:
        head += f", of which {money(costs.total.estimated)} at most (cut calls, never below the bill)"
    found = [head]
    if costs.forecast is not None:
        found.append(f"whole month, as in the last seven days: {money(costs.forecast)}")
    if costs.currency != "USD":
        found.append(f"1 US$ = {costs.per_usd} {costs.currency}, rate of {costs.rate_date or 'an unknown day'}")
    for name, group in (("guild", costs.guilds), ("model", costs.models), ("day", costs.days)):
        rows = sorted(group.items()) if name == "day" else sorted(group.items(), key=lambda row: -row[1].micro_usd)
        found += ["", f"{name:<32} {'calls':>8} {'in':>12} {'cached':>12} {'out':>10}  cost"]
        found += [
            f"{key[:32]:<32} {row.calls:>8} {row.input:>12} {row.cached:>12} {row.output:>10}  {money(row.micro_usd)}"
            for key, row in rows[:MOST_ROWS]
        ]
        if len(rows) > MOST_ROWS:
            found.append(f"… {len(rows) - MOST_ROWS} more; --json shows all")
    return found


def _month(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date().replace(day=1)
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise SettingsError(["`yourtale costs --month` takes a month, such as 2026-11."]) from None


async def _read(given: Settings, month: date) -> Costs:
    database = await Database.open(given.database, most=2)
    now = datetime.now(UTC)
    try:
        costs = summed(given, month, await lines(database.reader, month))
        if month == now.date().replace(day=1):
            costs.forecast = await forecast(database.reader, now)
    finally:
        await database.close()
    return costs
