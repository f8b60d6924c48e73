"""Which messages and files have changed since they were last written down."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Changes:
    """Ids of what was added, changed or removed: messages as (channel, message), files as attachment ids."""

    messages: set[tuple[str, str]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def take(self) -> "Changes":
        """Return all ids and begin anew."""
        taken = Changes(self.messages.copy(), self.files.copy())
        self.messages.clear()
        self.files.clear()
        return taken

    def put_back(self, taken: "Changes") -> None:
        """Count what could not be written as changed still."""
        self.messages |= taken.messages
        self.files |= taken.files
