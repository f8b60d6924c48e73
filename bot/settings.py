"""The one settings object: environment, `.env`, and secrets from files (`NAME_FILE`)."""

import base64
import os
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import DotEnvSettingsSource

from bot.settings_source import SecretFiles, SettingsError, environment, sentences, unknown
from bot.settings_types import MAX_SHARDS, Keys, Limits, Names, Port, PostgresUrl, RedisUrl, Secrets, Shards

PREFIX = "YOURTALE_"
PROVIDERS = ("gemini", "mistral", "openai")
MEDIA_PROVIDERS = ("gemini", "openai")


def _own(name: str, default: object, description: str, **bounds: Any) -> Any:
    """Declare a setting whose variable has a name of its own, without our prefix."""
    return Field(default=default, validation_alias=name, description=description, **bounds)


def _ours(default: object, description: str, **bounds: Any) -> Any:
    return Field(default=default, description=description, **bounds)


class Settings(BaseSettings):
    """Every setting, validated. Build it with `load()`; secrets are `SecretStr` and print as stars.

    A port of None means: the usual one, or a free one where that is taken. A port of 0 means a free one.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", validate_by_name=True, env_ignore_empty=True
    )

    data_dir: Path = _ours(Path(".data"), "Folder of the embedded services, the local Discord and generated secrets.")
    database_url: PostgresUrl = _own(
        "DATABASE_URL",
        None,
        "PostgreSQL to use instead of the embedded one: `postgresql://user:password@host/db`.",
    )
    database_read_url: PostgresUrl = _own(
        "DATABASE_READ_URL",
        None,
        "A streaming replica for what may be a moment old (recap, statistics, export).",
    )
    redis_url: RedisUrl = _own("REDIS_URL", None, "Redis to use instead of the embedded one: `redis://…`.")

    discord_token: SecretStr | None = _own(
        "DISCORD_TOKEN", None, "The bot's token. Without it `yourtale run` starts the local Discord."
    )
    discord_rest_url: str | None = _ours(None, "Another Discord's REST address, such as the playground's.")
    discord_gateway_url: str | None = _ours(None, "Another Discord's gateway address, such as the playground's.")
    shard_ids: Shards = _ours((), "Shards of this process: `0-3,7`; empty means all.")
    shard_count: int | None = _ours(None, "Shards of the whole bot; empty lets Discord say.", ge=1, le=MAX_SHARDS)
    shard_processes: int = _ours(1, "How many shard processes `yourtale run` starts.", ge=1, le=64)
    worker_processes: int = _ours(1, "How many workers `yourtale run` starts.", ge=1, le=64)

    queue_count: int = _ours(1, "Queues over which the sessions are spread.", ge=1, le=256)
    worker_concurrency: int = _ours(50, "Stories that one worker tells at the same time.", ge=1, le=1_000)
    worker_lock_seconds: float = _ours(
        10.0, "Seconds after which another worker tells on what a silent one had in hand.", ge=1, le=120
    )
    edit_interval: float = _ours(1.0, "Seconds between two edits of a growing narration.", ge=0.2, le=30)
    defer_after: float = _ours(2.0, "Seconds of an interaction's age after which it is deferred.", ge=0.1, le=2.8)

    ai_order: Names = _ours(("offline",), "Storytellers in the order to try: `gemini,mistral,openai,offline`.")
    gemini_api_keys: Secrets = _own("GEMINI_API_KEYS", (), "Gemini keys, with commas between them.")
    gemini_api_key: SecretStr | None = _own("GEMINI_API_KEY", None, "One Gemini key.")
    gemini_base_url: AnyHttpUrl | None = _ours(None, "Another address that speaks Gemini's HTTP.")
    gemini_models: Names = _ours(
        ("gemini-3.5-flash-lite", "gemini-2.5-flash-lite"), "Gemini models in the order to try."
    )
    mistral_api_keys: Secrets = _own("MISTRAL_API_KEYS", (), "Mistral keys, with commas between them.")
    mistral_api_key: SecretStr | None = _own("MISTRAL_API_KEY", None, "One Mistral key.")
    mistral_base_url: AnyHttpUrl | None = _ours(None, "Another address that speaks Mistral's HTTP.")
    mistral_models: Names = _ours(("mistral-small-latest",), "Mistral models in the order to try.")
    openai_api_keys: Secrets = _own("OPENAI_API_KEYS", (), "OpenAI-compatible keys, with commas between them.")
    openai_api_key: SecretStr | None = _own("OPENAI_API_KEY", None, "One OpenAI-compatible key.")
    openai_base_url: AnyHttpUrl | None = _own(
        "OPENAI_BASE_URL", None, "Any OpenAI-compatible endpoint: Ollama, llama.cpp, vLLM, OpenRouter."
    )
    openai_models: Names = _ours((), "Models of the OpenAI-compatible endpoint in the order to try.")
    gemini_scopes: Names = _ours((), "Project of each Gemini key, in their order: keys of one scope share its limits.")
    mistral_scopes: Names = _ours((), "Organisation of each Mistral key, in their order.")
    openai_scopes: Names = _ours((), "Account of each OpenAI-compatible key, in their order.")
    gemini_limits: Limits = _ours(
        {},
        "What a scope may use of each Gemini model, as JSON: `rpm`, `input_tpm`, `tpm`, `rpd`, `usd` in "
        '`usd_window_seconds`, `zone`; or by model: `{"gemini-3.5-flash-lite": {"rpm": 4000}}`.',
    )
    mistral_limits: Limits = _ours({}, "The same for Mistral.")
    openai_limits: Limits = _ours({}, "The same for the OpenAI-compatible endpoint.")
    ai_workers: int | None = _ours(
        None,
        "Workers of the whole installation, among which limits are divided while Redis is away; empty: those of "
        "this machine.",
        ge=1,
        le=10_000,
    )
    prompt_tokens: int = _ours(
        8_000, "Most tokens a telling's prompt may take; memories and lore cards go first.", ge=2_000, le=100_000
    )
    ai_first_word_seconds: float = _ours(8.0, "Longest wait for a storyteller's first word.", gt=0, le=120)
    ai_between_seconds: float = _ours(10.0, "Longest silence between two words.", gt=0, le=120)
    ai_whole_seconds: float = _ours(60.0, "Longest time for one whole telling.", gt=0, le=600)
    on_outage: Literal["oracle", "stop"] = _ours(
        "oracle", "When no model answers: the offline storyteller tells on, or the telling stops there."
    )
    budget_guild_usd: Decimal = _ours(
        Decimal(20), "What a server may spend on AI in a month, in US$.", ge=0, le=1_000_000
    )
    budget_session_usd: Decimal = _ours(Decimal(5), "What a session may spend on AI, in US$.", ge=0, le=1_000_000)
    budget_person_usd: Decimal | None = _ours(
        None, "What one person's actions may cost in a day, in US$; empty is no limit.", ge=0, le=1_000_000
    )
    budget_total_usd: Decimal | None = _ours(
        None, "What the whole installation may spend on AI in a month, in US$; empty is no limit.", ge=0, le=1_000_000
    )
    picture_models: Names = _ours((), "Models that draw scenes, as `gemini/NAME,openai/NAME`; empty: no pictures.")
    voice_models: Names = _ours((), "Models that read narrations aloud, in the same form; empty: no voice.")
    budget_soft: float = _ours(0.8, "Part of a budget from which cheaper models and shorter answers do.", gt=0, le=1)
    currency: str = _ours("USD", "Currency in which `yourtale costs` counts.", pattern=r"^[A-Z]{3}$")
    currency_per_usd: Decimal = _ours(Decimal(1), "What one US$ costs in that currency.", gt=0, le=1_000_000)
    currency_date: date | None = _ours(None, "The day of that rate, as 2026-11-24.")
    price_age_days: int = _ours(90, "Age of the price list from which a look at it is called for.", ge=1, le=3_650)

    button_keys: Keys = _ours((), "Keys that sign buttons (32 bytes, base64); the first signs, all verify.")
    master_keys: Keys = _ours((), "Keys that wrap people's keys (32 bytes, base64); the first wraps, all unwrap.")

    host: str = _ours("127.0.0.1", "Address on which health, metrics and the playground listen.")
    port_shards: Port = _ours(None, "Health and metrics port of the shards (usually 8101).")
    port_worker: Port = _ours(None, "Health and metrics port of the worker (usually 8111).")
    port_scheduler: Port = _ours(None, "Health and metrics port of the scheduler (usually 8121).")
    playground_port: Port = _ours(None, "Port of the local Discord and its page (usually 8080).")
    openapi: Path | None = _ours(None, "Discord's OpenAPI file, against which the playground checks requests.")

    log_format: Literal["auto", "json", "text"] = _ours("auto", "`auto` is text on a terminal, else JSON.")
    log_level: Literal["debug", "info", "warning", "error"] = _ours("info", "What is logged at least.")

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        wrong = [
            f"YOURTALE_AI_ORDER knows gemini, mistral, openai and offline, not {name[:40]!r}"
            for name in self.ai_order
            if name not in (*PROVIDERS, "offline")
        ]
        for name in PROVIDERS:
            keyless = name == "openai" and self.openai_base_url is not None
            if name in self.ai_order and not self.ai_keys(name) and not keyless:
                wrong.append(f"YOURTALE_AI_ORDER names {name}, but {name.upper()}_API_KEY is not set")
            scopes = getattr(self, f"{name}_scopes")
            if scopes and len(scopes) != len(self.ai_keys(name)):
                wrong.append(f"YOURTALE_{name.upper()}_SCOPES must name one scope for each key")
        wrong += self._media_faults()
        if "openai" in self.ai_order and not self.openai_models:
            wrong.append("YOURTALE_AI_ORDER names openai, but YOURTALE_OPENAI_MODELS names no model")
        if self.shard_ids and self.shard_count is None:
            wrong.append("YOURTALE_SHARD_IDS needs YOURTALE_SHARD_COUNT")
        if self.shard_count is not None and any(i >= self.shard_count for i in self.shard_ids):
            wrong.append("YOURTALE_SHARD_IDS must all be below YOURTALE_SHARD_COUNT")
        if (self.discord_rest_url is None) != (self.discord_gateway_url is None):
            wrong.append("YOURTALE_DISCORD_REST_URL and YOURTALE_DISCORD_GATEWAY_URL belong together")
        if wrong:
            raise ValueError(".\n".join(wrong))
        return self

    def _media_faults(self) -> list[str]:
        wrong = []
        for kind, names in (("PICTURE", self.picture_models), ("VOICE", self.voice_models)):
            for provider, _, model in (name.partition("/") for name in names):
                if provider not in MEDIA_PROVIDERS or not model:
                    wrong.append(f"YOURTALE_{kind}_MODELS names models as gemini/NAME or openai/NAME")
                elif not self.ai_keys(provider) and not (provider == "openai" and self.openai_base_url):
                    wrong.append(f"YOURTALE_{kind}_MODELS names {provider}, but {provider.upper()}_API_KEY is not set")
        return wrong

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Explicit values first, then the environment, the files it names, `.env`."""
        del file_secret_settings
        files = dotenv_settings.env_file if isinstance(dotenv_settings, DotEnvSettingsSource) else None
        env = environment(*map(Path, files if isinstance(files, tuple) else ()))
        named_files = SecretFiles(settings_cls, env_names().values(), env)
        return init_settings, env_settings, named_files, dotenv_settings

    def ai_keys(self, provider: str) -> tuple[SecretStr, ...]:
        """Return the keys of `gemini`, `mistral` or `openai`; those of the plural setting come first."""
        many: tuple[SecretStr, ...] = getattr(self, f"{provider}_api_keys")
        one: SecretStr | None = getattr(self, f"{provider}_api_key")
        return many if one is None or one in many else (*many, one)

    @property
    def database(self) -> str:
        """The writer's address as `postgresql://…`; raises SettingsError when there is none."""
        return self._needed("DATABASE_URL", self.database_url)

    @property
    def database_read(self) -> str:
        """The reader's address, or the writer's where no replica is set."""
        return self.database_read_url.get_secret_value() if self.database_read_url else self.database

    @property
    def redis(self) -> str:
        """Redis's address; raises SettingsError when there is none."""
        return self._needed("REDIS_URL", self.redis_url)

    @property
    def token(self) -> str:
        """Discord's token; raises SettingsError when there is none."""
        return self._needed("DISCORD_TOKEN", self.discord_token)

    @property
    def button_key_bytes(self) -> tuple[bytes, ...]:
        """Signing keys of 32 bytes, newest first; raises SettingsError when there is none."""
        return _decoded("YOURTALE_BUTTON_KEYS", self.button_keys)

    @property
    def master_key_bytes(self) -> tuple[bytes, ...]:
        """Wrapping keys of 32 bytes, newest first; raises SettingsError when there is none."""
        return _decoded("YOURTALE_MASTER_KEYS", self.master_keys)

    def _needed(self, variable: str, value: SecretStr | None) -> str:
        if value is None:
            raise SettingsError([f"{variable} is not set; `yourtale run` brings its own, each role alone needs it."])
        return value.get_secret_value()


def _decoded(variable: str, keys: tuple[SecretStr, ...]) -> tuple[bytes, ...]:
    if not keys:
        raise SettingsError([f"{variable} is not set; `yourtale run` makes its own, each role alone needs it."])
    texts = (key.get_secret_value() for key in keys)
    return tuple(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) for text in texts)


def env_names() -> dict[str, str]:
    """The environment variable of each field, by field name."""
    return {
        field: info.validation_alias if isinstance(info.validation_alias, str) else f"{PREFIX}{field}".upper()
        for field, info in Settings.model_fields.items()
    }


def secret_names() -> frozenset[str]:
    """The variables whose values are secret."""
    names = env_names()
    return frozenset(names[f] for f, i in Settings.model_fields.items() if "SecretStr" in repr(i.annotation))


def load(dotenv: Path | None = Path(".env"), *, beside: bool = True, **values: object) -> Settings:
    """Read and validate the settings; `values` (by field name) overrule everything else.

    With `beside`, what a `yourtale run` on the same data folder left for its roles stands in for what is unset.

    Raises:
        SettingsError: with one sentence per mistake.
    """
    names = env_names()
    by_place = names | {alias: alias for alias in names.values()}
    files = (dotenv,) if dotenv is not None else ()
    if beside:
        folder = values.get("data_dir") or environment(*files).get("YOURTALE_DATA_DIR") or ".data"
        left = run_file(Path(str(folder)))
        files = (left, *files) if os.access(left, os.R_OK) else files
    try:
        return Settings(_env_file=files, **values)  # type: ignore[call-arg,arg-type]
    except ValidationError as error:
        raise SettingsError(sentences(error, by_place, secret_names())) from None


def run_file(data_dir: Path) -> Path:
    """Where `yourtale run` leaves the addresses and keys of what it started, for roles and other words."""
    return data_dir / "run" / "env"


def warnings(environ: Mapping[str, str]) -> list[str]:
    """Sentences about variables that look like settings and are none."""
    return unknown(environ, env_names().values(), PREFIX)
