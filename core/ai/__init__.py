"""One door to all models. Importing it loads no provider's SDK."""

from core.ai.attempt import Deadlines
from core.ai.budget import Budget, MemoryBudget, Unlimited
from core.ai.cache import Cache, MemoryCache
from core.ai.errors import (
    Blocked,
    KeyRejected,
    Malformed,
    NoProvider,
    ProviderError,
    RateLimited,
    TooLong,
    Unavailable,
)
from core.ai.events import Call, Event, Finished, Text, Usage
from core.ai.ledger import Account, Attempt, Ledger, MemoryLedger
from core.ai.observer import Clock, Observer, Silent, SystemClock
from core.ai.prompt import Message, Prompt, Tool, ToolCall
from core.ai.provider import ModelSettings, Provider
from core.ai.router import Completion, Router
from core.ai.settings import RouterSettings, SettingsError

__all__ = [
    "Account",
    "Attempt",
    "Blocked",
    "Budget",
    "Cache",
    "Call",
    "Clock",
    "Completion",
    "Deadlines",
    "Event",
    "Finished",
    "KeyRejected",
    "Ledger",
    "Malformed",
    "MemoryBudget",
    "MemoryCache",
    "MemoryLedger",
    "Message",
    "ModelSettings",
    "NoProvider",
    "Observer",
    "Prompt",
    "Provider",
    "ProviderError",
    "RateLimited",
    "Router",
    "RouterSettings",
    "SettingsError",
    "Silent",
    "SystemClock",
    "Text",
    "TooLong",
    "Tool",
    "ToolCall",
    "Unavailable",
    "Unlimited",
    "Usage",
]
