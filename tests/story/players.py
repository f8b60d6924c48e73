"""Automatic players of the starter adventure: one who wants to win, one who wants to see it burn."""

from core.game.state import State

LINES = {
    "pt-BR": {
        "harbour": "Volto ao porto",
        "warehouse": "Vou ao armazém",
        "flats": "Desço ao lamaçal",
        "bell": "Atravesso até o sino",
        "search": "Vasculho o lugar",
        "take": "Pego o badalo",
        "ring": "Toco o sino com o badalo",
        "fight": "Ataco {kind}",
        "strike": "Ataco Celeste",
        "strike_boy": "Ataco Nilo",
        "eel": "a enguia",
        "crab": "o caranguejo",
        "guard": "o guarda",
    },
    "en-US": {
        "harbour": "I go back to the harbor",
        "warehouse": "I go to the warehouse",
        "flats": "I go down to the mudflats",
        "bell": "I cross to the bell",
        "search": "I search the place",
        "take": "I take the clapper",
        "ring": "I ring the bell with the clapper",
        "fight": "I attack {kind}",
        "strike": "I attack Celeste",
        "strike_boy": "I attack Nilo",
        "eel": "the eel",
        "crab": "the crab",
        "guard": "the guard",
    },
}


def winning_move(state: State, hero: str) -> str:
    """Return what a player who wants the tide back would type, in the table's language."""
    say, me = LINES[state.language], state.heroes[hero]
    if "s3" not in state.revealed:
        return say["search"] if me.place == "warehouse" else say["warehouse"]
    if state.items["clapper"] not in state.heroes:
        return say["take"] if me.place == "warehouse" else say["warehouse"]
    if me.place == "bell":
        return say["ring"]
    return {"warehouse": say["harbour"], "harbour": say["flats"]}.get(me.place, say["bell"])


def burning_move(state: State, hero: str) -> str:
    """Return what a player types who wants the town in flames."""
    say = LINES[state.language]
    if state.heroes[hero].place != "harbour":
        return say["harbour"]
    return say["strike"] if state.figures["celeste"].hp > 0 else say["strike_boy"]
