"""The AI core: what a call costs its client, how soon people read, what a turn costs."""


def main(*, short: bool) -> None:
    """Measure and write three tables: ai-calls, ai-people, ai-cost."""
    from bench.ai import calls, cost, people

    calls.main(short=short)
    people.main(short=short)
    cost.main(short=short)
