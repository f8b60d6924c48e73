"""Checks that both languages say everything: `python -m tools.catalogues` lists what is missing and exits 1."""

import string
import sys

from core.i18n.catalogue import LOCALES, Message, keys, template

_FREE = {"n", "metres", "feet"}


def problems() -> list[str]:
    """One sentence per key that one language lacks, or whose languages ask for different data."""
    found = []
    everything = frozenset[str]().union(*(keys(locale) for locale in LOCALES))
    for key in sorted(everything):
        lacking = [locale for locale in LOCALES if key not in keys(locale)]
        if lacking:
            found.append(f"{key} is missing in {', '.join(lacking)}")
            continue
        asked = {locale: _fields(template(locale, key)) for locale in LOCALES}
        if len(set(asked.values())) > 1:
            found.append(f"{key} asks for different data: {asked}")
    return found


def _fields(message: Message) -> frozenset[str]:
    texts = (message,) if isinstance(message, str) else tuple(message.values())
    # A plural form may leave its own number out ("one goblin"), and each language has its own unit of length.
    return frozenset(name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name) - _FREE


def main() -> int:
    """Print the problems; the exit code."""
    found = problems()
    sys.stdout.writelines(f"{problem}\n" for problem in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
