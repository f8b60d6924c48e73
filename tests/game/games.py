"""Random games in memory, played by the real rules, with everything private that was done in them marked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from core.dice import DiceError
from core.game.card import Card
from core.game.engine import Seeds
from core.game.log import Secrets
from core.game.readings import Viewer
from core.game.refusal import Refusal
from core.game.registry import Command, Event, apply, decide
from core.game.rows import Row, rewound
from core.game.rules.asks import CONDITIONS, EngineAsk
from core.game.rules.board import MoveToken, NewBoard
from core.game.rules.gm import Narrate, Rewound, SetValue, Undo
from core.game.rules.lore import RemoveCards, SwitchCard, WriteCards
from core.game.rules.retelling import ChooseVersion, Continue, EditTelling, Retell, SettleVersion, TellVersion
from core.game.rules.rolls import Roll, SecretRoll
from core.game.rules.rounds import CloseRound
from core.game.rules.safety import CutScene, GoOn
from core.game.rules.table import Begin, Join, Leave, Pause, Resume, Start, opened, start
from core.game.rules.talk import Act, Question, Say, Withdraw
from core.game.rules.telling import Answer, Tell
from core.game.rules.whispers import Whisper
from core.game.state import Audience, State
from core.game.world import SKILLS, world
from core.maps import MapError

T = TypeVar("T")
GM, STRANGER = 1, 9
PEOPLE = {2: "Lia", 3: "Bento", 4: "Kim"}
WORLD = world("saltmouth")
FIGURES = ("nilo", "tobias", "jandira", "eel1", "crab1")
HEROES = ("pc1", "pc2", "pc3")
Step = tuple[str, int, int, int]
"""What is tried, and three numbers that choose its details."""


@dataclass(frozen=True)
class Private:
    """Something private: a mark that stands in it and nowhere else, the row, and who may see it."""

    mark: str
    seq: int
    kind: str
    allowed: Callable[[Viewer], bool]


@dataclass
class Game:
    """One session; `older` holds its states by row. `salt` changes what is private and nothing else."""

    lead: str = "ai"
    salt: int = 0
    rows: list[Row] = field(default_factory=list)
    older: dict[int, State] = field(default_factory=dict)
    words: dict[tuple[int, str], tuple[str | None, Audience]] = field(default_factory=dict)
    told: dict[int, str] = field(default_factory=dict)
    private: list[Private] = field(default_factory=list)
    undone: list[tuple[State, State, State]] = field(default_factory=list)

    def __post_init__(self) -> None:
        command = Start(key="s", by=GM, title="A maré", language="pt-BR", lead=self.lead)  # type: ignore[arg-type]
        decision = start(command)
        self.state = opened(decision.events[0], 8)  # type: ignore[arg-type]
        self._keep(command, decision.events, {}, self.state)
        self.words |= {(1, word.kind): (word.text, word.to) for word in decision.words}

    @property
    def names(self) -> dict[str, str | None]:
        return {hero.id: PEOPLE[hero.person] for hero in self.state.heroes.values()}

    def viewers(self) -> Iterator[Viewer]:
        yield Viewer()
        for person in (GM, *PEOPLE, STRANGER):
            yield Viewer.of(person, self.state)

    def give(self, command: Command) -> int:
        """Give a command and return its row, 0 when it was refused."""
        seeds = Seeds(Secrets(b"open" * 8, b"hidden%02d" % (self.salt % 100) * 4, b""))
        try:
            decision = decide(self.state, command, seeds)
        except (Refusal, DiceError, MapError):
            return 0
        first, before, base = decision.events[0], self.state, self.state
        if isinstance(first, Rewound):
            base = rewound(self.state, self.older[first.back_to], first)
        self._keep(command, decision.events, decision.answer, base)
        if type(first) is Rewound:
            self.undone.append((self.older[first.back_to], before, self.state))
        self.words |= {(self.state.seq, word.kind): (word.text, word.to) for word in decision.words}
        return self.state.seq

    def _keep(self, command: Command, events: tuple[Event, ...], answer: dict[str, str | int], base: State) -> None:
        seq = len(self.rows) + 1
        self.state = apply(base, events, seq)
        self.rows.append(Row(8, seq, command.key, command.by, events, answer))
        self.older[seq] = self.state

    def play(self, steps: list[Step]) -> "Game":
        for n, (what, a, b, c) in enumerate(steps):
            getattr(self, f"_{what}")(f"k{n}", a, b, c)
        return self

    def mark(self, kind: str, seq: int, mark: str, allowed: Callable[[Viewer], bool]) -> None:
        if seq:
            self.private.append(Private(mark, seq, kind, allowed))

    def _join(self, key: str, a: int, b: int, _: int) -> None:
        who = _of(tuple(PEOPLE), a)
        self.give(Join(key=key, by=who, name=PEOPLE[who], archetype=_of(tuple(WORLD.archetypes), b)))

    def _leave(self, key: str, a: int, _b: int, _c: int) -> None:
        self.give(Leave(key=key, by=_of(tuple(PEOPLE), a)))

    def _act(self, key: str, a: int, b: int, _: int) -> None:
        self.give(Act(key=key, by=_of(tuple(PEOPLE), a), text=f"abro a porta {_letters(b)}"))

    def _say(self, key: str, a: int, b: int, _: int) -> None:
        self.give(Say(key=key, by=_of(tuple(PEOPLE), a), text="boa noite", to=_of(("", *FIGURES), b)))

    def _question(self, key: str, a: int, _b: int, c: int) -> None:
        who = _of((GM, *PEOPLE), a)
        mark = f"zq{_letters(len(self.rows))}q{_letters(self.salt)}z"
        seq = self.give(Question(key=key, by=who, text=f"{'onde está' if c % 2 else 'quem viu'} {mark}?"))
        self.mark("question", seq, mark, lambda viewer: viewer.person == who)

    def _whisper(self, key: str, a: int, b: int, _: int) -> None:
        who, to = _of(tuple(PEOPLE), a), _of((GM, *PEOPLE), b)
        mark = f"zw{_letters(len(self.rows))}w{_letters(self.salt)}z"
        seq = self.give(Whisper(key=key, by=who, text=f"não confio em {mark}", person=to))
        self.mark("whisper", seq, mark, lambda viewer: viewer.person in {who, to, GM})

    def _cut(self, _key: str, a: int, b: int, _: int) -> None:
        self.give(CutScene(key=f"x:{self.state.stand}", by=0, presser=_of((GM, *PEOPLE), a), shown=bool(b % 2)))

    def _go_on(self, key: str, a: int, _b: int, _c: int) -> None:
        self.give(GoOn(key=key, by=_of((GM, *PEOPLE), a)))

    def _answer(self, key: str, a: int, _b: int, _c: int) -> None:
        if not self.state.questions:
            return
        question = _of(tuple(self.state.questions), a)
        who = self.state.questions[question]
        mark = f"zr{_letters(len(self.rows))}r{_letters(self.salt)}z"
        self.told[question] = f"Perto do sino, {mark}."
        seq = self.give(Answer(key=key, by=0, question=question, teller="oracle"))
        self.mark("answer", seq, mark, lambda viewer: viewer.person == who)

    def _roll(self, key: str, a: int, b: int, c: int) -> None:
        label = "arpão" if c % 2 else ""
        self.give(Roll(key=key, by=_of((GM, *PEOPLE), a), dice=_of(("1d20+5", "2d6", "4d6kh3"), b), label=label))

    def _secret(self, key: str, _a: int, b: int, _c: int) -> None:
        mark = 7_100_000 + 100 * len(self.rows) + self.salt
        seq = self.give(SecretRoll(key=key, by=GM, dice=f"{1 + b % 3}d1009+{10_000 * mark}"))
        self.mark("roll", seq, str(mark), lambda viewer: viewer.gm)

    def _wound(self, key: str, a: int, _b: int, _c: int) -> None:
        """Give a figure hit points that no figure has by itself."""
        mark = str(300 + len(self.rows))
        seq = self.give(SetValue(key=key, by=GM, who=_of(FIGURES, a), field="hp", value=mark))
        self.mark("hp", seq, f'"{mark}"', lambda viewer: viewer.gm)
        self.mark("hp", seq, f'"hp":{mark}', lambda viewer: viewer.gm)

    def _set(self, key: str, a: int, b: int, _: int) -> None:
        who, name, value = _of(
            (
                ("pc1", "hp", "2"),
                ("pc2", "hp", "1"),
                ("nilo", "hp", "1"),
                ("nilo", "attitude", "-2"),
                ("unrest", "clock", "4"),
                ("pc1", "item", "rope"),
                ("scene", "place", _of(tuple(WORLD.places), b)),
                ("scene", "time", "night"),
            ),
            a,
        )
        self.give(SetValue(key=key, by=GM, who=who, field=name, value=value))

    def _narrate(self, key: str, _a: int, b: int, _c: int) -> None:
        self.give(Narrate(key=key, by=GM, text=f"O mar volta {_letters(b)}."))

    def _ask(self, key: str, a: int, b: int, c: int) -> None:
        tool, arguments = _of(_asks(b, c), a)
        self.give(
            EngineAsk(key=key, by=0, start=self.state.stand, step=len(self.state.asks), tool=tool, arguments=arguments)
        )

    def _tell(self, key: str, _a: int, b: int, _c: int) -> None:
        due = self.state.due()
        if due:
            start = self.state.stand
            self.told[start] = f"A porta range {_letters(b)}. Ninguém responde."
            cards = dict.fromkeys(list(self.state.lore)[:1], self.state.tellings + 1)
            self.give(Tell(key=key, by=0, start=start, through=max(due), teller="oracle", cards=cards))

    def _retell(self, key: str, a: int, b: int, _: int) -> None:
        stand = self.state.stand
        if a % 3 == 0:
            self.give(EditTelling(key=key, by=GM, stand=stand, text=f"Ninguém canta {_letters(b)}."))
        else:
            self.give(Retell(key=key, by=GM, stand=stand, how="again" if a % 3 == 1 else "other"))

    def _version(self, key: str, a: int, _b: int, _c: int) -> None:
        version = self.state.version
        if version is None:
            return
        if version.phase == "called":
            self.give(TellVersion(key=key, by=0, start=version.row, teller="oracle"))
        elif version.waits():
            self.give(SettleVersion(key=key, by=0, start=version.row))
        else:
            self.give(ChooseVersion(key=key, by=GM, start=version.row, take=bool(a % 2)))

    def _go_further(self, key: str, a: int, b: int, _: int) -> None:
        broken = bool(b % 2)
        self.give(Continue(key=key, by=_of((GM, *PEOPLE), a), stand=self.state.stand, broken=broken))

    def _lore(self, key: str, a: int, b: int, _: int) -> None:
        cards = tuple(self.state.lore)
        if cards and a % 3 == 0:
            self.give(SwitchCard(key=key, by=GM, card=_of(cards, b), on=a % 2 == 0))
        elif cards and a % 3 == 1:
            self.give(RemoveCards(key=key, by=GM, cards=(_of(cards, b),)))
        else:
            mark = f"zl{_letters(len(self.rows))}l{_letters(self.salt)}z"
            card = Card(name=mark, keys=(mark,), text=f"O sino {mark}.")
            known = {_of(cards, b): card} if cards and b % 2 else {}
            seq = self.give(WriteCards(key=key, by=GM, new=() if known else (card,), known=known))
            self.mark("cards", seq, mark, lambda viewer: viewer.gm)
            self.mark("cards", seq, f'"{seq}-0"', lambda viewer: viewer.gm)

    def _undo(self, key: str, a: int, _b: int, _c: int) -> None:
        self.give(Undo(key=key, by=GM, steps=1 + a % 3))

    def _withdraw(self, key: str, a: int, _b: int, _c: int) -> None:
        for seq in self.state.pending:
            if self.give(Withdraw(key=key, by=_of(tuple(PEOPLE), a), seq=seq)):
                return

    def _close(self, key: str, _a: int, _b: int, _c: int) -> None:
        self.give(CloseRound(key=key, by=GM))

    def _begin(self, key: str, a: int, _b: int, _c: int) -> None:
        self.give(Begin(key=key, by=_of((GM, *PEOPLE), a)))

    def _pause(self, key: str, a: int, _b: int, _c: int) -> None:
        self.give((Pause if a % 3 == 0 else Resume)(key=key, by=GM))

    def _board(self, key: str, _a: int, b: int, _c: int) -> None:
        self.give(NewBoard(key=key, by=GM, width=8 + b % 3, height=8))

    def _walk(self, key: str, a: int, b: int, _: int) -> None:
        self.give(MoveToken(key=key, by=_of(tuple(PEOPLE), a), to=_of(("n", "se", "C3", "E5"), b)))


def _asks(b: int, c: int) -> tuple[tuple[str, dict[str, str]], ...]:
    who, figure, place = _of(HEROES, b), _of(FIGURES, c), _of(tuple(WORLD.places), c)
    return (
        ("check", {"who": who, "skill": _of(SKILLS, c), "level": "easy"}),
        ("attack", {"npc": figure, "target": who}),
        ("hurt", {"who": figure, "source": who}),
        ("hurt", {"who": who, "source": "fall"}),
        ("item", {"deed": _of(("take", "lose"), b), "who": who, "item": _of(tuple(WORLD.items), c)}),
        ("condition", {"who": figure, "what": _of(CONDITIONS, b), "on": "on"}),
        ("move", {"who": _of(("group", who, figure), b), "to": place}),
        ("spawn", {"kind": _of(("eel", "crab"), b), "place": place}),
        ("clock", {"id": "unrest", "by": "1"}),
        ("reveal", {"secret": "s3"}),
    )


def _of(values: Sequence[T], n: int) -> T:
    return values[n % len(values)]


def _letters(n: int) -> str:
    """Return a number in letters, so that a digit in a prompt is never one of ours."""
    return "".join("abcdefghij"[int(digit)] for digit in str(n))


_OFTEN = {"act": 4, "tell": 4, "ask": 8, "question": 3, "answer": 2, "secret": 2, "undo": 2, "walk": 2, "version": 3}
_KINDS = [
    kind
    for name in vars(Game)
    if name.startswith("_") and not name.startswith("__") and name != "_keep"
    for kind in [name[1:]] * _OFTEN.get(name[1:], 1)
]


def _steps(seed: int, count: int) -> list[Step]:
    chance = Random(seed)
    begun: list[Step] = [("join", 0, 4, 0), ("join", 1, 1, 0), ("act", 0, 0, 0)]
    return begun + [
        (chance.choice(_KINDS), chance.randrange(60), chance.randrange(60), chance.randrange(60)) for _ in range(count)
    ]


# A game's length shrinks; its steps are one chance's, so that long games are as likely as short ones
STEPS: st.SearchStrategy[list[Step]] = st.builds(_steps, st.integers(0, 2**32), st.integers(1, 70))
LEADS = st.sampled_from(["ai", "ai", "gm"])
