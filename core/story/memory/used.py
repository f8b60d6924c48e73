"""What one telling drew on, for whoever asks why it was told so: rows and ids, never a word."""

from msgspec import Struct, field


class Used(Struct, frozen=True, omit_defaults=True):
    """The rows of pinned facts, memories, summaries and threads, the ids of lore cards, and estimated tokens a layer.

    `left_out` counts, by layer, the entries that did not fit; `cut` says of each sentence that was not told why.
    """

    pinned: tuple[int, ...] = ()
    memories: tuple[int, ...] = ()
    summaries: tuple[int, ...] = ()
    threads: tuple[int, ...] = ()
    cards: tuple[str, ...] = ()
    layers: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    cut: tuple[str, ...] = ()
