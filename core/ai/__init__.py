"""One door to all models. Importing it loads no provider's SDK."""

from core.ai.attempt import Deadlines
from core.ai.cache import Cache, MemoryCache
from core.ai.caps import Caps
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
from core.ai.limits import Lease, Limits, Need, Short, Stage
from core.ai.memory_limits import MemoryLimits
from core.ai.observer import Clock, Observer, Silent, SystemClock
from core.ai.prompt import Message, Prompt, Tool, ToolCall
from core.ai.provider import ModelSettings, Provider
from core.ai.quota import Quota
from core.ai.router import Completion, Router
from core.ai.settings import RouterSettings, SettingsError
from core.ai.sharing import Pure
from core.ai.variants import MemoryReadings, Readings

__all__ = [
    "Account",
    "Attempt",
    "Blocked",
    "Cache",
    "Call",
    "Caps",
    "Clock",
    "Completion",
    "Deadlines",
    "Event",
    "Finished",
    "KeyRejected",
    "Lease",
    "Ledger",
    "Limits",
    "Malformed",
    "MemoryCache",
    "MemoryLedger",
    "MemoryLimits",
    "MemoryReadings",
    "Message",
    "ModelSettings",
    "Need",
    "NoProvider",
    "Observer",
    "Prompt",
    "Provider",
    "ProviderError",
    "Pure",
    "Quota",
    "RateLimited",
    "Readings",
    "Router",
    "RouterSettings",
    "SettingsError",
    "Short",
    "Silent",
    "Stage",
    "SystemClock",
    "Text",
    "TooLong",
    "Tool",
    "ToolCall",
    "Unavailable",
    "Usage",
]
