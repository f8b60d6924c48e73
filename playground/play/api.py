"""The person API: `/play/…`. Loopback only, no login: the caller says which person it is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from playground.errors import ApiError, form_error
from playground.play.acts import Acts
from playground.play.state import state_json
from playground.rest import body as bodies
from playground.snowflake import is_snowflake
from playground.world import talk

if TYPE_CHECKING:
    from playground.context import Context
    from playground.interactions import Answer, Interaction
    from playground.rest.call import Upload
    from playground.world.model import Channel, User

Json = dict[str, Any]
Handle = Callable[[web.Request], Awaitable[Any]]


def guarded(handle: Handle) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn a handler's JSON or `ApiError` into a response."""

    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            result = await handle(request)
            status = 200
        except ApiError as error:
            result, status = error.body(), error.status
        except (TypeError, ValueError, KeyError) as error:
            wrong = form_error((), "MODEL_TYPE_CONVERT", f"Unusable value: {error}"[:200])
            result, status = wrong.body(), wrong.status
        if isinstance(result, web.StreamResponse):
            return result
        return web.Response(status=status, body=orjson.dumps(result), content_type="application/json")

    return serve


async def read_object(request: web.Request) -> "tuple[Json, dict[str, Upload]]":
    """Return the body as an object with the files by field name; raises 50035."""
    body, uploads = await bodies.read(request, any_field=True)
    if not isinstance(body, dict):
        raise form_error((), "DICT_TYPE_CONVERT", "The body must be a JSON object.")
    return body, uploads


class PlayApi:
    """Handlers of the person API."""

    def __init__(self, context: "Context") -> None:
        self.context = context
        self.world = context.world
        self.acts = Acts(context)

    def add_routes(self, app: web.Application) -> None:
        """Register every path."""
        router = app.router
        router.add_get("/play/state", guarded(self.state))
        router.add_get("/play/channels/{channel}/messages", guarded(self.messages))
        router.add_get("/play/commands", guarded(self.commands))
        router.add_get("/play/events", guarded(self.context.streams.serve))
        router.add_post("/play/autocomplete", guarded(self.autocomplete))
        router.add_post("/play/message", guarded(self.message))
        for name in ("command", "component", "modal", "menu"):
            router.add_post(f"/play/{name}", guarded(getattr(self, name)))

    async def state(self, request: web.Request) -> Json:
        """Handle GET /play/state."""
        return state_json(self.world, request.query.get("person"))

    async def messages(self, request: web.Request) -> list[Json]:
        """Handle GET /play/channels/{channel}/messages."""
        person = self._person(request.query.get("person"))
        channel = self._channel(person, request.match_info["channel"])
        before, after = (self._id(request.query.get(name), name) for name in ("before", "after"))
        text = request.query.get("limit", "50")
        limit = min(100, int(text)) if text.isdigit() and len(text) < 5 else 50
        found = self.world.store(channel.id).newest_first(
            lambda message: talk.visible_to(message, person.id), before=before, after=after, limit=limit
        )
        return [talk.message_json(self.world, message) for message in found]

    def _id(self, text: str | None, name: str) -> int | None:
        if not text:
            return None
        if not is_snowflake(text):
            raise form_error((name,), "NUMBER_TYPE_COERCE", "Not a snowflake.")
        return int(text)

    async def commands(self, request: web.Request) -> list[Json]:
        """Handle GET /play/commands."""
        person = self._person(request.query.get("person"))
        channel = self._channel(person, request.query.get("channel"))
        return [command.json() for command in self.acts.usable(person, channel)]

    async def command(self, request: web.Request) -> Json:
        """Handle POST /play/command."""
        body, uploads = await read_object(request)
        person, channel = self._who_and_where(body)
        return await self._answer(request, self.acts.command(person, channel, body, uploads))

    async def component(self, request: web.Request) -> Json:
        """Handle POST /play/component."""
        body, _ = await read_object(request)
        person, channel = self._who_and_where(body)
        return await self._answer(request, self.acts.component(person, channel, body))

    async def menu(self, request: web.Request) -> Json:
        """Handle POST /play/menu."""
        body, _ = await read_object(request)
        person, channel = self._who_and_where(body)
        return await self._answer(request, self.acts.menu(person, channel, body))

    async def modal(self, request: web.Request) -> Json:
        """Handle POST /play/modal."""
        body, uploads = await read_object(request)
        person = self._person(body.get("person"))
        return await self._answer(request, self.acts.modal(person, body, uploads))

    async def autocomplete(self, request: web.Request) -> Json:
        """Handle POST /play/autocomplete; waits for the choices."""
        body, _ = await read_object(request)
        person, channel = self._who_and_where(body)
        answer = await asyncio.shield(self.acts.autocomplete(person, channel, body).first)
        return {"choices": list(answer.choices), "failed": answer.failed, "after_ms": answer.after_ms}

    async def message(self, request: web.Request) -> Json:
        """Handle POST /play/message."""
        body, _ = await read_object(request)
        person, channel = self._who_and_where(body)
        return talk.message_json(self.world, self.acts.say(person, channel, body))

    async def _answer(self, request: web.Request, made: "Interaction") -> Json:
        if request.query.get("wait", "") not in {"1", "true"}:
            return {"interaction_id": made.id}
        return self._answer_json(made, await asyncio.shield(made.first))

    def _answer_json(self, made: "Interaction", answer: "Answer") -> Json:
        message = self.world.store(made.channel.id).get(answer.message_id or "")
        return {
            "interaction_id": answer.interaction_id,
            "failed": answer.failed,
            "after_ms": answer.after_ms,
            "type": answer.type,
            "message": message and talk.message_json(self.world, message),
            "modal": answer.modal,
        }

    def _who_and_where(self, body: Json) -> "tuple[User, Channel]":
        person = self._person(body.get("person"))
        return person, self._channel(person, body.get("channel_id"))

    def _person(self, person_id: object) -> "User":
        user = self.world.user(str(person_id))
        if user.bot:
            raise ApiError(10013)
        return user

    def _channel(self, person: "User", channel_id: object) -> "Channel":
        channel = self.world.channel(str(channel_id))
        if not self.world.sees(channel, person.id):
            raise ApiError(50001)
        return channel
