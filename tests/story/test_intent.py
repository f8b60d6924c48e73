import pytest

from core.story.oracle.intent import understood
from core.story.oracle.plan import steps
from tests.story.table import Table

PT = [
    ("olho em volta", "look", {}),
    ("Procuro pistas atrás dos sacos", "search", {}),
    ("pego a corda do Nilo", "take", {"items": ("rope",), "figures": ("nilo",)}),
    ("Entrego a lanterna para Nilo", "give", {"items": ("lantern",), "figures": ("nilo",)}),
    ("leio a caderneta", "read", {"items": ("ledger",)}),
    ("Acendo a tocha", "use", {"items": ("torch",)}),
    ("toco o sino com o badalo", "ring", {"places": ("bell",), "items": ("clapper",)}),
    ("pergunto a Jandira sobre a maré", "talk", {"figures": ("jandira",), "topics": ("tide",)}),
    ("tento acalmar Celeste", "sway", {"figures": ("celeste",)}),
    ("Pressiono Tobias: onde está o badalo?", "sway", {"figures": ("tobias",), "topics": ("bell",)}),
    ("Atacamos a enguia!", "attack", {}),
    ("Ajudo Bento a levantar", "help", {"heroes": ("pc2",)}),
    ("me escondo atrás dos barris", "hide", {}),
    ("empurro a porta com o ombro", "force", {}),
    ("não ataco Celeste", "hold", {"figures": ("celeste",)}),
    ("não ataco, me escondo", "hide", {}),
    ("nunca toco o sino", "hold", {}),
    ("nada mais do que um grão de areia", "wait", {}),
    ("Conto carneirinhos até a lua", "talk", {}),
    ("nós vamos ao farol", "unknown", {"together": True, "going": "instead"}),
]
EN = [
    ("look around", "look", {}),
    ("I search behind the sacks", "search", {}),
    ("I take Nilo's rope", "take", {"items": ("rope",), "figures": ("nilo",)}),
    ("I give the lantern to Nilo", "give", {"items": ("lantern",), "figures": ("nilo",)}),
    ("I read the ledger", "read", {"items": ("ledger",)}),
    ("I light the torch", "use", {"items": ("torch",)}),
    ("I ring the bell", "ring", {"places": ("bell",)}),
    ("I ask Jandira about the tide", "talk", {"figures": ("jandira",), "topics": ("tide",)}),
    ("I try to calm Celeste", "sway", {"figures": ("celeste",)}),
    ("I press Tobias: where is the clapper?", "sway", {"figures": ("tobias",), "topics": ("bell",)}),
    ("attack the eel", "attack", {}),
    ("I help Bento up", "help", {"heroes": ("pc2",)}),
    ("I hide behind the barrels", "hide", {}),
    ("I push the door", "force", {}),
    ("I don't attack Celeste", "hold", {"figures": ("celeste",)}),
    ("I do not attack, I hide", "hide", {}),
    ("I never ring the bell", "hold", {}),
    ("we go to the lighthouse", "unknown", {"together": True, "going": "instead"}),
]
PLANS = {
    "pt-BR": [
        ("harbour", "vou até o armazém", "go warehouse"),
        ("harbour", "Desço ao lamaçal com cuidado", "go flats"),
        ("harbour", "Caminho para o farol", "go lighthouse"),
        ("lighthouse", "Desço do farol para o porto", "go harbour"),
        ("harbour", "Subo até o farol", "go lighthouse"),
        ("flats", "Escalo a rampa de volta ao porto", "go harbour"),
        ("boat", "Salto do barco para a lama", "go flats"),
        ("harbour", "Atravesso o lamaçal até o sino", "go bell"),
        ("warehouse", "Saio do armazém e corro até o sino", "go bell"),
        ("harbour", "sem atacar ninguém, vou ao porto", "go"),
        ("warehouse", "sem atacar ninguém, vou ao porto", "go harbour"),
        ("harbour", "Vou até o farol falar com Jandira.", "go lighthouse, talk"),
        ("harbour", "Vou ao farol perguntar a Jandira sobre o sino", "go lighthouse, talk"),
        ("harbour", "Vou falar com Jandira sobre o barco", "go lighthouse, talk"),
        ("harbour", "Digo a Nilo para ir ao barco", "talk"),
        ("harbour", "Entro no armazém e vasculho tudo", "go warehouse, search"),
        ("harbour", "Pego a lanterna e desço ao lamaçal", "take, go flats"),
        ("harbour", "vou pegar a lanterna", "take"),
        ("harbour", "Pego a lanterna e acendo.", "take, use"),
        ("harbour", "Pego a corda e dou para Nilo", "take, give"),
        ("harbour", "Falo com Celeste e tento acalmar as mulheres.", "sway"),
        ("harbour", "Vou tocar o sino", "go bell, ring"),
        ("harbour", "Abro a porta do armazém", "go warehouse"),
        ("harbour", "Abro a porta do armazém e entro", "go warehouse"),
        ("harbour", "Sigo até Tobias", "go warehouse"),
        ("warehouse", "Me aproximo da balança e puxo o pano do contrapeso.", "examine"),
        ("warehouse", "Levanto o pano", "examine"),
        ("warehouse", "Examino a balança", "examine"),
        ("harbour", "Vou até a balança", "go warehouse"),
        ("harbour", "Mexo nas redes", "examine"),
        ("warehouse", "Examino a caderneta de dívidas", "read"),
        ("warehouse", "Abro a caderneta", "read"),
        ("warehouse", "Pressiono Tobias: onde está o badalo?", "sway"),
        ("bell", "Bato o sino pela terceira vez.", "ring"),
        ("bell", "Golpeio o sino", "ring"),
        ("bell", "Toco de novo", "ring"),
        ("bell", "Penduro o badalo no sino", "ring"),
        ("bell", "Prendo o badalo na corrente", "ring"),
        ("harbour", "Bato em Celeste", "attack"),
        ("harbour", "Ataco a enguia com o arpão", "attack"),
        ("harbour", "Canto uma canção de ninar para a lua.", "sing"),
        ("harbour", "danço em cima da mesa", "dance"),
        ("harbour", "Vou dançar com a lua", "dance"),
        ("harbour", "Sento e espero", "wait"),
        ("harbour", "Aceno para o barco", "gesture"),
        ("harbour", "Danço até o farol", "dance"),
        ("harbour", "não vou ao farol", "hold"),
        ("harbour", "salto o muro", "leap"),
        ("boat", "Subo no mastro", "leap"),
        ("harbour", "xingamento zabumba", "unknown"),
        ("harbour", "Puxo o pano da balança", "afar"),
        ("flats", "Chuto a porta do armazém", "afar"),
        ("flats", "Vou embora", "go"),
        ("harbour", "Conserto a rede", "pick"),
    ],
    "en-US": [
        ("harbour", "I go to the warehouse", "go warehouse"),
        ("harbour", "I climb down to the flats.", "go flats"),
        ("harbour", "I walk to the lighthouse", "go lighthouse"),
        ("lighthouse", "I come down from the lighthouse to the harbor", "go harbour"),
        ("flats", "I scramble back up to the harbor", "go harbour"),
        ("boat", "I jump off the boat onto the mud", "go flats"),
        ("harbour", "I walk to the bell", "go bell"),
        ("harbour", "I cross the mud to the bell", "go bell"),
        ("warehouse", "I leave the warehouse and run to the bell", "go bell"),
        ("harbour", "I go to the lighthouse to talk to Jandira.", "go lighthouse, talk"),
        ("harbour", "I go to the lighthouse to ask Jandira about the boat", "go lighthouse, talk"),
        ("harbour", "I go talk to Jandira about the boat", "go lighthouse, talk"),
        ("harbour", "I tell Nilo to go to the boat", "talk"),
        ("harbour", "I enter the warehouse and search it", "go warehouse, search"),
        ("harbour", "I take the lantern and go down to the flats", "take, go flats"),
        ("harbour", "I go and take the lantern", "take"),
        ("harbour", "I grab the lantern and light it.", "take, use"),
        ("harbour", "I take the rope and give it to Nilo", "take, give"),
        ("harbour", "I talk to Celeste and try to calm the women down.", "sway"),
        ("harbour", "I go ring the bell", "go bell, ring"),
        ("harbour", "I open the warehouse door", "go warehouse"),
        ("harbour", "I follow the pier to Jandira", "go lighthouse"),
        ("warehouse", "I walk up to the scale and pull the cloth off the counterweight.", "examine"),
        ("warehouse", "I lift the cloth", "examine"),
        ("warehouse", "I examine the scale", "examine"),
        ("harbour", "I walk up to the scale and pull the cloth off the counterweight.", "go warehouse, examine"),
        ("harbour", "I look through the nets", "examine"),
        ("warehouse", "I study the debt ledger.", "read"),
        ("warehouse", "I open the ledger", "read"),
        ("warehouse", "I press Tobias: where is the clapper?", "sway"),
        ("bell", "I strike the bell a third time.", "ring"),
        ("bell", "I hit the bell", "ring"),
        ("bell", "I ring it again", "ring"),
        ("bell", "I hang the clapper in the bell.", "ring"),
        ("bell", "I put the clapper on the chain", "ring"),
        ("harbour", "I attack the eel with the gaff", "attack"),
        ("harbour", "I sing a lullaby to the moon.", "sing"),
        ("harbour", "I dance a waltz with the moon", "dance"),
        ("harbour", "I sit down and wait", "wait"),
        ("harbour", "I wave at the boat", "gesture"),
        ("harbour", "I do not go to the lighthouse", "hold"),
        ("boat", "I climb the mast", "leap"),
        ("harbour", "I mend the net", "pick"),
        ("harbour", "I sneak to the lighthouse", "go lighthouse, hide"),
        ("harbour", "abracadabra", "unknown"),
        ("harbour", "I yank the cloth off the scale", "afar"),
        ("flats", "I kick the warehouse door", "afar"),
        ("harbour", "I pick up the rope", "take"),
        ("harbour", "I slip into the warehouse and hide behind the sacks", "go warehouse, hide"),
    ],
}


@pytest.mark.parametrize(
    ("language", "text", "verb", "more"),
    [("pt-BR", *case) for case in PT] + [("en-US", *case) for case in EN],
    ids=[case[0] for case in (*PT, *EN)],
)
def test_free_text_is_understood(language: str, text: str, verb: str, more: dict[str, object]) -> None:
    table = Table(language)
    table.join("Lia")
    table.join("Bento", "he")
    intent = understood(text, table.state, table.names)
    assert intent.verb == verb
    for field, value in more.items():
        assert getattr(intent, field) == value


@pytest.mark.parametrize(
    ("language", "place", "text", "expected"),
    [(language, *case) for language, cases in PLANS.items() for case in cases],
)
def test_a_text_comes_to_a_way_and_a_deed(language: str, place: str, text: str, expected: str) -> None:
    table = Table(language)
    table.join("Lia")
    table.state = table.state.hero("pc1", place=place)
    if place == "bell":
        table.state = table.state.with_(items={**table.state.items, "clapper": "pc1"}, revealed=("s3",))
    done = steps(understood(text, table.state, table.names), table.state, table.state.heroes["pc1"])
    assert ", ".join(f"{step.verb} {step.place}".strip() for step in done) == expected
