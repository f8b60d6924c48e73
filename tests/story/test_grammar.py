import pytest

from core.story.oracle.grammar import Unfit, choices, expand
from core.story.oracle.nouns import Noun, joined, thing

PT, EN = "pt-BR", "en-US"
LIA, BENTO, KIM = (Noun(n, g, proper=True) for n, g in (("Lia", "f"), ("Bento", "m"), ("Kim", "e")))
RUI = Noun("Rui", "u", proper=True)


def said(template: str, language: str = PT, **nouns: Noun) -> str:
    return expand(template, nouns, lambda key: thing(language, key), language)


@pytest.mark.parametrize(
    ("template", "noun", "expected"),
    [
        ("{o x}", thing(PT, "eel"), "A enguia"),
        ("{um x}", thing(PT, "crab"), "Um caranguejo"),
        ("perto {de o x}", thing(PT, "eel"), "Perto da enguia"),
        ("{em o x}", thing(PT, "nets"), "Nas redes"),
        ("{por o x}", thing(PT, "harbour"), "Pelo porto"),
        ("vai {a o x}", thing(PT, "tide"), "Vai à maré"),
        ("vai {a o x}", thing(PT, "lighthouse"), "Vai ao farol"),
        ("vai {a o x}", thing(PT, "children"), "Vai às crianças"),
        ("com {o x}", thing(PT, "crab"), "Com o caranguejo"),
        ("{de um x}", thing(PT, "crab"), "De um caranguejo"),
        ("{de o x}", LIA, "De Lia"),
        ("{o x}", BENTO, "Bento"),
        ("{em o x}", KIM, "Em Kim"),
        ("{x:pronto/pronta/pronte}", KIM, "Pronte"),
        ("{x:pronto/pronta/pronte}", thing(PT, "women"), "Prontas"),
        ("{x#cai/caem}", thing(PT, "gulls"), "Caem"),
        ("{x.dele} {em x.ele} {de x.ele} {por x.ele}", LIA, "Dela nela dela por ela"),
        ("{x.dele} {em x.ele}", KIM, "Delu nelu"),
        ("{x.dele} {em x.ele} {x.ele}", RUI, "De Rui em Rui Rui"),
        ("{em x.ele}", thing(PT, "gulls"), "Nelas"),
    ],
)
def test_portuguese_agrees_and_contracts(template: str, noun: Noun, expected: str) -> None:
    assert said(template, x=noun) == expected


@pytest.mark.parametrize(
    ("template", "noun", "expected"),
    [
        ("{a x}", thing(EN, "eel"), "An eel"),
        ("{a x}", thing(EN, "crab"), "A crab"),
        ("{a x}", thing(EN, "gulls"), "Gulls"),
        ("{the x}", LIA, "Lia"),
        ("{x.they} {x~is/are}", KIM, "They are"),
        ("{x.they} {x~is/are}", LIA, "She is"),
        ("{x.they} {x~is/are}", RUI, "Rui is"),
        ("{x.their} boots", RUI, "Rui’s boots"),
        ("{x.them}", thing(EN, "eel"), "It"),
        ("{x} {x#turns/turn}", KIM, "Kim turns"),
        ("{the x} {x#turns/turn}", thing(EN, "flats"), "The mudflats turn"),
    ],
)
def test_english_agrees(template: str, noun: Noun, expected: str) -> None:
    assert said(template, EN, x=noun) == expected


def test_an_unknown_pronoun_never_takes_a_participle() -> None:
    with pytest.raises(Unfit):
        said("{x} fica {x:cansado/cansada/cansade}", x=RUI)


def test_a_form_that_lacks_elu_is_not_said_of_kim() -> None:
    with pytest.raises(Unfit):
        said("{x} fica {x:cansado/cansada}", x=KIM)


def test_a_mixed_group_is_o_grupo_in_the_singular() -> None:
    assert said("{o g} {g#para/param}, {g:atento/atenta/atente}", g=thing(PT, "group")) == "O grupo para, atento"


def test_a_named_noun_stays_bound_for_the_rest_of_the_sentence() -> None:
    assert said("{o x=crowd} {x#se vira/se viram}") == "A multidão se vira"


def test_every_sentence_and_quotation_begins_in_a_capital() -> None:
    assert (
        said("{o x} cai. {o x} geme. “{o x}!”, diz", x=thing(PT, "eel"))
        == "A enguia cai. A enguia geme. “A enguia!”, diz"
    )


def test_choices_give_every_form_once() -> None:
    assert choices("[Um|Dois] [a|b|]!") == ("Um a!", "Um b!", "Um !", "Dois a!", "Dois b!", "Dois !")


def test_several_people_are_one_plural_noun_that_only_verbs_agree_with() -> None:
    assert said("{x} {x#fica/ficam}", x=joined([LIA, BENTO, KIM], PT)) == "Lia, Bento e Kim ficam"
    assert said("{x} {x#stays/stay}", EN, x=joined([LIA, RUI], EN)) == "Lia and Rui stay"
    assert said("{de o x}, {x.ele}", x=joined([LIA, BENTO], PT)) == "De Lia e Bento, Lia e Bento"
    assert joined([RUI], PT) == RUI
    with pytest.raises(Unfit):
        said("{x} ficam {x:pronto/pronta/pronte}", x=joined([LIA, BENTO], PT))
