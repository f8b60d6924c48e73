"""The AI core: what a call costs, how soon people read, what a turn costs."""


def main(*, short: bool) -> None:
    """Measure and write three tables."""
    from bench.ai import calls

    calls.main(short=short)
