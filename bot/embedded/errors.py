"""What can go wrong with an embedded service, as one sentence for the operator."""

import shutil
from pathlib import Path

_FULL = 32_000_000
_KNOWN = (
    ("No space left on device", "disk_full"),
    ("Address already in use", "port_taken"),
    ("database files are incompatible", "other_version"),
)


class EmbeddedError(Exception):
    """An embedded service cannot run; `code` says which case it is, the text says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


def tail(log: Path, limit: int = 4_000) -> str:
    """The last `limit` bytes of a log as text, empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - limit))
            return file.read(limit).decode(errors="replace")
    except OSError:
        return ""


def explain(service: str, log: Path, folder: Path) -> EmbeddedError:
    """Turn what a service wrote before it died into one sentence."""
    text = tail(log)
    code = next((code for pattern, code in _KNOWN if pattern in text), "failed")
    # On a full disk the reason may not have found room in the log either.
    if code == "failed" and shutil.disk_usage(folder).free < _FULL:
        code = "disk_full"
    last = next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it wrote nothing")
    told = {
        "disk_full": f"The disk that holds {folder} is full; free some space and start again.",
        "port_taken": f"{service} found its port taken by another program; start again.",
        "other_version": (
            f"The data in {folder} were written by another PostgreSQL version; "
            "start the version that wrote them, export, and set YOURTALE_DATA_DIR to a new folder."
        ),
        "failed": f"{service} did not start: {last[:300]} (more in {log}).",
    }
    return EmbeddedError(code, told[code])
