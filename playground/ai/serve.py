"""The local AI providers as a process of their own."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from typing import TYPE_CHECKING

from playground.ai.providers import AIProviders

if TYPE_CHECKING:
    from collections.abc import Sequence


async def serve(host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; says where on standard output once ready."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AIProviders(port=port, host=host) as ai:
        lines = {
            "Gemini": ai.gemini_url,
            "Mistral": ai.mistral_url,
            "OpenAI": ai.openai_url,
            "Control": f"{ai.base_url}/control/ai",
            "Key": "local-key",
        }
        for name, value in lines.items():
            sys.stdout.write(f"{name}: {value}\n")
        sys.stdout.flush()
        await stop.wait()


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the providers in this process until it is told to stop."""
    parser = argparse.ArgumentParser(prog="yourtale playground-ai", description="Local AI providers.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options = parser.parse_args(argv)
    asyncio.run(serve(options.host, options.port))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
