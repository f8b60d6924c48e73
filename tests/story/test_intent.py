import pytest

from core.story.oracle.intent import understood
from tests.story.table import Table

PT = [
    ("vou até o armazém", "go", {"places": ("warehouse",)}),
    ("Desço ao lamaçal com cuidado", "go", {"places": ("flats",)}),
    ("Caminho para o farol", "go", {"places": ("lighthouse",)}),
    ("olho em volta", "look", {}),
    ("Procuro pistas atrás dos sacos", "search", {}),
    ("pego a corda do Nilo", "take", {"items": ("rope",), "figures": ("nilo",)}),
    ("Entrego a lanterna para Nilo", "give", {"items": ("lantern",), "figures": ("nilo",)}),
    ("leio a caderneta", "read", {"items": ("ledger",)}),
    ("Acendo a tocha", "use", {"items": ("torch",)}),
    ("toco o sino com o badalo", "ring", {"places": ("bell",), "items": ("clapper",)}),
    ("pergunto a Jandira sobre a maré", "talk", {"figures": ("jandira",), "topics": ("tide",)}),
    ("tento acalmar Celeste", "sway", {"figures": ("celeste",)}),
    ("Atacamos a enguia!", "attack", {}),
    ("Ajudo Bento a levantar", "help", {"heroes": ("pc2",)}),
    ("me escondo atrás dos barris", "hide", {}),
    ("empurro a porta com o ombro", "force", {}),
    ("salto o muro", "leap", {}),
    ("não ataco Celeste", "hold", {"figures": ("celeste",)}),
    ("não ataco, me escondo", "hide", {}),
    ("nunca toco o sino", "hold", {}),
    ("sem atacar ninguém, vou ao porto", "go", {"places": ("harbour",)}),
    ("danço em cima da mesa", "unknown", {}),
    ("nada entre os barris", "unknown", {}),
    ("vou pegar a lanterna", "take", {"items": ("lantern",)}),
    ("nós vamos ao farol", "go", {"together": True}),
]
EN = [
    ("I go to the warehouse", "go", {"places": ("warehouse",)}),
    ("I walk to the lighthouse", "go", {"places": ("lighthouse",)}),
    ("look around", "look", {}),
    ("I search behind the sacks", "search", {}),
    ("I take Nilo's rope", "take", {"items": ("rope",), "figures": ("nilo",)}),
    ("I give the lantern to Nilo", "give", {"items": ("lantern",), "figures": ("nilo",)}),
    ("I read the ledger", "read", {"items": ("ledger",)}),
    ("I light the torch", "use", {"items": ("torch",)}),
    ("I ring the bell", "ring", {"places": ("bell",)}),
    ("I ask Jandira about the tide", "talk", {"figures": ("jandira",), "topics": ("tide",)}),
    ("I try to calm Celeste", "sway", {"figures": ("celeste",)}),
    ("attack the eel", "attack", {}),
    ("I help Bento up", "help", {"heroes": ("pc2",)}),
    ("I hide behind the barrels", "hide", {}),
    ("I push the door", "force", {}),
    ("I climb the mast", "leap", {}),
    ("I don't attack Celeste", "hold", {"figures": ("celeste",)}),
    ("I do not attack, I hide", "hide", {}),
    ("I never ring the bell", "hold", {}),
    ("I dance on the table", "unknown", {}),
    ("I go and take the lantern", "take", {"items": ("lantern",)}),
    ("we go to the lighthouse", "go", {"together": True}),
]


@pytest.mark.parametrize(
    ("language", "text", "verb", "more"),
    [("pt-BR", *case) for case in PT] + [("en-US", *case) for case in EN],
    ids=[case[0] for case in (*PT, *EN)],
)
def test_free_text_is_routed(language: str, text: str, verb: str, more: dict[str, object]) -> None:
    table = Table(language)
    table.join("Lia")
    table.join("Bento", "he")
    intent = understood(text, table.state, table.names)
    assert intent.verb == verb
    for field, value in more.items():
        assert getattr(intent, field) == value
