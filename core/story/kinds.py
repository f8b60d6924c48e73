"""Every kind of prompt: whether its text is a function of its key, what the key is, who may share it, how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Mode = Literal["kept", "in_flight", "never"]
Tenant = Literal["everyone", "guild", "session"]
MONTH: Final = 30 * 86_400


@dataclass(frozen=True)
class PromptKind:
    """How answers of one kind may be shared.

    `mode`: kept in the cache, shared only while in flight, or never shared. `key`: what the text depends on, beside
    what every key holds (templates, models, sampling, language, rating where the template names it). `people`: the
    prompt holds people's words, which may be erased; what is drawn from them is never kept.
    """

    name: str
    mode: Mode
    key: str
    people: bool
    tenant: Tenant = "session"
    seconds: int = 0
    variants: int = 1


KINDS: Final = (
    PromptKind("rules", "kept", "ruleset, language, normal form of the question", False, "everyone", MONTH),
    PromptKind("description", "kept", "world, thing or creature, style", False, "everyone", MONTH, 4),
    PromptKind("opener", "kept", "world, scene, style; names are slots", False, "everyone", MONTH, 4),
    PromptKind("classification", "in_flight", "what is classified, version of the labels", True),
    PromptKind("recap", "in_flight", "session, its last event", True),
    PromptKind("summary", "in_flight", "session, its last event", True),
    # One worker holds the claim on an event's telling, so a second call for it is never begun.
    PromptKind("narration", "never", "the event: its claim coalesces", True),
    # How things stand is nobody else's answer, and not this person's a minute later.
    PromptKind("answer", "never", "the state at this moment, as one person sees it", True),
)


def pure_kinds() -> Mapping[str, Any]:
    """Return the `pure` part of the router's settings."""
    return {
        kind.name: {"tenant": kind.tenant, "seconds": kind.seconds, "variants": kind.variants}
        for kind in KINDS
        if kind.mode != "never"
    }
