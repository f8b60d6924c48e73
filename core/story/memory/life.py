"""What was lived at a table, read from its log as everyone there may know it: which rows each telling tells."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.game.readings import TABLE, may_see
from core.game.registry import Event
from core.game.rows import Row
from core.game.rules.gm import Narrated
from core.game.rules.talk import Acted, Spoke, Withdrawn
from core.game.rules.telling import Told
from core.story.turn import Deed


@dataclass(frozen=True)
class Chapter:
    """One telling that stands: its row, by whom it was told, and the deeds it tells, still without their words."""

    row: int
    by_gm: bool
    deeds: tuple[Deed, ...]


@dataclass
class Life:
    """Rows that stand, in order, made into chapters; what is not told yet waits for the next."""

    waiting: list[Deed] = field(default_factory=list)

    def chapters(self, rows: Iterable[Row]) -> list[Chapter]:
        """Return the chapters that these rows close. Rewinds are no part of them (see core.game.rows.standing)."""
        found = (self._chapter(row, event) for row in rows for event in row.events if may_see(event.to, TABLE))
        return [chapter for chapter in found if chapter]

    def _chapter(self, row: Row, event: Event) -> Chapter | None:
        match event:
            case Acted(hero=hero):
                self.waiting.append(Deed(row.seq, "act", hero))
            case Spoke(hero=hero, figure=figure):
                self.waiting.append(Deed(row.seq, "say", hero, figure=figure))
            case Withdrawn(row=taken_back):
                self.waiting = [deed for deed in self.waiting if deed.seq != taken_back]
            case Told(start=start, through=through):
                return Chapter(start, False, self._told(through))
            case Narrated():
                return Chapter(row.seq, True, self._told(row.seq))
        return None

    def _told(self, through: int) -> tuple[Deed, ...]:
        told = tuple(deed for deed in self.waiting if deed.seq <= through)
        self.waiting = [deed for deed in self.waiting if deed.seq > through]
        return told
