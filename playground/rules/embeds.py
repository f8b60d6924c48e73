"""Rules of embeds: lengths, counts, and the 6,000 characters of all together."""

from typing import Any, Final

from playground.errors import FormErrors, Path
from playground.rules import checks

Json = dict[str, Any]

MAX_EMBEDS: Final = 10
MAX_CHARACTERS: Final = 6000


def check_embeds(form: FormErrors, value: object) -> None:
    """Check `embeds` of a message."""
    total = 0
    for place, embed in checks.objects(form, ("embeds",), value, 0, MAX_EMBEDS):
        total += _embed(form, ("embeds", place), embed)
    if total > MAX_CHARACTERS:
        form.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_CHARACTERS}")


def _embed(form: FormErrors, path: Path, embed: Json) -> int:
    size = _length(form, (*path, "title"), embed.get("title"), 256)
    size += _length(form, (*path, "description"), embed.get("description"), 4096)
    footer, author = embed.get("footer"), embed.get("author")
    if isinstance(footer, dict):
        size += _length(form, (*path, "footer", "text"), footer.get("text"), 2048)
    if isinstance(author, dict):
        size += _length(form, (*path, "author", "name"), author.get("name"), 256)
    for place, field in checks.objects(form, (*path, "fields"), embed.get("fields"), 0, 25):
        here = (*path, "fields", place)
        size += len(checks.text(form, (*here, "name"), field.get("name"), 1, 256, need=True) or "")
        size += len(checks.text(form, (*here, "value"), field.get("value"), 1, 1024, need=True) or "")
    checks.integer(form, (*path, "color"), embed.get("color"), 0, 0xFFFFFF)
    return size


def _length(form: FormErrors, path: Path, value: object, high: int) -> int:
    return len(checks.text(form, path, value, 0, high) or "")
