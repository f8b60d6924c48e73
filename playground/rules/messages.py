"""Rules of message bodies, for creating and for editing."""

from dataclasses import dataclass
from typing import Any, Final

from playground.errors import ApiError, FormErrors
from playground.rules import checks
from playground.rules.components import check_components
from playground.rules.embeds import check_embeds
from playground.snowflake import is_snowflake
from playground.world.message import COMPONENTS_V2

Json = dict[str, Any]

MAX_CONTENT: Final = 2000
MAX_ATTACHMENTS: Final = 10
LEGACY_FIELDS: Final = ("content", "embeds", "poll", "sticker_ids")


@dataclass(frozen=True, slots=True)
class Existing:
    """What a message holds before an edit; the defaults stand for a new message."""

    content: str = ""
    embeds: bool = False
    components: bool = False
    attachment_ids: frozenset[str] = frozenset()
    filenames: frozenset[str] = frozenset()
    v2: bool = False
    other: bool = False


def check_message(form: FormErrors, body: Json, uploaded: dict[str, str], existing: Existing | None = None) -> None:
    """Check a body; `uploaded` maps file numbers to names. Raises 50006 for one that would leave nothing to show."""
    before = existing or Existing()
    checks.text(form, ("content",), body.get("content"), 0, MAX_CONTENT)
    flags = body.get("flags")
    checks.integer(form, ("flags",), flags, 0, 2**31 - 1)
    v2 = before.v2 or bool(isinstance(flags, int) and flags & COMPONENTS_V2)
    kept = _check_attachments(form, body, uploaded, before)
    names = set(uploaded.values()) | set(before.filenames)
    check_embeds(form, body.get("embeds"))
    check_components(form, body.get("components"), v2=v2, files=names)
    _check_legacy_fields(form, body, before, v2=v2)
    _check_nonce(form, body)
    _check_allowed_mentions(form, body.get("allowed_mentions"))
    form.check()
    if not before.other and not _shows_anything(body, before, kept, v2=v2):
        raise ApiError(50006)


def _shows_anything(body: Json, before: Existing, kept: int, *, v2: bool) -> bool:
    components = bool(body["components"]) if body.get("components") is not None else before.components
    if v2:
        return components
    content = body.get("content", before.content)
    embeds = bool(body["embeds"]) if "embeds" in body else before.embeds
    anything = (content or "").strip() or embeds or components or kept
    return bool(anything or body.get("poll") or body.get("sticker_ids"))


def _check_legacy_fields(form: FormErrors, body: Json, before: Existing, *, v2: bool) -> None:
    if not v2:
        return
    for name in LEGACY_FIELDS:
        left = {"content": bool(before.content), "embeds": before.embeds}.get(name, False)
        if body.get(name) or (left and name not in body):
            form.add(
                (name,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )


def _check_attachments(form: FormErrors, body: Json, uploaded: dict[str, str], before: Existing) -> int:
    listed = body.get("attachments")
    if listed is None:
        return len(before.attachment_ids) + len(uploaded)
    entries = checks.objects(form, ("attachments",), listed, 0, MAX_ATTACHMENTS)
    for place, entry in entries:
        here = ("attachments", place)
        known = str(entry.get("id")) in uploaded or str(entry.get("id")) in before.attachment_ids
        if not known:
            form.add((*here, "id"), "ATTACHMENT_NOT_FOUND", "No file or attachment has this id")
        checks.text(form, (*here, "description"), entry.get("description"), 0, 1024)
        checks.text(form, (*here, "filename"), entry.get("filename"), 0, 1024)
    ids = {str(entry.get("id")) for _, entry in entries}
    return len(entries) + len(set(uploaded) - ids)


def _check_nonce(form: FormErrors, body: Json) -> None:
    nonce = body.get("nonce")
    if isinstance(nonce, str):
        checks.text(form, ("nonce",), nonce, 0, 25)
    elif nonce is not None:
        checks.integer(form, ("nonce",), nonce, -(2**63), 2**63 - 1)


def _check_allowed_mentions(form: FormErrors, allowed: object) -> None:
    if allowed is None:
        return
    if not isinstance(allowed, dict):
        form.add(("allowed_mentions",), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return
    parse = checks.items(form, ("allowed_mentions", "parse"), allowed.get("parse"), 0, 3)
    for place, kind in enumerate(parse):
        if kind not in {"roles", "users", "everyone"}:
            form.add(
                ("allowed_mentions", "parse", place),
                "BASE_TYPE_CHOICES",
                "Value must be one of {'roles', 'users', 'everyone'}.",
            )
    for name in ("users", "roles"):
        path = ("allowed_mentions", name)
        ids = checks.items(form, path, allowed.get(name), 0, 100)
        for place, value in enumerate(ids):
            if not is_snowflake(str(value)):
                form.add((*path, place), "NUMBER_TYPE_COERCE", f'Value "{str(value)[:20]}" is not snowflake.')
        if ids and name in parse:
            form.add(
                path,
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{name}"] and {name}: [ids...] are mutually exclusive.',
            )
