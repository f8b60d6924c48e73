"""What the make targets rest on: steps that are done once, locks that pin everything."""

import re
import subprocess
from pathlib import Path

import pytest

from tools import setup

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    monkeypatch.setattr(setup, "STAMPS", tmp_path / "stamps")
    return []


def test_a_step_is_done_once_for_each_state_of_what_it_depends_on(done: list[str]) -> None:
    for key in ("a", "a", "b", "a"):
        setup._step("some step", key, lambda key=key: done.append(key))
    assert done == ["a", "b"]


def test_a_step_whose_result_is_gone_is_done_again(done: list[str]) -> None:
    for valid in (True, True, False):
        setup._step("some step", "a", lambda: done.append("x"), valid=valid)
    assert len(done) == 2


def test_a_step_that_failed_is_tried_again_and_says_why(done: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with pytest.raises(subprocess.CalledProcessError):
            setup._step("some step", "a", lambda: (done.append("x"), setup._run("sh", "-c", "echo reason; exit 3")))
    assert len(done) == 2
    assert "reason" in capfd.readouterr().err


def test_every_lock_pins_every_package_by_hash_and_names_no_index() -> None:
    assert {lock.name for lock in LOCKS} >= {"requirements.lock", "requirements-local.lock", "requirements-dev.lock"}
    for lock in LOCKS:
        entries = re.split(r"\n(?=\S)", lock.read_text().strip())
        for entry in entries:
            assert re.match(r"[\w.-]+==\S+", entry), f"{lock.name}: {entry[:80]}"
            assert "--hash=sha256:" in entry, f"{lock.name}: {entry[:80]}"
            assert "//" not in entry, f"{lock.name}: {entry[:80]}"


def test_the_locks_agree_on_every_version() -> None:
    seen: dict[str, str] = {}
    for lock in LOCKS:
        # A version of its own for older Pythons is another package as far as this goes
        for name, version, where in re.findall(r"^([\w.-]+)==(\S+)([^\\\n]*)", lock.read_text(), re.MULTILINE):
            assert seen.setdefault(name + where.strip(), version) == version, name


def test_every_target_that_is_promised_is_in_the_help() -> None:
    told = subprocess.run(["make", "-C", str(ROOT), "help"], capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "setup", "lint", "demo", "bench", "soak", "help"):
        assert re.search(rf"^  make {target} ", told, re.MULTILINE), target
