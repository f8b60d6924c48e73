"""Lines and veils: what a sentence touches, in both languages, by word families, and what it leaves alone."""

import pytest

from core.story.safety import crosses, unveils

TOUCHED = [
    ("aranhas", "Uma aranha desce pelo fio.", "pt-BR"),
    ("Aranhas!", "As tarântulas saem da caixa.", "pt-BR"),
    ("aranhas", "A spider the size of a fist drops onto the table.", "en-US"),
    ("spiders", "Aracnídeos cobrem a parede.", "pt-BR"),
    ("nada de aranhas", "Há teias em cada canto.", "pt-BR"),
    ("sangue", "O convés está ensanguentado.", "pt-BR"),
    ("blood", "She is bleeding into the sand.", "en-US"),
    ("tortura", "O carcereiro a torturou a noite inteira.", "pt-BR"),
    ("cenas de tortura", "Ele foi torturado.", "pt-BR"),
    ("graphic torture", "They torture him in the cellar.", "en-US"),
    ("violência contra animais", "O guarda chuta o cachorro.", "pt-BR"),
    ("violência contra animais", "Um gato maltratado se arrasta até a porta.", "pt-BR"),
    ("violence against animals", "He beats the dog with a rope.", "en-US"),
    ("crianças feridas", "O menino está ferido no joelho.", "pt-BR"),
    ("harm to children", "The girl was hurt in the fall.", "en-US"),
    ("afogamento", "Bento se afoga no canal.", "pt-BR"),
    ("drowning", "The sailor drowned last winter.", "en-US"),
    ("suicídio", "Falam em suicídio no cais.", "pt-BR"),
    ("agulhas", "Ele injeta o líquido.", "pt-BR"),
    ("needles", "A needle glints in the lamplight.", "en-US"),
    ("bebida alcoólica", "Nilo está bêbado de novo.", "pt-BR"),
    ("espelhos", "O espelho racha de cima a baixo.", "pt-BR"),
    ("mirrors", "A mirror hangs by the door.", "en-US"),
    ("gaivotas", "A gaivota pousa no mastro.", "pt-BR"),
    ("seasickness", "Seasickness takes them both.", "en-US"),
    ("ABISMO", "Diante deles, o abismo.", "pt-BR"),
    ("kidnapping", "Raptaram a filha do faroleiro.", "pt-BR"),
    ("estupro", "He is known as a rapist.", "en-US"),
]
ALONE = [
    ("aranhas", "O caranguejo anda de lado.", "pt-BR"),
    ("ratos", "O retrato está torto.", "pt-BR"),
    ("rats", "The rate is rather high.", "en-US"),
    ("violência contra animais", "O cachorro dorme ao sol.", "pt-BR"),
    ("violência contra animais", "O guarda chuta a porta.", "pt-BR"),
    ("violence against animals", "He beats the rug, and dust flies.", "en-US"),
    ("harm to children", "The girl laughs and runs ahead.", "en-US"),
    ("nudez", "A nuvem cobre a lua.", "pt-BR"),
    ("sex", "The sextant lies on the chart.", "en-US"),
    ("fogo", "A fogaça ainda está quente.", "pt-BR"),
    ("needles", "They need rope and light.", "en-US"),
    ("agulhas", "A água sobe devagar.", "pt-BR"),
    ("cats", "The catch is thin today.", "en-US"),
    ("drowning", "The drum falls silent.", "en-US"),
    ("cobras", "O cobre da panela brilha.", "pt-BR"),
    ("morte", "O motor tosse duas vezes.", "pt-BR"),
    ("guns", "The sun is low.", "en-US"),
    ("espelhos", "A espera foi longa.", "pt-BR"),
    ("violência", "O mato cresce até o muro.", "pt-BR"),
    ("violence", "The material matters little.", "en-US"),
    ("tortura", "A tormenta chega do sul.", "pt-BR"),
    ("children", "The infantry marches past.", "en-US"),
    ("sexo", "Toda sexta a feira enche o cais.", "pt-BR"),
]


@pytest.mark.parametrize(("line", "sentence", "language"), TOUCHED)
def test_a_sentence_that_touches_a_line_is_found(line: str, sentence: str, language: str) -> None:
    assert crosses(sentence, ("vulcões", line), language) == line


@pytest.mark.parametrize(("line", "sentence", "language"), ALONE)
def test_a_sentence_that_only_sounds_like_a_line_is_left_alone(line: str, sentence: str, language: str) -> None:
    assert crosses(sentence, (line,), language) is None


@pytest.mark.parametrize(
    ("veil", "sentence", "language", "shown"),
    [
        ("tortura", "Ele foi torturado naquela noite.", "pt-BR", False),
        ("tortura", "Ele grita enquanto a tortura rasga a pele.", "pt-BR", True),
        ("torture", "They tortured him for a day.", "en-US", False),
        ("torture", "The torturer slits the skin and he screams.", "en-US", True),
        ("death", "The old keeper died last spring.", "en-US", False),
        ("morte", "Ele morre aos gritos, a carne aberta.", "pt-BR", True),
        ("sexo", "A porta do quarto se fecha.", "pt-BR", False),
    ],
)
def test_a_veil_may_be_said_and_not_shown(veil: str, sentence: str, language: str, shown: bool) -> None:
    assert (unveils(sentence, (veil,), language) is not None) is shown


def test_nothing_is_touched_where_nobody_set_anything_and_empty_limits_hold_for_nothing() -> None:
    assert crosses("Sangue por toda parte.", (), "pt-BR") is None
    assert crosses("Sangue por toda parte.", ("", "…", "de", "123"), "pt-BR") is None
