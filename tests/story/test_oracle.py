import re
from dataclasses import replace
from itertools import cycle

import pytest

from core.game.rules.calls import RollCalled
from core.game.rules.effects import Checked
from core.game.rules.retelling import Continue
from core.game.rules.rounds import SetTable
from core.story.lint import slips
from core.story.oracle import Oracle
from core.story.oracle import compose as compose_module
from core.story.oracle.grammar import choices, expand
from core.story.oracle.nouns import Noun, thing
from core.story.oracle.tables import lines
from core.story.sentences import overlap, split, words
from core.story.turn import Deed
from tests.story.table import GM, Table, pieces_of

LANGUAGES = ("pt-BR", "en-US")
DEEDS = {
    "pt-BR": [
        "Olho em volta", "Vou ao armazém", "Vasculho o lugar", "Pego a caderneta", "Leio a caderneta", "Volto ao porto",
        "Desço ao lamaçal", "Ataco a enguia", "Me escondo", "Vou ao barco", "Salto a amurada", "Pego o arpão",
        "Volto ao lamaçal", "Atravesso até o sino", "Empurro o sino", "Danço", "Volto ao lamaçal", "Volto ao porto",
        "Vou ao farol", "Falo com Jandira sobre a maré", "Convenço Jandira", "Pego o gancho", "Volto ao porto",
        "Acalmo Celeste", "Pergunto a Nilo sobre o barco", "Ajudo Bento",
        "Espero", "Não ataco ninguém", "Conserto a rede",
        "Lembro das histórias do sino", "Pego a lanterna", "Uso a lanterna", "Entrego a lanterna a Nilo",
    ],
    "en-US": [
        "I look around", "I go to the warehouse", "I search the place", "I take the ledger", "I read the ledger",
        "I return to the harbor", "I go to the mudflats", "I attack the eel", "I hide", "I go to the boat",
        "I jump the rail", "I take the gaff", "I return to the mudflats", "I cross to the bell post", "I push the post",
        "I dance", "I return to the mudflats", "I return to the harbor", "I go to the lighthouse",
        "I ask Jandira about the tide", "I persuade Jandira",
        "I take the hook", "I return to the harbor", "I calm Celeste",
        "I ask Nilo about the boat", "I help Bento", "I wait", "I don't attack anyone", "I mend the net",
        "I remember tales of the bell", "I take the lantern", "I use the lantern", "I give the lantern to Nilo",
    ],
}  # fmt: skip


def evening(language: str, *, seed: bytes = b"an evening of sixteen bytes") -> Table:
    table = Table(language, seed)
    for name, pronoun, archetype in (("Lia", "she", "thief"), ("Bento", "he", "fighter"), ("Kim", "they", "sage")):
        table.join(name, pronoun, archetype)
    table.join("Rui", "unknown", "healer")
    return table


async def play(table: Table, tellings: int) -> None:
    table.begin()
    await table.tell(Oracle())
    heroes = cycle(table.state.heroes)
    for text in [d for _, d in zip(range(tellings), cycle(DEEDS[table.state.language]), strict=False)]:
        standing = [h for h in table.state.heroes if table.state.heroes[h].hp > 0]
        if not standing:
            return
        hero = next(h for h in heroes if h in standing)
        table.act(hero, text)
        await table.tell(Oracle())


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_first_scene_names_everyone_and_leaves_something_to_do(language: str) -> None:
    table = evening(language)
    table.begin()
    told = await table.tell(Oracle())
    for name in table.names.values():
        assert str(name) in told
    assert 30 <= len(told.split()) <= 120
    assert not told.endswith("?")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_where_the_story_is_to_go_on_the_first_scene_is_not_told_again(language: str) -> None:
    table = evening(language)
    table.begin()
    first = await table.tell(Oracle())
    openers = {opener for form in lines(language, "open") for one in choices(form) for opener in split(one)}
    assert openers & set(split(first))
    for _ in range(12):
        table.do(Continue, GM, stand=table.state.stand)
        told = split(await table.tell(Oracle()))
        assert told
        assert not openers & set(told)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_evening_of_sixty_turns_repeats_no_sentence(language: str) -> None:
    table = evening(language)
    await play(table, 60)
    assert len(table.told) >= 40
    sentences = [sentence for told in table.told for sentence in split(told)]
    repeated = {s for s in sentences if sentences.count(s) > 1}
    assert not repeated
    pairs = [overlap(a, b) for at, a in enumerate(table.told) for b in table.told[max(0, at - 15) : at]]
    assert max(pairs) <= 0.35


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_evening_is_told_in_the_voice(language: str) -> None:
    table = evening(language, seed=b"another evening, sixteen")
    await play(table, 60)
    lengths = [len(told.split()) for told in table.told]
    assert max(lengths) <= 120
    assert sum(length >= 30 for length in lengths) >= 0.8 * len(lengths)
    for told in table.told:
        assert not slips(told, language), told
        assert not re.search(r"[{}\[\]|_<>@]|\s[,.;:]|\.\.", told), told
        assert told[-1] in ".!”", told
        assert not re.search(r"(?<![.!?”] )(?<!^)(?<![“\"])\b(?:O|A|Os|As|The) [a-z]", told), told


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_line_that_the_engine_leads_to_is_missing(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, bool] = {}
    real = compose_module.lines

    def noted(lang: str, key: str) -> tuple[str, ...]:
        found = real(lang, key)
        asked[key] = bool(found)
        return found

    monkeypatch.setattr(compose_module, "lines", noted)
    for round_ in range(4):
        table = evening(language, seed=b"round %d of the sixteen bytes" % round_)
        await play(table, 60)
    assert len(asked) > 60
    assert [key for key, there in asked.items() if not there and not key.startswith("storylet.")] == []


async def test_the_same_turn_is_told_the_same_way() -> None:
    once, again = evening("pt-BR"), evening("pt-BR")
    await play(once, 12)
    await play(again, 12)
    assert once.told == again.told


@pytest.mark.parametrize("shown_sentences", [0, 1, 3])
async def test_a_rerun_with_the_recorded_asks_goes_on_behind_what_was_shown(shown_sentences: int) -> None:
    table = evening("en-US")
    await play(table, 10)
    table.act("pc1", "I search the place")
    turn = table.turn()
    first = await pieces_of(Oracle(), turn, table)
    text = "".join(piece.text for piece in first)
    asks, rolls = table.state.asks, table.state.rolls
    assert asks
    shown = " ".join(split(text)[:shown_sentences])
    rest = await pieces_of(Oracle(), replace(turn, asks=asks, shown=shown), table)
    assert f"{shown} {''.join(p.text for p in rest)}".strip() == text
    assert table.state.rolls == rolls
    assert table.state.asks == asks


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("face", "outcome"), [(1, "crit_fail"), (5, "failure"), (13, "success_cost"), (18, "success")])
async def test_the_die_is_honored(language: str, face: int, outcome: str) -> None:
    table = Table(language)
    hero = table.join("Bento", "he", "sage")
    table.act(hero, {"pt-BR": "empurro a porta", "en-US": "I push the door"}[language])
    table.dice.faces = [face]
    told = await table.tell(Oracle())
    done = next(e for e in table.events if isinstance(e, Checked))
    assert done.outcome == outcome
    works = forms(language, "feat_on.force.success") & set(split(told))
    fails = forms(language, "feat_on.force.failure") & set(split(told))
    assert (bool(works), bool(fails)) == ("success" in outcome, "fail" in outcome), told


def forms(language: str, line: str) -> set[str]:
    """Every sentence that a line can give of Bento and a door at the harbor."""
    door = thing(language, "door")
    nouns = {"p": Noun("Bento", "m", proper=True), "w": thing(language, "harbour"), "d": door}
    texts = [expand(f, nouns, lambda _: None, language) for one in lines(language, line) for f in choices(one)]
    return {sentence for text in texts for sentence in split(text)}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_several_deeds_are_told_in_their_order_each_by_its_doer(language: str) -> None:
    table = evening(language)
    for hero, text in zip(("pc3", "pc1", "pc2"), DEEDS[language][28:31], strict=False):
        table.act(hero, text)
    told = await table.tell(Oracle())
    places = [told.index(name) for name in ("Kim", "Lia", "Bento")]
    assert places == sorted(places)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_hidden_is_not_named_before_it_is_revealed(language: str) -> None:
    hidden = {"pt-BR": "badalo", "en-US": "clapper"}[language]
    for round_ in range(3):
        table = evening(language, seed=b"hidden %d of sixteen bytes" % round_)
        table.begin()
        await table.tell(Oracle())
        for text in DEEDS[language]:
            hero = next(h for h in table.state.heroes if table.state.heroes[h].hp > 0)
            table.act(hero, text)
            told = await table.tell(Oracle())
            if "s3" in table.state.revealed:
                break
            narrated = re.sub(r"“[^”]*”", "", told)
            assert hidden not in narrated


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_declaration_is_not_echoed(language: str) -> None:
    table = evening(language)
    secret = "xiquexique zabumba @everyone <@1> [x](http://y)"
    table.act("pc1", secret)
    told = await table.tell(Oracle())
    assert not set(words(secret)) & set(words(told))


async def test_markup_in_a_name_cannot_reach_the_story() -> None:
    table = Table("en-US")
    hero = table.join("**@everyone** `x`", "unknown")
    table.act(hero, "I look around")
    told = await table.tell(Oracle())
    assert not re.search(r"[*`@]", told)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_erased_name_is_told_around(language: str) -> None:
    table = evening(language)
    table.names["pc1"] = None
    table.act("pc1", DEEDS[language][8])
    told = await table.tell(Oracle())
    assert "Lia" not in told
    assert {"pt-BR": "pessoa sem nome", "en-US": "nameless one"}[language] in told.lower()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_when_the_engine_has_been_asked_enough_nobody_is_said_to_fall(language: str) -> None:
    table = evening(language)
    for _ in range(10):
        for hero in table.state.heroes:
            table.act(hero, DEEDS[language][8])
    told = await table.tell(Oracle())
    assert all(hero.hp > 0 for hero in table.state.heroes.values())
    assert not re.search("sem sentidos|out cold|não se ergue|does not get up", told)
    assert re.search("no meio do que começou|in the middle of it|não terminou|segue em aberto|finished|open", told)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_full_table_is_told_whole(language: str) -> None:
    table = Table(language)
    names = ["Lia", "Bento", "Kim", "Rui", "Ana", "Caio", "Bia", "Davi", "Eva", "Fábio", "Gil", "Hugo"]
    for name in names:
        table.act(table.join(name, "unknown", "fighter"), {"pt-BR": "Salto o muro", "en-US": "I jump"}[language])
    told = await table.tell(Oracle())
    assert [name for name in names if name not in told] == []
    assert len(told) <= 2_000


@pytest.mark.parametrize("language", LANGUAGES)
async def test_speech_to_somebody_absent_gets_no_answer(language: str) -> None:
    table = evening(language)
    table.say("pc1", "jandira", "Jandira, maré / tide?")
    turn = table.turn((Deed(table.state.pending[0], "say", "pc1", "Jandira?", "jandira"),))
    told = await table.tell(Oracle(), turn)
    assert "“" not in split(told)[0]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_figure_answers_by_topic(language: str) -> None:
    table = evening(language)
    table.say("pc1", "nilo", {"pt-BR": "Nilo, e o barco?", "en-US": "Nilo, what about the boat?"}[language])
    told = await table.tell(Oracle())
    assert "“" in told
    assert "Nilo" in split(told)[0] or "Nilo" in split(told)[1]


@pytest.mark.parametrize(("pronoun", "name"), [("she", "Lia"), ("he", "Bento"), ("they", "Kim"), ("unknown", "Rui")])
async def test_a_name_takes_no_article_all_evening(pronoun: str, name: str) -> None:
    table = Table("pt-BR", seed=b"gender of sixteen bytes")
    table.join(name, pronoun, "fighter")
    await play(table, 40)
    articled = rf"\b(?:[Oo]|[Dd][oa]|[Nn][oa]|[Pp]el[oa]|[Aa]o|[Àà]|[Uu]ma?) {name}\b"
    for told in table.told:
        assert not re.search(articled, told), told


@pytest.mark.parametrize("language", LANGUAGES)
async def test_where_players_roll_the_telling_stops_before_the_outcome_and_goes_on_with_it(language: str) -> None:
    table = Table(language)
    table.join("Lia", "she", "fighter")
    table.do(SetTable, GM, rolls="players")
    table.act("pc1", {"pt-BR": "Empurro a porta com força", "en-US": "I push the door hard"}[language])
    acted = table.words[table.state.pending[0]]
    first = await table.tell(Oracle())
    assert "Lia" in first
    assert table.state.rolls == 0
    table.dice.faces = [20]
    table.do(RollCalled, 10, hero="pc1", row=table.state.called["pc1"].row)
    deed = Deed(table.state.seq, "act", "pc1", acted)
    turn = replace(table.turn((deed,)), asks=table.state.settled())
    second = await table.tell(Oracle(), turn)
    assert table.state.rolls == 1, "it is not rolled again"
    assert "Lia" in second
    assert not table.state.called
