"""Names: nobody may be named whom the engine does not know."""

from collections.abc import Iterator
from typing import Final

from core.story.claims.claim import Claim, Fault
from core.story.claims.evidence import Evidence
from core.story.claims.grasp import Finding, Grasp
from core.story.claims.tokens import Token
from core.story.sentences import folded

LEAST: Final = 3
LIKE: Final = 2
_NOT_NAMES: Final = ("mente", "ndo", "ado", "ido", "ada", "ida", "ar", "er", "ir")


def read(grasp: Grasp) -> Iterator[Finding]:
    """Yield the capitalised words that are nobody's and nothing's name."""
    tokens = grasp.said.tokens
    mentioned = {i for m in grasp.mentions for i in range(m.start, m.end)}
    known = _known(grasp.evidence)
    for at, token in enumerate(tokens):
        if not token.raw[0].isupper() or at in mentioned or len(token.raw) < LEAST:
            continue
        if (token.part in grasp.said.asked and not token.quoted) or (token.quoted and grasp.cast.language == "pt-BR"):
            continue
        if token.word in known | grasp.lexicon.lists["figures"] and (token.first or not _astray(token.raw, grasp)):
            if not _astray(token.raw, grasp):
                continue
        elif token.word in known or token.word in grasp.lexicon.lists["proper"] or not _name(grasp, at, token, known):
            continue
        span = (token.start, token.end)
        yield Finding(Claim("name", token.raw, "named", span), Fault("name", f"nobody {token.raw}", span))


def _astray(raw: str, grasp: Grasp) -> bool:
    """Whether it is a known name but for its accents."""
    names = {name for person in grasp.evidence.people.values() for name in person.name.casefold().split()}
    return (
        folded(raw) in {folded(name) for name in names}
        and raw.casefold() not in names
        and folded(raw) != raw.casefold()
    )


def _known(evidence: Evidence) -> set[str]:
    return {word for person in evidence.people.values() for word in folded(person.name).split()}


def _name(grasp: Grasp, at: int, token: Token, known: set[str]) -> bool:
    """Whether a capitalised word is a name: not at a sentence's start, or a first name, or nearly a known one."""
    lists = grasp.lexicon.lists
    words = grasp.said.words
    sworn = lists.get("oath", frozenset())
    if grasp.has("mood.misnamed") or ("saint" in {token.word, *words[max(0, at - 1) : at]} and sworn & set(words[:at])):
        return False
    if _astray(token.raw, grasp) or not token.first or token.word in lists["first_names"] | lists["titles"]:
        return True
    if token.word in lists["starters"] | lists["vocabulary"]:
        return False
    plural = grasp.cast.language == "pt-BR" and token.word.endswith(("am", "em", "ando", "endo", "ente", "ado", "ada"))
    if _verbal(grasp, at) and not plural and any(token.word[0] == name[0] for name in known | lists["figures"]):
        return True
    if _bare(grasp, at, token):
        return True
    return any(_near(token.word, name) for name in known | set(lists["figures"]))


def _bare(grasp: Grasp, at: int, token: Token) -> bool:
    """Whether a word without a determiner begins the sentence and a verb of deeds follows: only a name does."""
    words, lists = grasp.said.words, grasp.lexicon.lists
    if (
        grasp.cast.language != "pt-BR"
        or at + 1 >= len(words)
        or not token.word.endswith(("a", "o", "e", "i", "l", "r"))
    ):
        return False
    if token.word.endswith(_NOT_NAMES) or any(h.start <= at < h.end for h in grasp.hits):
        return False
    return words[at + 1] in lists["deed"]


def _verbal(grasp: Grasp, at: int) -> bool:
    """Whether a verb of the third person, or an apposition, seems to follow."""
    words, lists = grasp.said.words, grasp.lexicon.lists
    following = words[at + 1] if at + 1 < len(words) else ""
    if following == "," and at + 2 < len(words):
        return words[at + 2] in lists["determiner"] | lists["person_noun"]
    ends = ("s", "ed") if grasp.cast.language == "en-US" else ("a", "e", "ou", "eu", "iu")
    return len(following) > 2 and following.endswith(ends) and following not in lists["small"] | lists["prepositions"]


def _near(word: str, name: str) -> bool:
    """Whether a word is a name with a letter or two astray."""
    if abs(len(word) - len(name)) > LIKE or word[0] != name[0] or len(word) < 4:
        return False
    most = 1 if len(name) <= 4 else LIKE
    return 0 < _distance(word, name, most) <= most or (word == name)


def _distance(one: str, other: str, most: int) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            diagonal, row[j] = row[j], min(diagonal + (a != b), row[j] + 1, row[j - 1] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]
