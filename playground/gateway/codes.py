"""Gateway close codes as exceptions."""


class GatewayCloseError(Exception):
    """The connection has to be closed with a gateway close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason
