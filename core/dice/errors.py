"""The one error of the dice language."""


class DiceError(ValueError):
    """A fault in an expression, or one met while rolling it.

    `code` names a sentence in the catalogues under `dice.error`; `data` fills it in. Where a place in the
    text can be named, `data["at"]` is the position of its first character, counted from 1.
    """

    def __init__(self, code: str, **data: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.data = data

    @property
    def key(self) -> str:
        """The catalogue key of the sentence."""
        return f"dice.error.{self.code}"

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{name}={value!r}" for name, value in self.data.items())])
