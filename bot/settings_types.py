"""Types of single settings: how the text of a variable becomes a value, checked."""

import base64
import binascii
from typing import Annotated, Any

import orjson
from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

MAX_SHARDS = 100_000
MAX_LIMITS = 20_000


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _ranges(value: object) -> object:
    """Turn "0-3,7" into (0, 1, 2, 3, 7)."""
    if not isinstance(value, str):
        return value
    numbers: list[int] = []
    for part in value.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()) or len(first + last) > 12:
            raise ValueError("must be numbers and ranges such as 0-3,7")
        end = int(last) if dash else int(first)
        if end >= MAX_SHARDS or int(first) > end:
            raise ValueError("must be ranges that go up, below 100000, such as 0-3,7")
        numbers.extend(range(int(first), end + 1))
    return tuple(dict.fromkeys(numbers))


def _postgres(value: object) -> object:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, str) and value:
        scheme, mark, rest = value.partition("://")
        if not mark or scheme not in {"postgresql", "postgres", "postgresql+asyncpg"}:
            raise ValueError("must begin with postgresql://")
        return f"postgresql://{rest}"
    return value or None


def _redis(value: object) -> object:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    if isinstance(plain, str) and plain and not plain.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return value or None


def _keys(value: object) -> object:
    parts = _split(value)
    for part in parts if isinstance(parts, tuple | list) else ():
        text = part.get_secret_value() if isinstance(part, SecretStr) else str(part)
        try:
            if len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) != 32:
                raise ValueError("must be keys of 32 bytes in URL-safe base64, with commas between them")
        except binascii.Error as error:
            raise ValueError("must be keys in URL-safe base64, with commas between them") from error
    return parts


def _limits(value: object) -> object:
    if not isinstance(value, str):
        return value
    from core.ai.quota import Quota

    try:
        found = orjson.loads(value) if len(value) <= MAX_LIMITS else None
    except orjson.JSONDecodeError as error:
        raise ValueError("must be JSON") from error
    if type(found) is not dict:
        raise ValueError("must be a JSON object of at most 20000 characters")
    parts = list(found.values()) if all(isinstance(part, dict) for part in found.values()) else [found]
    for part in parts:
        try:
            Quota.read(part)
        except ValueError as error:
            raise ValueError(f"has a wrong or unknown {str(error)[:40]!r}") from error
    return found


Limits = Annotated[dict[str, Any], NoDecode, BeforeValidator(_limits)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)]
Keys = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_keys)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Shards = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ranges)]
PostgresUrl = Annotated[SecretStr | None, BeforeValidator(_postgres)]
RedisUrl = Annotated[SecretStr | None, BeforeValidator(_redis)]
Port = Annotated[int | None, Field(ge=0, le=65_535)]
