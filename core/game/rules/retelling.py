"""The newest telling again: in other words, in a second version to choose from, by hand; and what happens next.

A version changes words and nothing else. What was asked and rolled in the telling stays as it is, and the story does
not go back: so nobody fishes for another roll, and people may act meanwhile. The text lies beside the log: a version
that is taken is put where the telling's own text was (`core.story.tellings`), and memory follows by itself.
"""

from typing import Literal

from msgspec.structs import replace

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, Words, applies, rule
from core.game.state import State, Version
from core.game.texts import cleaned

EDIT_MOST = 1_800
HOW = ("again", "other")


class Retell(Command, frozen=True, kw_only=True):
    """Have the narration told at row `stand` told in other words: `again` in its place, `other` beside it."""

    stand: int
    how: Literal["again", "other"]


class EditTelling(Command, frozen=True, kw_only=True):
    """Put one's own words in place of those of the narration told at row `stand`."""

    stand: int
    text: str


class TellVersion(Command, frozen=True, kw_only=True):
    """The version called for at row `start` was told; its text is kept beside the log before this is given.

    Without a `teller` nobody could tell it, and the telling stays as it is.
    """

    start: int
    teller: str


class SettleVersion(Command, frozen=True, kw_only=True):
    """The version called for at row `start` stands in the telling's place, or was put away."""

    start: int


class ChooseVersion(Command, frozen=True, kw_only=True):
    """Take the version called for at row `start`, or leave the narration as it is."""

    start: int
    take: bool


class Continue(Command, frozen=True, kw_only=True):
    """Have the storyteller go on after the narration told at row `stand`, without a deed.

    `broken`: that broke off, so what it had still to tell of its deeds is told first.
    """

    stand: int
    broken: bool = False


class VersionCalled(Event, frozen=True, kw_only=True):
    """Another version of the telling from row `of`, which was told at row `at`, was called for."""

    of: int
    at: int
    how: Literal["again", "other", "edit"]


class VersionTold(Event, frozen=True, kw_only=True):
    """The version called for at row `start` was told."""

    start: int
    teller: str


class VersionSettled(Event, frozen=True, kw_only=True):
    """Nothing is left to do about the version called for at row `start`."""

    start: int


class VersionChosen(Event, frozen=True, kw_only=True):
    """The version called for at row `start` was taken, or was not."""

    start: int
    taken: bool


class WentOn(Event, frozen=True, kw_only=True):
    """The storyteller was asked to go on; `of` is the row of the telling that broke off, `deeds` the rows it told."""

    of: int = 0
    deeds: tuple[int, ...] = ()


@rule(Retell, who="gm")
def retell(state: State, command: Retell, _: Draws) -> Decision:
    """Call for other words, for the newest narration alone and once at a time."""
    if command.how not in HOW:
        raise Refusal("unknown_value", value=command.how[:20])
    of = _newest(state, command.stand)
    return Decision((VersionCalled(of=of, at=state.stand, how=command.how),))


@rule(EditTelling, who="gm")
def edit_telling(state: State, command: EditTelling, _: Draws) -> Decision:
    """Take the game master's words; who wrote them is for the game master alone."""
    of = _newest(state, command.stand)
    words = Words("narration", cleaned(command.text, EDIT_MOST), command.by)
    return Decision((VersionCalled(of=of, at=state.stand, how="edit", to="gm"),), words=(words,))


@applies(VersionCalled)
def _called(state: State, event: VersionCalled, seq: int) -> State:
    return state.with_(version=Version(seq, event.of, event.at, state.shown or event.of, event.how))


@rule(TellVersion, who="table", when_paused=True)
def tell_version(state: State, command: TellVersion, _: Draws) -> Decision:
    """Accept a version that is still wanted."""
    version = _at(state, command.start, "called")
    return Decision((VersionTold(start=command.start, teller=command.teller, to=_audience(version)),))


@applies(VersionTold)
def _told(state: State, event: VersionTold, _: int) -> State:
    return _phase(state, "told" if event.teller else "left")


@rule(ChooseVersion, who="gm", when_paused=True)
def choose_version(state: State, command: ChooseVersion, _: Draws) -> Decision:
    """Settle which version stands."""
    version = state.version
    if version is None or version.row != command.start or version.waits() or version.at != state.stand:
        raise Refusal("moved_on")
    return Decision((VersionChosen(start=command.start, taken=command.take),), {"taken": int(command.take)})


@applies(VersionChosen)
def _chosen(state: State, event: VersionChosen, _: int) -> State:
    return _phase(state, "taken" if event.taken else "left")


@rule(SettleVersion, who="table", when_paused=True)
def settle_version(state: State, command: SettleVersion, _: Draws) -> Decision:
    """Be done with a version that was told, and chosen or not."""
    version = _at(state, command.start, "told", "taken", "left")
    if not version.waits():
        raise Refusal("stale_telling")
    return Decision((VersionSettled(start=command.start, to=_audience(version)),))


@applies(VersionSettled)
def _settled(state: State, event: VersionSettled, _: int) -> State:
    version = state.version
    moved = version is not None and version.how != "edit" and version.phase != "left" and version.at == state.stand
    return state.with_(version=None, shown=event.start if moved else state.shown)


@rule(Continue, who="anyone")
def go_on(state: State, command: Continue, _: Draws) -> Decision:
    """Ask for what happens next, where nothing has happened since."""
    if command.by != state.gm and state.hero_of(command.by) is None:
        raise Refusal("not_joined")
    if state.lead == "gm" and command.by != state.gm:
        raise Refusal("gm_only", gm=state.gm)
    if command.stand != state.stand or state.pending or state.ending or not state.tellings:
        raise Refusal("moved_on")
    deeds = state.scene_told.deeds if command.broken and state.scene_told else ()
    return Decision((WentOn(of=state.stand if deeds else 0, deeds=deeds),))


@applies(WentOn)
def _went_on(state: State, _: WentOn, seq: int) -> State:
    return state.with_(pending=(*state.pending, seq), closed=seq)


def _newest(state: State, stand: int) -> int:
    """Return the row that the newest narration's telling began at. Raises Refusal when it is not that any more."""
    newest = state.newest_telling(stand)
    if not newest:
        raise Refusal("moved_on")
    if state.version and state.version.waits():
        raise Refusal("being_told")
    return newest


def _at(state: State, start: int, *phases: str) -> Version:
    version = state.version
    if version is None or version.row != start or version.phase not in phases:
        raise Refusal("stale_telling")
    return version


def _phase(state: State, phase: Literal["told", "taken", "left"]) -> State:
    assert state.version is not None  # noqa: S101 - the rule found it
    return state.with_(version=replace(state.version, phase=phase))


def _audience(version: Version) -> Literal["all", "gm"]:
    return "gm" if version.how == "edit" else "all"
