"""Discord's error bodies: a JSON code with its HTTP status, and the nested tree of code 50035."""

from typing import Any, Final

Json = dict[str, Any]
Path = tuple[str | int, ...]

KNOWN: Final[dict[int, tuple[int, str]]] = {
    0: (401, "401: Unauthorized"),
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10009: (404, "Unknown Overwrite"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10014: (404, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    10066: (404, "Unknown application command permissions"),
    20012: (403, "You are not authorized to perform this action on this application"),
    20028: (429, "The write action you are performing on the channel has hit the write rate limit."),
    30003: (400, "Maximum number of pins reached for the channel (250)"),
    30005: (400, "Maximum number of guild roles reached (250)"),
    30013: (400, "Maximum number of guild channels reached (500)"),
    30032: (400, "Maximum number of application commands reached (100)."),
    30034: (400, "Max number of daily application command creates has been reached (200)"),
    30040: (400, "Maximum number of follow up messages for this interaction has been reached (5)"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later."),
    40001: (401, "Unauthorized. Provide a valid token and try again"),
    40005: (413, "Request entity too large. Try sending something smaller in size"),
    40041: (400, "An application command with that name already exists"),
    40060: (400, "Interaction has already been acknowledged."),
    40066: (400, "Tag names must be unique"),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50016: (
        400,
        "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100",
    ),
    50019: (403, "A message can only be pinned to the channel in which it was sent"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50025: (401, "Invalid OAuth2 access token provided"),
    50027: (401, "Invalid Webhook Token"),
    50034: (
        400,
        "A message provided was too old to bulk delete",
    ),
    50035: (400, "Invalid Form Body"),
    50045: (400, "File uploaded exceeds the maximum size"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160004: (400, "A thread has already been created for this message"),
    160005: (400, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
}


class ApiError(Exception):
    """A refusal with Discord's JSON code; `status` and `message` come from Discord's table unless given."""

    def __init__(
        self,
        code: int,
        *,
        status: int | None = None,
        message: str | None = None,
        errors: Json | None = None,
        retry_after: float | None = None,
    ) -> None:
        known = KNOWN.get(code, (status or 400, str(code)))
        self.code = code
        self.status = status or known[0]
        self.message = message or known[1]
        self.errors = errors
        self.retry_after = retry_after
        super().__init__(code)

    def body(self) -> Json:
        """Return the JSON body Discord answers with."""
        body: Json = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        if self.retry_after is not None:
            body |= {"retry_after": self.retry_after, "global": False}
        return body


class FormErrors:
    """Gathers the mistakes of one body and raises them together as code 50035."""

    def __init__(self) -> None:
        self.tree: Json = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """Note one mistake at a path such as `("embeds", 0, "title")`."""
        node = self.tree
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def __bool__(self) -> bool:
        return bool(self.tree)

    def check(self) -> None:
        """Raise `ApiError` 50035 when anything was noted."""
        if self.tree:
            raise ApiError(50035, errors=self.tree)


def form_error(path: Path, code: str, message: str) -> ApiError:
    """Return the 50035 error of a single mistake."""
    form = FormErrors()
    form.add(path, code, message)
    return ApiError(50035, errors=form.tree)


def not_found() -> ApiError:
    """Return Discord's answer for a path that does not exist."""
    return ApiError(0, status=404, message="404: Not Found")
