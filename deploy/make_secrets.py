"""Make the files in deploy/secrets that compose.yaml mounts. Run: python3 deploy/make_secrets.py.

What can be made up is made up, what only you have stays an empty file for you to fill. A file that is there already
is left as it is: a lost master key makes everything people wrote unreadable, so keep a copy of this folder.
"""  # noqa: INP001 - a script, run before anything is installed

import base64
import os
import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "secrets"
YOURS = ("discord_token", "gemini_api_keys", "mistral_api_keys", "openai_api_keys", "new_relic_license_key")


def main() -> int:
    """Make what is missing, and say which files wait for you."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The folder keeps other users out; the files are mounted one by one into containers whose user is another.
    folder.chmod(0o700)
    postgres = _keep(folder / "postgres_password", secrets.token_urlsafe(32))
    redis = _keep(folder / "redis_password", secrets.token_urlsafe(32))
    _keep(folder / "database_url", f"postgresql://tale:{postgres}@postgres:5432/yourtale")
    _keep(folder / "redis_url", f"redis://:{redis}@redis:6379/0")
    _keep(folder / "grafana_password", secrets.token_urlsafe(16))
    _keep(folder / "button_keys", _key())
    _keep(folder / "master_keys", _key())
    empty = [name for name in YOURS if not _keep(folder / name, "")]
    sys.stdout.write(f"{folder} is complete.\n")
    if empty:
        sys.stdout.write(f"Empty, to be filled where you use them: {', '.join(empty)}.\n")
    return 0


def _keep(path: Path, text: str) -> str:
    """Write the file unless it is there; return what it holds."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    path.chmod(0o644)
    return text


def _key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")


if __name__ == "__main__":
    sys.exit(main())
