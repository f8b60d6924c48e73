"""`python -m bench NAME [--short]`: one measurement; without a name, their list. `all` runs every one."""

import importlib
import pkgutil
import sys

import bench

_PARTS = {"__main__", "bare", "parts", "processes", "report"}


def main(argv: list[str]) -> int:
    """Run what was asked for and return the exit code."""
    names = sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if m.name not in _PARTS)
    words = [word for word in argv if word != "--short"]
    if len(words) != 1 or words[0] not in {*names, "all"}:
        sys.stderr.write(f"python -m bench NAME [--short], NAME one of: {', '.join(names)}, all\n")
        return 2
    for name in names if words[0] == "all" else words:
        importlib.import_module(f"bench.{name}").main(short="--short" in argv)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
