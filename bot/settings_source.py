"""Where settings come from besides the environment itself, and how mistakes in them are told."""

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource

SECRET_FILE_LIMIT = 65_536
"""Bytes. A secret file that is larger is not a secret."""


class SettingsError(Exception):
    """The settings are wrong; `problems` holds one sentence per mistake, none of which shows a secret."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def environment(*dotenv: Path) -> dict[str, str]:
    """What is set, by upper-case name: the files, later ones first, overruled by the environment."""
    found: dict[str, str] = {}
    for file in dotenv:
        if file.is_file():
            found.update({k.upper(): v for k, v in dotenv_values(file).items() if v})
    found.update({k.upper(): v for k, v in os.environ.items()})
    return found


def read_secret(variable: str, path: str) -> str:
    """Return the text of a secret file without the newline at its end.

    Raises:
        SettingsError: the file cannot be read or is larger than `SECRET_FILE_LIMIT`.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(SECRET_FILE_LIMIT + 1)
        if len(content) > SECRET_FILE_LIMIT:
            raise SettingsError([f"{variable} names {path}, which is larger than a secret can be (64 KB)."])
        return content.decode().rstrip("\r\n")
    except OSError as error:
        raise SettingsError([f"{variable} names {path}, which cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise SettingsError([f"{variable} names {path}, which is not UTF-8 text."]) from error


class SecretFiles(EnvSettingsSource):
    """Reads the setting NAME from the file that the variable NAME_FILE points to."""

    def __init__(self, settings_cls: type[BaseSettings], names: Iterable[str], environ: Mapping[str, str]) -> None:
        self._names = tuple(names)
        self._environ = environ
        super().__init__(settings_cls, case_sensitive=False)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {
            name.lower(): read_secret(f"{name}_FILE", self._environ[f"{name}_FILE"])
            for name in self._names
            if self._environ.get(f"{name}_FILE")
        }


def sentences(error: ValidationError, env_names: Mapping[str, str], secret: frozenset[str]) -> list[str]:
    """One sentence per mistake, naming the variable to change; a secret's value is never repeated."""
    told: list[str] = []
    for mistake in error.errors(include_url=False):
        place = str(mistake["loc"][0]) if mistake["loc"] else ""
        name = env_names.get(place, place)
        reason = mistake["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
        value = mistake.get("input")
        if not name:
            told.extend(f"{line.removesuffix('.')}." for line in reason.splitlines())
        elif name in secret or not isinstance(value, str | int | float):
            told.append(f"{name} {reason}.")
        else:
            told.append(f"{name} {reason}; it is {str(value)[:60]!r}.")
    return told


def unknown(environ: Mapping[str, str], names: Iterable[str], prefix: str) -> list[str]:
    """One sentence for each variable with our prefix that no setting has, with the name that was meant."""
    known = set(names)
    told = []
    for variable in sorted(environ):
        if not variable.startswith(prefix) or variable.removesuffix("_FILE") in known:
            continue
        near = difflib.get_close_matches(variable, known, n=1)
        hint = f"; did you mean {near[0]}" if near else ""
        told.append(f"{variable} is not a setting and changes nothing{hint}.")
    return told
