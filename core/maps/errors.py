"""The one error of the maps."""


class MapError(ValueError):
    """A map that cannot be read, or a move that cannot be made.

    `code` names a sentence in the catalogues under `maps.error`; `data` holds cells as coordinates (`D4`),
    directions as Direction names and costs in squares; `core.maps.describe.refusal` makes the sentence.
    """

    def __init__(self, code: str, **data: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.data = data

    @property
    def key(self) -> str:
        """The catalogue key of the sentence."""
        return f"maps.error.{self.code}"

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{name}={value!r}" for name, value in self.data.items())])
