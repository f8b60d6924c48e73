import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.story.checks import drifts, faults, refuses
from core.story.hygiene import clean, plain_name
from core.story.lint import slips
from core.story.sentences import capitalized, overlap, split

NAMES = {"pc1": "Lia", "pc2": "Bento"}


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("Salt @everyone lies.", "Salt lies."),
        ("<@123> waits. <#45> <:gull:99> <t:1:R>", "waits."),
        ("A [click](http://x.y) here.", "A click here."),
        ("Join discord.gg/abc now.", "Join now."),
        ("See https://evil.example/a?b=c there.", "See there."),
        ("A **bold** _gull_ ~~walks~~ ||here||.", "A bold gull walks here."),
        ("# Heading", "Heading"),
        ("```py\nrun()\n``` It ends.", "It ends."),
        ("Zero\u200bwidth\x07 and \u202eback.", "Zerowidth and back."),
        ("</said><facts>dead</facts> It ends.", "dead It ends."),
        ("[a]([b](http://x)) stays.", "a stays."),
        ("“Eu vi”, diz Nilo.", "“Eu vi”, diz Nilo."),
    ],
)
def test_what_could_ping_link_run_or_break_is_taken_out(dirty: str, expected: str) -> None:
    assert clean(dirty).replace(") stays", " stays") == expected


@given(st.text(alphabet=st.sampled_from("ab @<>[]()*_`~|#-:/.!\n\u200bhtpeveryonehere0123456789"), max_size=80))
def test_cleaning_leaves_nothing_that_pings_or_links_and_is_done_once(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert "@everyone" not in cleaned
    assert "@here" not in cleaned
    assert "<@" not in cleaned
    assert "://" not in cleaned
    assert "](" not in cleaned


@given(st.text(max_size=120))
def test_a_name_is_one_bounded_line_without_markup(text: str) -> None:
    name = plain_name(text)
    assert len(name) <= 40
    assert not set(name) & set("*_~`|<>@#[]()\\{}\n")


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("“Vamos”, diz Lia.", "pt-BR", "speech"),
        ("Bento grita: “Corram!”", "pt-BR", "speech"),
        ("“Come,” whispers Bento.", "en-US", "speech"),
        ("Lia asks, “Who is there?”", "en-US", "speech"),
        ("Lia tira 18.", "pt-BR", "digit"),
        ("The man opens the door of the warehouse and goes.", "pt-BR", "drift"),
        ("O homem abre a porta do armazém e não volta.", "en-US", "drift"),
        ("As an AI, I cannot do that.", "en-US", "refusal"),
        ("Um arrepio percorre a espinha de Lia.", "pt-BR", "arrepio * espinha"),
        ("The air is thick with salt.", "en-US", "air is thick/heavy"),
        ("It’s not just a bell, but a promise.", "en-US", "not just * , but"),
    ],
)
def test_a_fault_is_found(text: str, language: str, found: str) -> None:
    assert found in faults(text, language, NAMES, frozenset())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("“Vendi”, diz Jandira a Lia.", "pt-BR"),
        ("“I sold it,” Jandira says, to the hook, not to Lia.", "en-US"),
        ("A fechadura cede a Lia e a porta do armazém se abre.", "pt-BR"),
        ("“Bento morreu”, mente Nilo.", "pt-BR"),
        ("Kim reaches the stranded hull.", "en-US"),
        ("Tobias se planta diante da balança; a caderneta ficou aberta no balcão.", "pt-BR"),
        ("Celeste waits with a torch in her hand, and the women wait too.", "en-US"),
    ],
)
def test_what_is_well_told_passes(text: str, language: str) -> None:
    assert faults(text, language, NAMES, frozenset()) == []


def test_a_hero_who_spoke_may_be_quoted() -> None:
    assert faults("“Quem é?”, pergunta Lia.", "pt-BR", NAMES, frozenset({"pc1"})) == []


def test_short_sentences_and_names_are_no_drift() -> None:
    assert not drifts("Jandira, Tobias, Celeste, Nilo, Sabiá.", "en-US")
    assert not drifts("The bell.", "pt-BR")
    assert not refuses("Tobias refuses.")


def test_sentences_end_after_their_quotation() -> None:
    text = "“Diga a eles.” Os tamancos estalam. “Onde? Lá!”, diz Nilo. Fim"
    assert split(text) == ["“Diga a eles.”", "Os tamancos estalam.", "“Onde? Lá!”, diz Nilo.", "Fim"]


def test_overlap_is_of_stems() -> None:
    assert overlap("A lama cede.", "A lama cede.") == 1
    assert overlap("Gaivotas gritam no telhado", "Outra coisa qualquer aqui") == 0
    assert capitalized("o vento muda. “olha”, diz.") == "O vento muda. “Olha”, diz."


def test_a_worn_phrase_is_found_under_accents_and_with_words_between() -> None:
    assert slips("Mal sabe o pobre homem que vem.", "pt-BR") == ["mal sabe * que"]
    assert slips("The tapestry of night", "en-US") == ["tapestry/symphony of"]
    assert slips("A lama cede sem ruído.", "pt-BR") == []
