"""Promises of mechanics: advantages, healing to come, luck that is sure."""

from collections.abc import Iterator
from typing import Final

from core.story.claims.claim import Claim, Fault
from core.story.claims.grasp import Finding, Grasp
from core.story.claims.phrases import Hit

_FUTURE: Final = ("ará", "erá", "irá", "orá", "arão", "erão", "irão", "orão")


def read(grasp: Grasp) -> Iterator[Finding]:
    """Yield what is promised: the engine's own promises hold, no others."""
    if grasp.has("mood.doubt") or grasp.hearsay:
        return
    said = [hit for hit in grasp.hits if hit.group == "promise" and _told(grasp, hit)]
    for hit in said:
        if grasp.denied(hit) or hit.name not in {"promise.advantage", "promise.disadvantage"}:
            continue
        what = hit.name.partition(".")[2]
        whos = [m for m in grasp.whos() if any(p.hero for p in grasp.people(m))]
        ids = {i for m in whos for i in m.ids} or set(grasp.before)
        fine = any(promised == what and (not ids or who in ids) for who, promised in grasp.evidence.promises)
        yield _finding(grasp, hit, what, fine=fine)
        if fine:
            return
    future = [hit for hit in said if hit.name == "promise.future"]
    for hit in said:
        if hit.name == "promise.mechanics" and not grasp.denied(hit) and not _reported(grasp, hit):
            yield _finding(grasp, hit, "mechanics", fine=False)
        if hit.name == "promise.healing" and future and not grasp.denied(hit):
            yield _finding(grasp, hit, "healing", fine=False)

    if not said or not any(_is_advantage(hit) for hit in said):
        yield from _foretold(grasp)


def _is_advantage(hit: Hit) -> bool:
    return hit.name in {"promise.advantage", "promise.disadvantage"}


def _foretold(grasp: Grasp) -> Iterator[Finding]:
    """What the teller says will befall a hero, or whoever does something: nobody may know it."""
    lists, tokens = grasp.lexicon.lists, grasp.said.tokens
    whos = any(p.hero for m in grasp.whos() for p in grasp.people(m)) or lists["whoever"] & set(grasp.said.words)
    for at, token in enumerate(tokens):
        will = token.word in lists["will"] or (
            grasp.cast.language == "pt-BR"
            and len(token.raw) > 4
            and token.raw.casefold().endswith(_FUTURE)
            and not _infinitive(grasp, at)
            and token.word not in lists["real"]
        )
        hit = Hit("promise.foretold", at, at + 1)
        if will and whos and _told(grasp, hit) and not _negated(grasp, at) and token.part not in grasp.unreal_parts:
            yield _finding(grasp, hit, "what will be", fine=False)
            return


def _infinitive(grasp: Grasp, at: int) -> bool:
    """Whether it is an infinitive with a pronoun: `procurá-lo`."""
    return bool({"lo", "la", "los", "las"} & set(grasp.said.words[at + 1 : at + 2]))


def _reported(grasp: Grasp, hit: Hit) -> bool:
    """Whether somebody is told to have announced it: `says that she will strike`."""
    words = grasp.said.words
    return any(
        said.end <= hit.start and grasp.lexicon.lists["that"] & set(words[said.end : hit.start])
        for said in grasp.hits
        if said.name == "mind.says"
    )


def _negated(grasp: Grasp, at: int) -> bool:
    """Whether what will be is denied, asked in a clause of its own, or awaited: `nothing will`, `what she will say`."""
    words, lists = grasp.said.words, grasp.lexicon.lists
    clause = [
        w for w, t in zip(words[:at], grasp.said.tokens, strict=False) if t.clause == grasp.said.tokens[at].clause
    ]
    return bool(
        lists["not"] & {*clause[-2:], *words[at : at + 2]}
        or lists.get("nobody", frozenset()) & set(clause)
        or lists.get("asking", frozenset()) & set(clause[-4:])
        or grasp.has("hp.barely")
    )


def _told(grasp: Grasp, hit: Hit) -> bool:
    token = grasp.said.tokens[hit.start]
    return not token.quoted and token.part not in grasp.said.asked


def _finding(grasp: Grasp, hit: Hit, what: str, *, fine: bool) -> Finding:
    tokens = grasp.said.tokens
    span = (tokens[hit.start].start, tokens[hit.end - 1].end)
    claim = Claim("promise", "table", what, span)
    return Finding(claim, None if fine else Fault("promise", f"nothing promises {what}", span))
