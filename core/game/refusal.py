"""What a rule says when it will not have a command."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer of the rules, not a fault of the program
    """A command the rules refuse. `code` is a catalogue key below `refusal.`; `data` fills the sentence.

    Nothing was stored: the person may simply try again.
    """

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code, data)
        self.code = code
        self.data = data
