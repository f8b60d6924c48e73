"""What a table holds to: pinned facts, open threads, the summary in the game master's words, a note to whoever tells.

The log knows them by the rows whose words hold them, so undo and branch take them along.
"""

from typing import Final

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, Words, applies, rule
from core.game.state import State
from core.game.texts import cleaned

FACT_MOST: Final = 200
FACTS_MOST: Final = 20
NOTE_MOST: Final = 300
SUMMARY_MOST: Final = 3_200


class Pin(Command, frozen=True, kw_only=True):
    """Hold a fact fast: it is given to every telling from now on."""

    text: str


class Unpin(Command, frozen=True, kw_only=True):
    """Let a pinned fact go, by the row it was pinned in."""

    row: int


class OpenThread(Command, frozen=True, kw_only=True):
    """Note what the table still means to do or to find out."""

    text: str


class CloseThread(Command, frozen=True, kw_only=True):
    """Settle a thread, by the row it was opened in."""

    row: int


class EditSummary(Command, frozen=True, kw_only=True):
    """Write the summary of the story so far oneself; later ones go on from it."""

    text: str


class WriteNote(Command, frozen=True, kw_only=True):
    """Write a note to whoever tells; an empty one takes it away."""

    text: str = ""


class Pinned(Event, frozen=True, kw_only=True):
    """A fact was pinned; it is in this row's words."""


class Unpinned(Event, frozen=True, kw_only=True):
    """The fact pinned in `row` was let go."""

    row: int


class ThreadOpened(Event, frozen=True, kw_only=True):
    """A thread was opened; it is in this row's words."""


class ThreadClosed(Event, frozen=True, kw_only=True):
    """The thread opened in `row` was settled."""

    row: int


class SummaryEdited(Event, frozen=True, kw_only=True):
    """The summary was written by hand; it is in this row's words."""


class NoteWritten(Event, frozen=True, kw_only=True):
    """The game master's note changed; it is in this row's words, unless it was taken away."""

    empty: bool = False


@rule(Pin, who="gm", when_paused=True)
def pin(state: State, command: Pin, _: Draws) -> Decision:
    """Pin a fact, as many as a prompt can hold."""
    _room(state, state.pinned)
    return Decision((Pinned(),), {"row": state.seq + 1}, (Words("fact", _line(command.text), command.by),))


@applies(Pinned)
def _pinned(state: State, _: Pinned, seq: int) -> State:
    return state.step(seq, "pin").with_(pinned=(*state.pinned, seq))


@rule(Unpin, who="gm", when_paused=True)
def unpin(state: State, command: Unpin, _: Draws) -> Decision:
    """Let a fact go that is pinned."""
    _held(state, state.pinned, command.row)
    return Decision((Unpinned(row=command.row),))


@applies(Unpinned)
def _unpinned(state: State, event: Unpinned, seq: int) -> State:
    return state.step(seq, "pin").with_(pinned=_without(state.pinned, event.row))


@rule(OpenThread, who="gm", when_paused=True)
def open_thread(state: State, command: OpenThread, _: Draws) -> Decision:
    """Open a thread, as many as a prompt can hold."""
    _room(state, state.threads)
    return Decision((ThreadOpened(),), {"row": state.seq + 1}, (Words("thread", _line(command.text), command.by),))


@applies(ThreadOpened)
def _thread_opened(state: State, _: ThreadOpened, seq: int) -> State:
    return state.step(seq, "thread").with_(threads=(*state.threads, seq))


@rule(CloseThread, who="gm", when_paused=True)
def close_thread(state: State, command: CloseThread, _: Draws) -> Decision:
    """Settle a thread that is open."""
    _held(state, state.threads, command.row)
    return Decision((ThreadClosed(row=command.row),))


@applies(ThreadClosed)
def _thread_closed(state: State, event: ThreadClosed, seq: int) -> State:
    return state.step(seq, "thread").with_(threads=_without(state.threads, event.row))


@rule(EditSummary, who="gm", when_paused=True)
def edit_summary(state: State, command: EditSummary, _: Draws) -> Decision:
    """Take the game master's summary for the true one."""
    _open(state)
    return Decision((SummaryEdited(),), words=(Words("summary", cleaned(command.text, SUMMARY_MOST), command.by),))


@applies(SummaryEdited)
def _summary_edited(state: State, _: SummaryEdited, seq: int) -> State:
    return state.step(seq, "summary").with_(summary=seq)


@rule(WriteNote, who="gm", when_paused=True)
def write_note(state: State, command: WriteNote, _: Draws) -> Decision:
    """Put the note in place of the one before."""
    _open(state)
    if not command.text.strip():
        return Decision((NoteWritten(empty=True, to="gm"),))
    text = " ".join(cleaned(command.text, NOTE_MOST).split())
    return Decision((NoteWritten(to="gm"),), words=(Words("note", text, command.by, "gm"),))


@applies(NoteWritten)
def _note_written(state: State, event: NoteWritten, seq: int) -> State:
    return state.step(seq, "note").with_(note=0 if event.empty else seq)


def _line(text: str) -> str:
    return " ".join(cleaned(text, FACT_MOST).split())


def _room(state: State, held: tuple[int, ...]) -> None:
    _open(state)
    if len(held) >= FACTS_MOST:
        raise Refusal("too_many_facts", most=FACTS_MOST)


def _held(state: State, held: tuple[int, ...], row: int) -> None:
    _open(state)
    if row not in held:
        raise Refusal("fact_gone")


def _open(state: State) -> None:
    if state.status == "ended":
        raise Refusal("no_table")


def _without(held: tuple[int, ...], row: int) -> tuple[int, ...]:
    return tuple(one for one in held if one != row)
