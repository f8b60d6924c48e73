"""Narrations for a load: each of about a hundred words in Portuguese, and no two alike."""

import random

SUBJECTS = [
    "A maré",
    "O vento",
    "A névoa",
    "Uma lanterna",
    "O sino",
    "A fumaça",
    "Uma gaivota",
    "O lodo",
    "A chuva",
    "Um lampião",
]
VERBS = [
    "recua",
    "sobe",
    "hesita",
    "estala",
    "some",
    "volta",
    "escorre",
    "desce",
    "balança",
    "se espalha",
    "avança",
    "se desfaz",
]
PLACES = [
    "pelo cais",
    "atrás das redes",
    "junto ao molhe",
    "entre as pedras",
    "sob as tábuas",
    "além da ponte",
    "na curva do canal",
    "rente ao muro",
    "sobre os telhados",
    "diante do armazém",
    "ao pé da escada",
    "no fundo do beco",
]
MANNERS = [
    "sem pressa",
    "em silêncio",
    "com um rangido",
    "num sopro frio",
    "devagar",
    "de repente",
    "outra vez",
    "por um instante",
    "sem rumo",
    "contra a corrente",
    "à meia-luz",
    "com cheiro de sal",
]
ENDS = [
    "e as sombras mudam de lado",
    "e a água responde mais baixo",
    "e o escuro engole o resto",
    "e a madeira cede um pouco",
    "e o sal brilha nas frestas",
    "e as cordas gemem na espera",
    "e o eco demora a morrer",
    "e a luz treme na poça",
]
SENTENCES = 6


def narrations(count: int, seed: int = 1) -> list[list[str]]:
    """Return so many narrations, each in pieces of five words."""
    source = random.Random(seed)
    return [_pieces(" ".join(_sentence(source) for _ in range(SENTENCES))) for _ in range(count)]


def _sentence(source: random.Random) -> str:
    place, other = source.sample(PLACES, 2)
    subject, verb, manner, end = (source.choice(words) for words in (SUBJECTS, VERBS, MANNERS, ENDS))
    return f"{subject} {verb} {place}, {manner}, {end} {other}."


def _pieces(text: str) -> list[str]:
    words = text.split()
    return [("" if first == 0 else " ") + " ".join(words[first : first + 5]) for first in range(0, len(words), 5)]
