"""The battle map at the table: laid out by the game master, walked by the players' tokens."""

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, applies, rule
from core.game.state import State
from core.maps.ascii_map import from_ascii
from core.maps.board import Board, Terrain, Token, blank
from core.maps.coordinates import Cell, cell_of
from core.maps.paths import Direction, Path, path, step


class NewBoard(Command, frozen=True, kw_only=True):
    """Lay out a map: blank of a size in cells, or drawn in ASCII."""

    width: int = 15
    height: int = 10
    ascii: str = ""


class MoveToken(Command, frozen=True, kw_only=True):
    """Move one's own token to a cell such as `D4`, or one step in a direction such as `ne`.

    The game master may move any `token`.
    """

    to: str
    token: str = ""


class BoardPlaced(Event, frozen=True, kw_only=True):
    """A map lies on the table, the heroes' tokens on it."""

    board: Board


class TokenPlaced(Event, frozen=True, kw_only=True):
    """A hero's token was put on the map."""

    token: Token


class TokenMoved(Event, frozen=True, kw_only=True):
    """A token went to a cell, opening doors on its way; the cost is in squares."""

    token: str
    at: Cell
    cost: int
    doors: tuple[Cell, ...] = ()


@rule(NewBoard, who="gm")
def new_board(state: State, command: NewBoard, _: Draws) -> Decision:
    """Lay out a map and put every hero's token on it. Raises core.maps.MapError for a bad drawing."""
    board = from_ascii(command.ascii) if command.ascii else blank(command.width, command.height)
    for hero in state.present():
        board = board.with_token(_token(board, hero.id))
    return Decision((BoardPlaced(board=board),), {"width": board.width, "height": board.height})


@applies(BoardPlaced)
def _board_placed(state: State, event: BoardPlaced, seq: int) -> State:
    return state.with_(board=event.board).step(seq, "board")


@rule(MoveToken, who="anyone")
def move_token(state: State, command: MoveToken, _: Draws) -> Decision:
    """Move a token along the cheapest way. Raises core.maps.MapError when there is none, saying why."""
    if state.board is None:
        raise Refusal("no_map")
    hero = state.hero_of(command.by)
    token = command.token or (hero.id if hero else "")
    if not token:
        raise Refusal("not_joined")
    if command.by != state.gm and (hero is None or token != hero.id):
        raise Refusal("not_yours")
    board, events = state.board, list[Event]()
    if token in state.heroes and all(t.id != token for t in board.tokens):
        placed = TokenPlaced(token=_token(board, token))
        board, events = board.with_token(placed.token), [placed]
    found = _path(board, token, command.to.strip())
    events.append(TokenMoved(token=token, at=found.cells[-1], cost=found.cost, doors=found.doors))
    return Decision(tuple(events), {"token": token, "cost": found.cost})


@applies(TokenPlaced)
def _token_placed(state: State, event: TokenPlaced, _: int) -> State:
    assert state.board is not None  # noqa: S101 - a token is only placed on a board
    return state.with_(board=state.board.with_token(event.token))


@applies(TokenMoved)
def _token_moved(state: State, event: TokenMoved, seq: int) -> State:
    assert state.board is not None  # noqa: S101 - a token only moves on a board
    board = state.board.moved(event.token, event.at)
    for door in event.doors:
        board = board.with_terrain(door, Terrain.OPEN_DOOR)
    return state.with_(board=board).step(seq, "move", event.token if event.token in state.heroes else "")


def _path(board: Board, token: str, to: str) -> Path:
    if to.lower() in set(Direction):
        return step(board, token, Direction(to.lower()))
    return path(board, token, cell_of(to))


def _token(board: Board, hero: str) -> Token:
    """Return a hero's token on the first free cell; its name is put on when it is drawn, never in the log."""
    free = next((cell for cell in board.where(Terrain.FLOOR) if board.at(cell) is None), None)
    if free is None:
        raise Refusal("no_room")
    return Token(id=hero, name="", kind="hero", at=free, colour=board.next_colour())
