"""Brings what the make targets need, once: `python3 tools/setup.py run|test|bench`.

Only the standard library is used, since nothing is installed yet. Each step leaves a stamp named after a hash of what
it depends on, so that a second run does nothing and asks no registry.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / "stamps"
PAGE = ROOT / "playground" / "page"
NODE_AT_LEAST = (20, 19)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(words: list[str]) -> int:
    """Bring what `words[0]` needs; the exit code."""
    goal = words[0] if words else "run"
    if goal not in {"run", "test", "bench"}:
        return _fail("usage: python3 tools/setup.py run|test|bench")
    if sys.version_info < (3, 11):  # noqa: UP036 - whatever `python3` is runs this first
        return _fail(
            f"Python 3.11 or newer is needed and this is {sys.version.split()[0]}; try make PYTHON=python3.11."
        )
    began = time.monotonic()
    (ROOT / ".setup").mkdir(exist_ok=True)
    with (ROOT / ".setup" / "lock").open("w") as lock:
        # Two makes at once would install into each other.
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            steps = _python(goal) + _page() + (_tools() if goal != "run" else 0)
        except subprocess.CalledProcessError as error:
            return _fail(f"`{' '.join(map(str, error.cmd))[:200]}` failed; its own words are above.")
    if steps:
        print(f"set up in {time.monotonic() - began:.1f} s", flush=True)
    return 0


def _python(goal: str) -> int:
    lock = "requirements-local.lock" if goal == "run" else "requirements-dev.lock"
    done = _step("Python environment", _key([sys.version]), _make_venv)
    uv: list[str | Path] = [VENV / "bin" / "uv", "pip", "install", "-q", "--python", VENV / "bin" / "python"]
    # What the tests need holds what the run needs.
    larger = _key(_bytes(ROOT / "requirements-dev.lock"))
    if not (goal == "run" and (STAMPS / f"packages-{larger}").exists()):
        done += _step("packages", _key(_bytes(ROOT / lock)), lambda: _run(*uv, "--require-hashes", "-r", ROOT / lock))
    peers = ROOT / "requirements-bench.lock"
    if goal == "bench" and peers.exists():
        done += _step("peers", _key(_bytes(peers)), lambda: _run(*uv, "--require-hashes", "-r", peers))
    itself = _key([str(ROOT), *_bytes(ROOT / "pyproject.toml")])
    return done + _step("yourtale", itself, lambda: _run(*uv, "--no-deps", "--no-build-isolation", "-e", ROOT))


def _make_venv() -> None:
    try:
        _run(sys.executable, "-m", "venv", "--clear", VENV)
    except subprocess.CalledProcessError:
        if not _apt("python3-venv"):
            raise
        _run(sys.executable, "-m", "venv", "--clear", VENV)
    _run(VENV / "bin" / "python", "-m", "pip", "install", "-q", "uv")


def _page() -> int:
    manifest, locked = PAGE / "package.json", PAGE / "package-lock.json"
    if not locked.exists():
        return 0
    done = 0
    npm = _npm()
    if npm is None:
        lock = ROOT / "requirements-node.lock"
        install: list[str | Path] = [VENV / "bin" / "uv", "pip", "install", "-q", "--python", VENV / "bin" / "python"]
        done += _step("Node", _key(_bytes(lock)), lambda: _run(*install, "--require-hashes", "-r", lock))
        npm = VENV / "bin" / "npm"
    env = os.environ | {"PATH": f"{npm.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}

    def install_packages() -> None:
        _run(npm, "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=PAGE, env=env)

    def build() -> None:
        _run(npm, "run", "--silent", "build", cwd=PAGE, env=env)

    sources = sorted(
        path
        for path in PAGE.rglob("*")
        if path.is_file() and not {"node_modules", "dist"} & set(path.relative_to(PAGE).parts)
    )
    modules, built = (PAGE / "node_modules").is_dir(), (PAGE / "dist" / "index.html").is_file()
    done += _step("page's packages", _key(_bytes(manifest, locked)), install_packages, valid=modules)
    return done + _step("page", _key(_bytes(*sources)), build, valid=built)


def _npm() -> Path | None:
    """An npm that belongs to a Node new enough: the one on PATH, else the wheel's if it is there already."""
    for folder in (*os.environ.get("PATH", os.defpath).split(os.pathsep), str(VENV / "bin")):
        npm, node = Path(folder) / "npm", Path(folder) / "node"
        if os.access(npm, os.X_OK) and os.access(node, os.X_OK):
            told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
            parts = told.strip().removeprefix("v").split(".")
            if len(parts) >= 2 and all(part.isdecimal() for part in parts[:2]):
                return npm if (int(parts[0]), int(parts[1])) >= NODE_AT_LEAST else None
    return None


def _tools() -> int:
    done = 0
    if not any(map(shutil.which, BROWSERS)) and not _own_browser():
        done += _step("browser", "once", _browser, valid=False)
    if shutil.which("promtool") is None and not (VENV / "bin" / "promtool").exists():
        done += _step("promtool", "once", _promtool, valid=False)
    return done


def _browser() -> None:
    # Ubuntu's package of that name only points to a snap.
    if "ID=debian" in _os_release() and _apt("chromium"):
        return
    download: list[str | Path] = [VENV / "bin" / "playwright", "install", "chromium"]
    if subprocess.run(download, check=False, capture_output=True).returncode != 0:
        print("No browser could be brought; install Chromium, so that `chromium` is on PATH.", flush=True)


def _own_browser() -> bool:
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    return cache.is_dir() and any(cache.glob("chromium*"))


def _promtool() -> None:
    # The package would start a server of its own on the machine it is installed on; only its checker is wanted.
    if shutil.which("apt-get") and shutil.which("dpkg-deb"):
        folder = ROOT / ".setup" / "prometheus"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        # Root's own sandbox user could not write into our folder.
        download = ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", "prometheus"]
        for attempt in range(2):
            if subprocess.run(download, cwd=folder, check=False, capture_output=True).returncode == 0:
                package = next(folder.glob("*.deb"))
                _run("dpkg-deb", "-x", package, folder)
                shutil.copy2(folder / "usr" / "bin" / "promtool", VENV / "bin" / "promtool")
                shutil.rmtree(folder)
                return
            if attempt == 0 and os.geteuid() == 0:
                _run("apt-get", "update", "-qq")
    print("promtool could not be brought; install Prometheus, so that `promtool` is on PATH.", flush=True)


def _apt(package: str) -> bool:
    """Install a Debian package where we may; whether it worked."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    for command in (install, ["apt-get", "update", "-qq"], install):
        quiet = subprocess.run(command, env=env, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if command is install and quiet.returncode == 0:
            return True
    sys.stderr.write(quiet.stderr.decode(errors="replace")[-2_000:])
    return False


def _os_release() -> str:
    path = Path("/etc/os-release")
    return path.read_text() if path.exists() else ""


def _step(name: str, key: str, work: Callable[[], object], *, valid: bool = True) -> int:
    """Do `work` unless the stamp says that it was done with this key; 1 if it was done now."""
    stamp = STAMPS / f"{name.replace(' ', '-')}-{key}"
    if valid and stamp.exists():
        return 0
    print(f"  {name} …", end="", flush=True)
    began = time.monotonic()
    work()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.touch()
    print(f" {time.monotonic() - began:.1f} s", flush=True)
    return 1


def _key(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _bytes(*paths: Path) -> list[str]:
    return [f"{path.name}:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths]


def _run(*argv: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command; what it says is shown only when it fails."""
    done = subprocess.run(
        argv,
        cwd=cwd,
        env=env,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        sys.stderr.write(f"\n{done.stdout.decode(errors='replace')[-8_000:]}")
        raise subprocess.CalledProcessError(done.returncode, argv)


def _fail(sentence: str) -> int:
    sys.stderr.write(f"\n{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
