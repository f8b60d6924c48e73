"""Whether the price list is too old to count money by."""

from datetime import UTC, date, datetime

from bot.settings import Settings
from core.ai.money import price_list


def stale(given: Settings, today: date | None = None) -> list[str]:
    """Sentences about a price list that nobody has looked at for too long; none when it is young enough."""
    age = ((today or datetime.now(UTC).date()) - price_list().checked).days
    if age <= given.price_age_days:
        return []
    return [f"The price list is {age} days old: compare core/ai/prices.toml with the providers' pages."]
