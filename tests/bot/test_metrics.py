"""The catalogue of metrics: what the plan asks for is there, and labels stay few."""

from prometheus_client import REGISTRY

from bot import metrics

FEW = {"kind", "outcome", "command", "provider", "model", "direction", "state"}


def test_no_label_can_carry_a_guild_session_channel_person_or_key() -> None:
    ours = [one for one in vars(metrics).values() if hasattr(one, "_labelnames")]
    assert len(ours) >= 15
    for one in ours:
        assert set(one._labelnames) <= FEW, one


def test_what_the_alarms_and_the_dashboard_need_is_exported() -> None:
    names = {family.name for family in REGISTRY.collect()}
    assert {
        "yourtale_interactions",
        "yourtale_commands",
        "yourtale_narration_first_word_seconds",
        "yourtale_narration_seconds",
        "yourtale_ai_attempts",
        "yourtale_ai_cost_micro_usd",
        "yourtale_queue_wake_ups",
        "yourtale_pending_oldest_seconds",
        "yourtale_delivery_edits",
        "yourtale_sessions_active",
        "yourtale_event_loop_lag_seconds",
        "process_cpu_seconds",
    } <= names
