"""The whole catalogue of metrics. No label carries a guild, session, channel, person or key.

Latencies are in seconds, money in millionths of a US dollar.
"""

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_SLOW = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0, 60.0)

INTERACTIONS = Counter("yourtale_interactions_total", "Interactions by kind and outcome.", ("kind", "outcome"))
INTERACTION_SECONDS = Histogram(
    "yourtale_interaction_seconds",
    "From an interaction's own age to its first answer.",
    ("kind",),
    buckets=_FAST,
)
COMMANDS = Counter("yourtale_commands_total", "Commands accepted or refused by the engine.", ("command", "outcome"))
FIRST_WORD_SECONDS = Histogram(
    "yourtale_narration_first_word_seconds",
    "From a wake-up to a narration's first word shown.",
    buckets=_SLOW,
)
NARRATION_SECONDS = Histogram(
    "yourtale_narration_seconds", "From a wake-up to a narration closed.", ("outcome",), buckets=_SLOW
)
STORY_CUTS = Counter(
    "yourtale_story_cut_sentences_total", "Sentences of models that were not told, by what was wrong.", ("kind",)
)
AI_ATTEMPTS = Counter(
    "yourtale_ai_attempts_total", "Calls to AI providers by how they ended.", ("provider", "model", "outcome")
)
AI_FIRST_WORD_SECONDS = Histogram(
    "yourtale_ai_first_word_seconds", "From a call to its first word.", ("provider", "model"), buckets=_SLOW
)
AI_TOKENS = Counter("yourtale_ai_tokens_total", "Tokens by direction.", ("provider", "model", "direction"))
AI_CACHED_TOKENS = Counter(
    "yourtale_ai_cached_tokens_total",
    "Tokens of prompts that a provider had from an earlier one; its part of all is this over those of direction in.",
    ("provider", "model"),
)
AI_LOOKUPS = Counter(
    "yourtale_ai_lookups_total",
    "Prompts that may share an answer, by how they were answered: hit, variant, shared or miss.",
    ("kind", "outcome"),
)
AI_COST_MICRO_USD = Counter("yourtale_ai_cost_micro_usd_total", "Money spent on AI.", ("provider", "model"))
AI_KEYS_REJECTED = Counter(
    "yourtale_ai_keys_rejected_total", "Keys put out of use until the next start.", ("provider",)
)
AI_CIRCUITS = Counter(
    "yourtale_ai_circuits_total", "Circuits opened, and closed again by a probe.", ("provider", "model", "state")
)
AI_SHORT = Counter("yourtale_ai_refused_total", "Attempts that a quota or budget did not allow, by which.", ("kind",))
AI_STAGES = Counter("yourtale_ai_budget_stages_total", "Tellings by how far their budget was spent.", ("kind",))
AI_LIMITS_LOCAL = Gauge("yourtale_ai_limits_local", "1 while Redis is away and this process gives out its own part.")
AI_REAPED = Counter("yourtale_ai_reaped_total", "Reservations of dead processes that were closed.")
AI_HEDGES = Counter(
    "yourtale_ai_hedges_total", "Second calls made because the first word was late.", ("provider", "model")
)
WAKE_UPS = Counter("yourtale_queue_wake_ups_total", "Wake-ups by what became of them.", ("outcome",))
REPLICA_READS = Counter(
    "yourtale_replica_reads_total",
    "Readings that may be a moment old, by whether the replica was chosen, behind or failed.",
    ("outcome",),
)
PENDING_OLDEST_SECONDS = Gauge(
    "yourtale_pending_oldest_seconds",
    "Age of the oldest action that waits to be told: what workers scale on.",
)
DELIVERY_EDITS = Counter("yourtale_delivery_edits_total", "Messages sent or edited for a narration.", ("outcome",))
SESSIONS_ACTIVE = Gauge("yourtale_sessions_active", "Sessions with a command in the last 15 minutes.")
TELLING = Gauge("yourtale_telling", "Stories that this worker tells right now.")
GUILDS = Gauge("yourtale_guilds", "Guilds that this process serves.")
SHARDS_READY = Gauge("yourtale_shards_ready", "Shards of this process that are connected.")
LOOP_LAG_SECONDS = Histogram(
    "yourtale_event_loop_lag_seconds",
    "How much later than asked the event loop came back.",
    buckets=(0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0),
)
# process_cpu_seconds_total and process_resident_memory_bytes come with the client library.
