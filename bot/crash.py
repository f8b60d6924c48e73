"""Where a process may be made to die, so that the crash tests hit a moment exactly.

`YOURTALE_DIE_AT=path` kills this process with SIGKILL at the first pass of the moment that the file at `path` names;
the file is removed first, so that the next process lives. Without the variable a moment costs one look-up.
"""

import os
import signal
from pathlib import Path
from typing import Final, Literal

Moment = Literal[
    "job_taken",
    "attempt_written",
    "first_word",
    "mid_stream",
    "tool_row_appended",
    "draft_kept",
    "message_sent",
    "last_word",
    "text_kept",
    "tell_appended",
    "message_closed",
]

WANTED: Final = os.environ.get("YOURTALE_DIE_AT", "")


def moment(name: Moment) -> None:
    """Die here if that was asked for."""
    if not WANTED:
        return
    order = Path(WANTED)
    if order.exists() and order.read_text() == name:
        order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
