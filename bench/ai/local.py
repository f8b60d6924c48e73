"""The local providers in a process of their own, and their control."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Providers:
    """Addresses of the local providers. `pid`: their process."""

    openai: str
    gemini: str
    mistral: str
    control: str
    pid: int

    @property
    def environment(self) -> dict[str, str]:
        """The addresses by name, for client processes."""
        return {"OPENAI": self.openai, "GEMINI": self.gemini, "MISTRAL": self.mistral}

    def post(self, path: str, document: Any) -> None:
        """Order something. Raises OSError when it is refused."""
        headers = {"Content-Type": "application/json"}
        body = json.dumps(document).encode()
        request = urllib.request.Request(f"{self.control}/{path}", body, headers)  # noqa: S310 - our own process
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            answer.read()

    def read(self, name: str) -> Any:
        """Return the bill, the requests or the state."""
        with urllib.request.urlopen(f"{self.control}/{name}", timeout=60) as answer:  # noqa: S310
            return json.loads(answer.read())


@contextmanager
def providers() -> Iterator[Providers]:
    """Yield running providers; their process ends with this."""
    command = [sys.executable, "-m", "playground.ai.serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            said = dict(server.stdout.readline().strip().split(": ", 1) for _ in range(5))
            yield Providers(said["OpenAI"], said["Gemini"], said["Mistral"], said["Control"], server.pid)
        finally:
            server.terminate()
