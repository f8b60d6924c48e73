"""Who and what a sentence speaks of: names, roles, creatures, pronouns, groups, items, places, numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from core.story.claims.evidence import Evidence, Person
from core.story.claims.phrases import Hit, lexicon
from core.story.claims.tokens import Token, Words
from core.story.sentences import folded

Role = Literal["subject", "owner", "object", "beside"]
Sort = Literal["who", "item", "place"]
Form = Literal["name", "noun", "pronoun", "group"]
KIND_GENDERS: Final[Mapping[str, Mapping[str, str]]] = {
    "pt-BR": {"eel": "she", "crab": "he"},
    "en-US": {"eel": "it", "crab": "it"},
}


@dataclass(frozen=True)
class Mention:
    """Some words that stand for somebody or something. `any_of`: one of the ids, it is not said which."""

    sort: Sort
    ids: tuple[str, ...]
    start: int
    end: int
    role: Role = "subject"
    form: Form = "name"
    any_of: bool = False


_OPENERS: Final = frozenset({"e", "mas", "que", "se", "quando", "enquanto", "como", "nem", "ou", "porque", "onde"})

Seen = dict[str, str]
"""Who was spoken of last, by gender; `subject` is whom the last sentence was about."""


class Cast:
    """Everybody and everything that a telling may speak of, by surface form."""

    def __init__(self, evidence: Evidence, language: str) -> None:
        self.evidence = evidence
        self.language = language
        self._lexicon = lexicon(language, "mentions")
        self._names: dict[str, list[tuple[tuple[str, ...], Person]]] = {}
        for person in evidence.people.values():
            if words := tuple(folded(person.name).split()):
                self._names.setdefault(words[0], []).append((words, person))
        self._away = self._lexicon.lists["figures"] - self._names.keys()

    def gender(self, person: Person) -> str:
        """Return which pronoun the language has for somebody."""
        return KIND_GENDERS[self.language].get(person.kind, person.gender)

    def mentions(self, said: Words, seen: Seen) -> list[Mention]:
        """Return the mentions of a sentence in order, with their parts in it; notes whom it spoke of in `seen`."""
        found = self._named(said)
        taken = {i for m in found for i in range(m.start, m.end)}
        for hit in self._lexicon.hits(said.words, {}):
            if taken.isdisjoint(range(hit.start, hit.end)):
                found += self._of(hit, said)
                taken.update(range(hit.start, hit.end))
        found.sort(key=lambda mention: mention.start)
        found = [
            m for at, m in enumerate(found) if m.form != "group" or not self._counts(m, found[at + 1 : at + 2], said)
        ]
        return self._joined(self._placed(found, said, seen), said)

    def _named(self, said: Words) -> list[Mention]:
        found = []
        for at, token in enumerate(said.tokens):
            for words, person in self._names.get(token.word, ()):
                raw = " ".join(t.raw for t in said.tokens[at : at + len(words)])
                if raw[:1].isupper() and _same(raw, person.name) and not self._common(said, at):
                    found.append(Mention("who", (person.id,), at, at + len(words)))
            if token.word in self._away and token.raw[0].isupper():
                found.append(Mention("who", (f"no {token.word}",), at, at + 1))
        return found

    def _counts(self, group: Mention, following: Sequence[Mention], said: Words) -> bool:
        """Whether a group word only counts what comes behind it: `both guards`, `all three of the eels`."""
        if not following or following[0].sort != "who" or following[0].start - group.end > 3:
            return False
        between = said.words[group.end : following[0].start]
        return following[0].form == "noun" and all(w in self._lexicon.lists["between"] | {"of"} for w in between)

    def _common(self, said: Words, at: int) -> bool:
        return at > 0 and said.words[at - 1] in self._lexicon.lists["indefinite"]

    def _of(self, hit: Hit, said: Words) -> list[Mention]:  # noqa: PLR0911 - one a group of forms
        group, name = hit.group, hit.name.partition(".")[2]
        if group == "item":
            return [Mention("item", (name,), hit.start, hit.end, form="noun")]
        if group == "place":
            return [Mention("place", tuple(name.split("_")), hit.start, hit.end, form="noun")]
        if group == "pronoun":
            return [Mention("who", (name,), hit.start, hit.end, form="pronoun")]
        if group == "group":
            heroes = tuple(hero.id for hero in self.evidence.heroes())
            others = name == "others"
            return [Mention("who", heroes, hit.start, hit.end, form="group", any_of=others)] if heroes else []
        plural = group == "kinds"
        kinds = {"eel", "crab"} if name == "creature" else {name}
        before = said.words[hit.start - 1] if hit.start else ""
        if said.words[hit.start] in self._lexicon.lists["doubtful"] and before not in self._lexicon.lists["manly"]:
            return []
        ids = tuple(p.id for p in self.evidence.people.values() if p.kind in kinds)
        if not ids:
            return [Mention("who", (f"no {name}",), hit.start, hit.end, form="noun")] if group != "role" else []
        if not plural and len(ids) > 1:
            ids = self._ordinal(ids, before)
        some = not plural or self._some(said, hit.start)
        return [Mention("who", ids, hit.start, hit.end, form="noun", any_of=some and len(ids) > 1)]

    def _ordinal(self, ids: tuple[str, ...], word: str) -> tuple[str, ...]:
        for at, name in enumerate(("first", "second", "third")):
            if word in self._lexicon.lists[name] and at < len(ids):
                return ids[at : at + 1]
        return ids

    def _some(self, said: Words, at: int) -> bool:
        """Whether a plural stands behind `one of the`."""
        return bool(self._lexicon.lists["some"] & set(said.words[max(0, at - 4) : at]))

    def _placed(self, found: Sequence[Mention], said: Words, seen: Seen) -> list[Mention]:
        placed: list[Mention] = []
        clauses: dict[int, int] = {}
        things: set[int] = set()
        last: Seen = dict(seen)
        for each in found:
            mention = each
            clause = said.tokens[mention.start].clause
            role = self._role(mention, said, clauses.get(clause, 0))
            if role == "subject" and mention.form == "noun" and mention.sort == "who" and clause in things:
                role = "object"
            if mention.sort == "item" and role == "subject" and self.language == "pt-BR":
                things.add(clause)
            if mention.form == "pronoun":
                resolved = self._whom(mention, last)
                if resolved is None:
                    continue
                mention = resolved
            if mention.sort == "who" and role == "subject":
                clauses[clause] = clauses.get(clause, 0) + 1
            placed.append(replace(mention, role=role))
            self._note(placed[-1], last, quoted=said.tokens[mention.start].quoted)
        seen.update(last)
        return placed

    def _note(self, mention: Mention, last: Seen, *, quoted: bool) -> None:
        if mention.sort != "who" or quoted or mention.form == "group":
            return
        for person in (self.evidence.people[i] for i in mention.ids if i in self.evidence.people):
            last[self.gender(person)] = person.id

    def _whom(self, mention: Mention, last: Seen) -> Mention | None:
        """Return whom a pronoun stands for; None when it is not known."""
        gender = mention.ids[0].partition(" ")[0]
        if gender in last:
            return replace(mention, ids=(last[gender],))
        if gender == "they":
            heroes = tuple(hero.id for hero in self.evidence.heroes())
            return replace(mention, ids=heroes, form="group", any_of=True)
        people = [p.id for p in self.evidence.heroes() if self.gender(p) == gender]
        return replace(mention, ids=(people[0],)) if len(people) == 1 else None

    def _role(self, mention: Mention, said: Words, subjects: int) -> Role:
        lists, words = self._lexicon.lists, said.words
        before = mention.start - 1
        while before >= 0 and (words[before] in lists["between"] or _article(said.tokens[before], mention)):
            before -= 1
        previous = (
            words[before] if before >= 0 and said.tokens[before].clause == said.tokens[mention.start].clause else ""
        )
        following = words[mention.end] if mention.end < len(words) else ""
        own = words[mention.start]
        if (
            following == "'s"
            or own in lists["owning"]
            or (
                own == "her"
                and following.isalpha()
                and not following.endswith("ly")
                and following not in lists["beside"]
            )
        ):
            return "owner"
        if self.language == "pt-BR" and previous in lists["of"]:
            return "owner"
        if own in lists["objective"] or own == "her":
            return "object"
        if previous in lists["beside"] or self._given_to(mention, previous, said):
            return "beside"
        if subjects and previous not in lists["and"]:
            return "object"
        return "subject"

    def _listed(self, last: Mention, mention: Mention, said: Words) -> bool:
        """Whether a comma joins two of a list: `Lia, Max and Zé`."""
        following = said.words[mention.end : mention.end + 1]
        apart = said.words[last.end : mention.start]
        return apart[:1] == (",",) and (mention.form == "group" or bool(self._lexicon.lists["and"] & set(following)))

    def _given_to(self, mention: Mention, previous: str, said: Words) -> bool:
        """Whether `a` before a name is the preposition: it is the article only of a woman's name."""
        if mention.form != "name" or previous != "a" or self.language != "pt-BR":
            return False
        before = mention.start - 2
        if before >= 0 and said.words[before].isalpha() and said.words[before] not in _OPENERS:
            return True
        return any(self.gender(self.evidence.people[i]) != "she" for i in mention.ids if i in self.evidence.people)

    def _joined(self, found: Sequence[Mention], said: Words) -> list[Mention]:
        """Join `Lia and Max` into one mention of both."""
        joined: list[Mention] = []
        conjunctions = self._lexicon.lists["and"]
        for mention in found:
            last = joined[-1] if joined else None
            if (
                last
                and last.sort == mention.sort == "who"
                and "pronoun" not in {last.form, mention.form}
                and last.end < mention.start <= last.end + 3
                and all(w in conjunctions or w in {",", "the", "o", "a"} for w in said.words[last.end : mention.start])
                and (said.words[last.end] in conjunctions or self._listed(last, mention, said))
            ):
                role = last.role if last.role != "object" else mention.role
                joined[-1] = replace(last, ids=(*last.ids, *mention.ids), end=mention.end, role=role)
            else:
                joined.append(mention)
        return joined


def _article(token: Token, mention: Mention) -> bool:
    """Whether it is the feminine article, not the preposition: before a noun, without an accent."""
    return mention.form == "noun" and token.raw.casefold() in {"a", "as"}


def slots(found: Sequence[Mention], evidence: Evidence, said: Words) -> dict[int, dict[str, int]]:
    """Return which mentions begin at which word, and where clauses begin and end, for phrases with slots."""
    made = _bounds(said)
    for mention in found:
        here = made.setdefault(mention.start, {})
        here[mention.sort.upper()] = mention.end
        if mention.sort == "who" and any(i in evidence.people and evidence.people[i].hero for i in mention.ids):
            here["HERO"] = mention.end
        if mention.start and said.words[mention.start - 1] == "the":
            made.setdefault(mention.start - 1, {}).update(here)
    return made


def _bounds(said: Words) -> dict[int, dict[str, int]]:
    made: dict[int, dict[str, int]] = {len(said.tokens): {"END": len(said.tokens)}}
    clause = -1
    for at, token in enumerate(said.tokens):
        if token.word.isalnum():
            if token.clause != clause:
                made.setdefault(at, {})["START"] = at
            clause = token.clause
        else:
            made.setdefault(at, {})["END"] = at
    return made


def _same(raw: str, name: str) -> bool:
    """Whether the words are the name: accents may be left out, not moved."""
    return raw.casefold() == name.casefold() or raw.casefold() == folded(name)
