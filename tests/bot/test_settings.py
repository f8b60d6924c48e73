"""Settings: what counts, in which order, and the sentence for each mistake."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings, env_names, load, run_file, secret_names, warnings
from bot.settings_source import SECRET_FILE_LIMIT, SettingsError
from tools import settings_doc

KEY = "A" * 43
CANARY = "canary-3f9a-secret"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in env_names().values():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.chdir(tmp_path)


def problems(monkeypatch: pytest.MonkeyPatch, **variables: str) -> tuple[str, ...]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load()
    return caught.value.problems


def test_without_anything_set_the_offline_storyteller_tells() -> None:
    assert load().ai_order == ("offline",)


def test_the_environment_goes_before_named_files_and_both_before_dotenv(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=dotenv\nREDIS_URL=redis://dotenv\nYOURTALE_HOST=dotenv\n")
    (tmp_path / "token").write_text("from-file\n")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("YOURTALE_HOST", "environment")
    settings = load()
    assert (settings.token, settings.redis, settings.host) == ("from-file", "redis://dotenv", "environment")
    monkeypatch.setenv("DISCORD_TOKEN", "environment")
    assert load().token == "environment"


def test_what_a_running_yourtale_left_stands_in_for_what_is_unset(tmp_path: Path) -> None:
    left = run_file(tmp_path / ".data")
    left.parent.mkdir(parents=True)
    (tmp_path / "key").write_text(KEY)
    left.write_text(f"REDIS_URL='redis://left'\nDISCORD_TOKEN='left'\nYOURTALE_BUTTON_KEYS_FILE='{tmp_path / 'key'}'\n")
    (tmp_path / ".env").write_text("DISCORD_TOKEN=mine\n")
    settings = load()
    assert (settings.redis, settings.token) == ("redis://left", "mine")
    assert settings.button_key_bytes == (bytes(32),)
    assert load(beside=False).redis_url is None


def test_every_mistake_gets_its_own_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    told = problems(monkeypatch, YOURTALE_WORKER_CONCURRENCY="many", YOURTALE_HOST="x", YOURTALE_LOG_LEVEL="loud")
    assert len(told) == 2
    assert told[0].startswith("YOURTALE_WORKER_CONCURRENCY must be a valid integer")
    assert "'many'" in told[0]
    assert told[1].startswith("YOURTALE_LOG_LEVEL must be 'debug', 'info', 'warning' or 'error'")


@pytest.mark.parametrize("name", sorted(secret_names()))
def test_no_mistake_repeats_a_secret(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, f"nonsense://{CANARY}")
    try:
        settings = load()
    except SettingsError as error:
        assert CANARY not in str(error)
    else:
        assert CANARY not in f"{settings!r} {settings} {settings.model_dump()}"


def test_settings_that_contradict_each_other_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    told = problems(
        monkeypatch,
        YOURTALE_AI_ORDER="gemini,openai,oracle",
        YOURTALE_SHARD_IDS="0-3",
        YOURTALE_DISCORD_REST_URL="http://127.0.0.1",
    )
    assert [sentence.split()[0] for sentence in told] == [
        "YOURTALE_AI_ORDER",
        "YOURTALE_AI_ORDER",
        "YOURTALE_AI_ORDER",
        "YOURTALE_AI_ORDER",
        "YOURTALE_SHARD_IDS",
        "YOURTALE_DISCORD_REST_URL",
    ]
    assert "not 'oracle'" in told[0]


@pytest.mark.parametrize("names", ["mistral/large", "gemini", "gemini/", "gemini/image"])
def test_a_model_for_pictures_names_a_provider_that_has_them_and_a_key(names: str) -> None:
    with pytest.raises(SettingsError, match="YOURTALE_PICTURE_MODELS"):
        load(None, picture_models=(names,))
    assert load(None, voice_models=("openai/tale-voice",), openai_base_url="http://127.0.0.1:1/v1").voice_models


def test_all_keys_of_a_provider_are_used_once() -> None:
    settings = load(gemini_api_keys="a,b", gemini_api_key="b")
    assert [key.get_secret_value() for key in settings.ai_keys("gemini")] == ["a", "b"]


def test_shards_are_written_as_ranges() -> None:
    assert load(shard_ids="0-2,7", shard_count=8).shard_ids == (0, 1, 2, 7)


@given(st.text(max_size=40))
def test_no_text_of_shards_breaks_anything(text: str) -> None:
    try:
        load(dotenv=None, shard_ids=text, shard_count=100_000)
    except SettingsError as error:
        assert len(error.problems) == 1


def test_every_spelling_of_a_postgres_address_becomes_one() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+asyncpg"):
        assert load(database_url=f"{scheme}://u:p@h/d").database == "postgresql://u:p@h/d"


def test_a_secret_file_that_is_missing_or_huge_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = problems(monkeypatch, DISCORD_TOKEN_FILE=str(tmp_path / "none"))
    assert told == (f"DISCORD_TOKEN_FILE names {tmp_path / 'none'}, which cannot be read: No such file or directory.",)
    (tmp_path / "huge").write_bytes(b"x" * (SECRET_FILE_LIMIT + 1))
    assert "larger" in problems(monkeypatch, DISCORD_TOKEN_FILE=str(tmp_path / "huge"))[0]


def test_a_misspelt_variable_is_pointed_out() -> None:
    assert warnings({"YOURTALE_WORKER_CONCURENCY": "1", "DISCORD_TOKEN_FILE": "x", "YOURTALE_HOST": ""}) == [
        "YOURTALE_WORKER_CONCURENCY is not a setting and changes nothing; did you mean YOURTALE_WORKER_CONCURRENCY."
    ]


def test_a_role_alone_says_what_it_lacks() -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL is not set"):
        _ = Settings(_env_file=None).database  # type: ignore[call-arg]


def test_the_settings_page_and_the_example_are_what_the_settings_say() -> None:
    assert settings_doc.DOCUMENT.read_text() == settings_doc.document(), "run python -m tools.settings_doc"
    assert settings_doc.EXAMPLE.read_text() == settings_doc.example(), "run python -m tools.settings_doc"
