"""`yourtale ai`: one question by hand, and the router measured, against the local providers."""

import json
from pathlib import Path

import pytest

from bot import cli
from bot.ai_prompts import TYPES, prompt
from core.story.kinds import KINDS


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("YOURTALE_AI_ORDER", "MISTRAL_API_KEY", "GEMINI_API_KEY", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


def ask(*options: str) -> int:
    return cli.main(["ai", "ask", "--local", *options])


def test_a_rules_question_asked_twice_is_paid_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("--type", "rules", "--text", "How does a check work?", "--times", "2", "--json") == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["cache"], first["source"], len(first["attempts"])) == ("miss", "provider", 1)
    assert (second["cache"], second["source"], second["attempts"], second["micro_usd"]) == ("hit", "cache", [], 0)
    assert first["text"] == second["text"]
    assert first["micro_usd"] == first["attempts"][0]["micro_usd"] > 0
    assert first["seconds"] >= first["first_word_seconds"] > 0


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
def test_every_type_is_answered_in_words(kind: str, locale: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = {"en-US": "How does a check work?", "pt-BR": "Como funciona um teste?"}[locale]
    assert ask("--type", kind, "--text", said, "--locale", locale) == 0
    out = capsys.readouterr().out
    assert "gemini/gemini-3.5-flash-lite" in out
    assert ("cost: US$" if locale == "en-US" else "custo: US$") in out
    assert "{" not in out


def test_what_is_no_rules_question_is_said_to_be_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("--type", "rules", "--text", "Onde está a Jandira?", "--locale", "pt-BR") == 2
    assert "--type answer" in capsys.readouterr().err


def test_without_a_provider_it_says_what_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ai", "ask", "--text", "Hello"]) == 2
    assert "YOURTALE_AI_ORDER" in capsys.readouterr().err


def test_a_provider_without_its_key_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YOURTALE_AI_ORDER", "mistral")
    assert cli.main(["ai", "ask", "--text", "Hello"]) == 2
    assert "MISTRAL_API_KEY is not set" in capsys.readouterr().err


def test_when_nobody_answers_the_reason_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YOURTALE_AI_ORDER", "openai")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("YOURTALE_OPENAI_MODELS", "tale")
    assert cli.main(["ai", "ask", "--text", "Hello", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["failed"]
    assert {tried["outcome"] for tried in answer["attempts"]} == {"unavailable"}


def test_a_question_without_measure_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("--text", "a" * 5_000) == 2
    assert "4,000" in capsys.readouterr().err


def test_the_bench_reports_figures_and_its_books_are_never_below_the_bill(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ai", "bench", "--calls", "40", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["answered"] == found["calls"] == 40
    assert found["attempts"] > 40
    assert found["answers_per_second"] > 0
    assert found["booked"] >= found["billed"] > 0


def test_every_prompt_that_is_put_is_of_a_declared_kind() -> None:
    declared = {kind.name for kind in KINDS} | {"completion"}
    for kind in TYPES:
        made = prompt(kind, "How does a check work?", "en-US", "")
        assert made is not None
        assert made.kind in declared
