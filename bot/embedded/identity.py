"""As whom an embedded server runs: as ourselves, or, where we are root, as somebody who is not.

PostgreSQL refuses to run as root. The ways below are tried in order of how little they allow; each leaves the
modes of every folder as it is.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.embedded.errors import EmbeddedError

_DROP = ("--reuid={uid}", "--regid={gid}", "--clear-groups")
# Files below folders that only root may enter: the right to pass, and no other, stays with the server.
_PASS = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup")
# Root outside, an ordinary user inside: for machines where capabilities cannot be handed on.
_NAMESPACE = ("unshare", "--user", "--map-user={uid}", "--map-group={gid}", "--")


@dataclass(frozen=True)
class Identity:
    """Who owns what a server writes, and how its command line begins."""

    uid: int
    gid: int
    namespace: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()

    def command(self, argv: list[str], end_with: str) -> list[str]:
        """The command line that runs `argv` as this identity and sends it signal `end_with` if we die."""
        if shutil.which("setpriv") is None:
            return argv
        return [*self.namespace, "setpriv", *self.drop, "--pdeathsig", end_with, "--", *argv]


def own_folder(path: Path, who: Identity) -> None:
    """Make a folder of mode 0700 that belongs to `who`, or hand an existing one over with all it holds."""
    path.mkdir(mode=0o700, exist_ok=True)
    if path.stat().st_uid == who.uid:
        return
    for root, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.chown(Path(root) / name, who.uid, who.gid, follow_symlinks=False)
    os.chown(path, who.uid, who.gid)


@lru_cache(maxsize=16)
def find(program: Path, data_dir: Path) -> Identity:
    """The identity with which `program` runs and reaches folders of its own below `data_dir`.

    Raises:
        EmbeddedError: `no_identity`, `no_setpriv`.
    """
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid())
    if shutil.which("setpriv") is None:
        raise EmbeddedError(
            "no_setpriv", "As root the embedded services need `setpriv`; install util-linux or run as an ordinary user."
        )
    nobody = pwd.getpwnam("nobody")
    ids = {"uid": nobody.pw_uid, "gid": nobody.pw_gid}
    drop = tuple(part.format(**ids) for part in _DROP)
    space = tuple(part.format(**ids) for part in _NAMESPACE)
    for who in (
        Identity(nobody.pw_uid, nobody.pw_gid, drop=drop),
        Identity(nobody.pw_uid, nobody.pw_gid, drop=(*drop, *_PASS)),
        Identity(0, 0, namespace=space),
    ):
        if _works(who, program, data_dir):
            return who
    raise EmbeddedError(
        "no_identity",
        "PostgreSQL does not run as root, and this machine lets us neither change user nor make a user "
        "namespace; run as an ordinary user or set DATABASE_URL and REDIS_URL.",
    )


def _works(who: Identity, program: Path, data_dir: Path) -> bool:
    probe = data_dir / f".probe-{os.getpid()}"
    script = 'cd "$1" && test -w . && "$2" --version'
    try:
        own_folder(probe, who)  # fails where the file system knows no owners
        argv = who.command(["/bin/sh", "-c", script, "sh", str(probe), str(program)], "KILL")
        done = subprocess.run(argv, cwd="/", capture_output=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    finally:
        with contextlib.suppress(OSError):
            probe.rmdir()
    return done.returncode == 0
