"""What the documents point to is there, and the commands that they list are those that people find."""

import re
import tomllib
from pathlib import Path

import pytest

from tools.measurements import BEGIN, END

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    {*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "playground" / "README.md"},
    key=str,
)
READMES = {"en-US": ROOT / "README.md", "pt-BR": ROOT / "README.pt-BR.md"}
PICTURE_BYTES = 300_000


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    text = document.read_text()
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    missing = [t for t in targets if "://" not in t and not (document.parent / t).exists()]
    assert missing == []


@pytest.mark.parametrize("locale", READMES)
def test_the_readmes_list_every_command_and_no_other(locale: str) -> None:
    catalogue = tomllib.loads((ROOT / "core" / "i18n" / locale / "commands.toml").read_text())
    built = set()
    for command in catalogue.values():
        below = [v for k, v in command.items() if isinstance(v, dict) and k != "options"]
        built |= {f"/{command['name']} {v['name']}" for v in below} or {f"/{command['name']}"}
    section = READMES[locale].read_text().split("\n## ")
    table = next(part for part in section if part.startswith(("Commands", "Comandos")))
    listed = set()
    for row in re.findall(r"^\| (`/.+?) \|", table, re.MULTILINE):
        first, *rest = [name.strip("` ") for name in row.split("·")]
        listed |= {first, *(f"{first.split()[0]} {name}" for name in rest)}
    assert listed == built


@pytest.mark.parametrize("locale", READMES)
def test_the_readmes_keep_the_place_of_the_measurements(locale: str) -> None:
    text = READMES[locale].read_text()
    assert text.count(BEGIN) == text.count(END) == 1
    assert "|" in text.split(BEGIN)[1].split(END)[0]


def test_pictures_are_small() -> None:
    images = ROOT / "docs" / "images"
    assert [p.name for p in images.glob("*.png") if p.stat().st_size > PICTURE_BYTES] == []
