"""Writes the tables of measurements in the READMEs from `bench/results`: `python -m tools.measurements`."""

import json
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- measurements -->", "<!-- /measurements -->"
HEADS: Final = {
    "README.md": ("what", "measured", "peer", "target"),
    "README.pt-BR.md": ("o quê", "medido", "ao lado", "meta"),
}
SHOWN: Final[dict[str, dict[str, str]]] = {
    "interactions": {
        "/roll: processor time": "`/roll` numa mesa, linha gravada: processador (ao lado: `/ping` puro de discord.py)",
        "/act: processor time": "`/act` até a primeira resposta: processador",
        "/act: first answer at 100/s, p99": "`/act` a 100/s: primeira resposta, p99",
        "/roll flat out": "`/roll`, o máximo de um processo",
    },
    "log": {
        "load at 100,000 rows against 1,000": "carregar uma mesa de 100.000 linhas (ao lado: 1.000)",
        "append at 100,000 rows against 1,000": "gravar numa mesa de 100.000 linhas (ao lado: 1.000)",
    },
    "memory": {
        "shards at rest": "memória de `shards` em repouso (ao lado: discord.py puro)",
        "worker at rest": "memória de `worker` em repouso (ao lado: discord.py puro)",
        "shards, a session held": "por mesa, em `shards`",
        "worker, a session held": "por mesa, em `worker`",
    },
    "load": {
        "people": "carga: pessoas jogando ao mesmo tempo",
        "acts a minute": "carga: ações por minuto",
        "acts failed or refused": "carga: ações que falharam",
        "first answer, mean": "carga: primeira resposta, média",
        "first answer, 99th percentile": "carga: primeira resposta, p99",
        "whole story, mean": "carga: narração inteira, média",
    },
    "ai-calls": {
        "our whole router, a plain call, 1 at once: processor": "roteador de IA, uma pergunta: processador "
        "(ao lado: só aiohttp e orjson)",
        "our whole router, a stream of 20 pieces, 16 at once: processor": "roteador de IA, resposta em 20 pedaços, "
        "16 de cada vez: processador",
        "LiteLLM's Router, a plain call, 16 at once: processor (peer: our router)": "Router da LiteLLM, uma pergunta, "
        "16 de cada vez (ao lado: o nosso)",
        "LiteLLM's Router, a stream of 20 pieces, 16 at once: processor (peer: our router)": "Router da LiteLLM, "
        "resposta em 20 pedaços, 16 de cada vez (ao lado: o nosso)",
        "our Mistral adapter against mistralai: processor": "nosso acesso à Mistral (ao lado: SDK mistralai)",
    },
    "ai-people": {
        "500 people: first visible word, mean": "500 pessoas jogando com IA local: primeira palavra, média",
        "500 people: first visible word, p99": "500 pessoas: primeira palavra, p99",
        "500 people: whole answer, mean": "500 pessoas: narração inteira, média",
        "500 people: what we add to it, mean": "500 pessoas: o que acrescentamos ao tempo do provedor, média",
    },
    "ai-cost": {
        "mistral-small-latest: 1,000 turns as they are": "1.000 narrações com mistral-small "
        "(ao lado: prompt que só cresce, sem cache)",
        "mistral-small-latest: 5,000 messages of 500 sessions (plan: R$ 1,000)": "5.000 mensagens de 500 mesas, "
        "mistral-small",
        "gemini-3.5-flash-lite: 5,000 messages of 500 sessions (plan: R$ 1,000)": "5.000 mensagens de 500 mesas, "
        "gemini-3.5-flash-lite",
    },
}
ENGLISH: Final = {
    "/roll: processor time": "`/roll` in a session, row written: processor (peer: discord.py's bare `/ping`)",
    "/act: processor time": "`/act` until its first answer: processor",
    "/act: first answer at 100/s, p99": "`/act` at 100/s: first answer, p99",
    "/roll flat out": "`/roll`, the most of one process",
    "load at 100,000 rows against 1,000": "load a session of 100,000 rows (peer: 1,000)",
    "append at 100,000 rows against 1,000": "append to a session of 100,000 rows (peer: 1,000)",
    "shards at rest": "memory of `shards` at rest (peer: a bare discord.py bot)",
    "worker at rest": "memory of `worker` at rest (peer: a bare discord.py bot)",
    "shards, a session held": "per session, in `shards`",
    "worker, a session held": "per session, in `worker`",
    "people": "load: people playing at once",
    "acts a minute": "load: acts a minute",
    "acts failed or refused": "load: acts failed",
    "first answer, mean": "load: first answer, mean",
    "first answer, 99th percentile": "load: first answer, p99",
    "whole story, mean": "load: whole story, mean",
    "our whole router, a plain call, 1 at once: processor": "AI router, a plain call: processor (peer: aiohttp and "
    "orjson alone)",
    "our whole router, a stream of 20 pieces, 16 at once: processor": "AI router, a stream of 20 pieces, 16 at once: "
    "processor",
    "LiteLLM's Router, a plain call, 16 at once: processor (peer: our router)": "LiteLLM's Router, a plain call, 16 at "
    "once (peer: ours)",
    "LiteLLM's Router, a stream of 20 pieces, 16 at once: processor (peer: our router)": "LiteLLM's Router, a stream, "
    "16 at once (peer: ours)",
    "our Mistral adapter against mistralai: processor": "our way to Mistral (peer: the SDK mistralai)",
    "500 people: first visible word, mean": "500 people play with a local AI: first visible word, mean",
    "500 people: first visible word, p99": "500 people: first visible word, p99",
    "500 people: whole answer, mean": "500 people: whole narration, mean",
    "500 people: what we add to it, mean": "500 people: what we add to the provider's time, mean",
    "mistral-small-latest: 1,000 turns as they are": "1,000 narrations by mistral-small (peer: a prompt that "
    "only grows, no cache)",
    "mistral-small-latest: 5,000 messages of 500 sessions (plan: R$ 1,000)": "5,000 messages of 500 sessions, "
    "mistral-small",
    "gemini-3.5-flash-lite: 5,000 messages of 500 sessions (plan: R$ 1,000)": "5,000 messages of 500 sessions, "
    "gemini-3.5-flash-lite",
}


def main() -> None:
    """Replace what stands between the marks in both READMEs; what was not measured is left out."""
    for name in HEADS:
        document = ROOT / name
        before, _, rest = document.read_text().partition(BEGIN)
        document.write_text(f"{before}{BEGIN}\n{table(name)}{END}{rest.partition(END)[2]}")


def table(name: str) -> str:
    """Return the table of one README as Markdown, with the machine below it."""
    portuguese = "pt-BR" in name
    lines = [f"| {' | '.join(HEADS[name])} |", "|---|---|---|---|"]
    machines: list[str] = []
    for bench, shown in SHOWN.items():
        path = ROOT / "bench" / "results" / f"{bench}.json"
        if not path.exists():
            continue
        found: dict[str, Any] = json.loads(path.read_text())
        machines.append(str(found["machine"]))
        rows = {row["what"]: row for row in found["rows"]}
        lines += [
            _line(rows[what], word if portuguese else ENGLISH[what], portuguese)
            for what, word in shown.items()
            if what in rows
        ]
    return "\n".join([*lines, "", "; ".join(dict.fromkeys(machines)), ""])


def _line(row: Any, what: str, portuguese: bool) -> str:
    unit = row["unit"].partition(" ")[0] if portuguese else row["unit"]
    unit = (
        {"interactions/s": "por segundo", "people": "", "acts": "", "stories": ""}.get(unit, unit)
        if portuguese
        else unit
    )
    value = f"{_number(row['value'], portuguese)} {unit}".strip()
    peer = "" if row["peer"] is None else _number(row["peer"], portuguese)
    if row["ratio"] is not None:
        peer += f" (× {_number(row['ratio'], portuguese)})"
    target = row["target"] or ""
    if portuguese:
        target = target.replace("× peer", "× o do lado").replace(".", ",")
    met = {True: "✓", False: "✗", None: ""}[row["met"]]
    return f"| {what} | {value} | {peer} | {target} {met} |".replace("  ", " ")


def _number(value: float, portuguese: bool) -> str:
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return text.translate(str.maketrans(",.", ".,")) if portuguese else text


if __name__ == "__main__":
    main()
