"""`yourtale demo` as a person without a browser runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import env_names

pytestmark = pytest.mark.e2e

LINES = {"pt-BR": ("/agir", "Lia"), "en-US": ("/act", "Lia")}


@pytest.mark.parametrize("lang", LINES)
def test_the_demo_plays_its_scene_and_prints_it(lang: str, tmp_path: Path) -> None:
    known = set(env_names().values()) - {"YOURTALE_OPENAPI"}
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "demo", "--lang", lang],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name not in known},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    lines = done.stdout.splitlines()
    assert len(lines) >= 20
    assert all(any(part in line for line in lines) for part in LINES[lang])
    assert sum(" ms" in line for line in lines) >= 5
    assert not [line for line in lines if line.startswith("{")]
