"""Follow-ups and the first answer of an interaction by its token; webhooks of channels share the paths."""

from typing import Any, Final

from playground.errors import ApiError
from playground.interactions import Interaction
from playground.rest import draft, hooks
from playground.rest.call import Call, Reply
from playground.rest.interactions import attach
from playground.rest.routes import RouteTable
from playground.world import talk
from playground.world.message import EPHEMERAL, LOADING, Message

Json = dict[str, Any]

ROUTES = RouteTable()
PER_TOKEN: Final = (5, 2.0)


def _interaction(call: Call) -> Interaction:
    return call.context.interactions.of_webhook(call.params["webhook"], call.params["token"])


def _message(call: Call, made: Interaction) -> Message:
    message_id = call.params.get("message") or made.original_id
    if message_id == "@original":
        message_id = made.original_id
    found = call.world.store(made.channel.id).get(message_id or "")
    own = found is not None and (found.interaction_id == made.id or found.id == made.original_id)
    if found is None or not own:
        raise ApiError(10008)
    return found


@ROUTES.route("POST", "/webhooks/{webhook}/{token}", token=False, limit=PER_TOKEN, exempt=True)
def follow_up(call: Call) -> Json | Reply:
    """Send a further message; the first one after a deferral fills the waiting message."""
    if call.params["webhook"] in call.world.webhooks:
        return hooks.execute(call)
    made = _interaction(call)
    if made.deferred:
        return _edit(call, made, _message_of(call, made.original_id, made))
    ephemeral = bool(int(call.form.get("flags") or 0) & EPHEMERAL)
    message = draft.create(call.world, made.channel, made.app.user, call.form, call.uploads, ephemeral=ephemeral)
    attach(made, message)
    message.type = 0
    message.interaction = None
    message.interaction_metadata = made.metadata() | {"original_response_message_id": made.original_id}
    if made.original_id is not None:
        message.type = 19
        message.reference = {
            "type": 0,
            "channel_id": made.channel.id,
            "message_id": made.original_id,
            "guild_id": made.channel.guild_id,
        }
    talk.post(call.world, made.channel, message)
    return talk.message_json(call.world, message)


def _message_of(call: Call, message_id: str | None, made: Interaction) -> Message:
    found = call.world.store(made.channel.id).get(message_id or "")
    if found is None:
        raise ApiError(10008)
    return found


def _edit(call: Call, made: Interaction, message: Message) -> Json:
    loading = bool(message.flags & LOADING)
    body = {key: value for key, value in call.form.items() if value is not None or key != "flags"}
    if loading:
        message.flags &= ~LOADING
        try:
            draft.edit(call.world, message, body, call.uploads)
        except ApiError:
            message.flags |= LOADING
            raise
        made.deferred = False
    else:
        draft.edit(call.world, message, body, call.uploads)
    talk.edited(call.world, made.channel, message, stamp=not loading)
    return talk.message_json(call.world, message)


@ROUTES.route("GET", "/webhooks/{webhook}/{token}/messages/{message}", token=False, limit=PER_TOKEN, exempt=True)
def get_message(call: Call) -> Json:
    """Return an answer to the interaction."""
    if call.params["webhook"] in call.world.webhooks:
        return talk.message_json(call.world, hooks.message_of(call)[1])
    return talk.message_json(call.world, _message(call, _interaction(call)))


@ROUTES.route("PATCH", "/webhooks/{webhook}/{token}/messages/{message}", token=False, limit=PER_TOKEN, exempt=True)
def edit_message(call: Call) -> Json:
    """Edit an answer to the interaction."""
    if call.params["webhook"] in call.world.webhooks:
        channel, message = hooks.message_of(call)
        draft.edit(call.world, message, call.form, call.uploads)
        talk.edited(call.world, channel, message)
        return talk.message_json(call.world, message)
    made = _interaction(call)
    return _edit(call, made, _message(call, made))


@ROUTES.route("DELETE", "/webhooks/{webhook}/{token}/messages/{message}", token=False, limit=PER_TOKEN, exempt=True)
def delete_message(call: Call) -> None:
    """Delete an answer to the interaction."""
    if call.params["webhook"] in call.world.webhooks:
        talk.delete(call.world, *hooks.message_of(call))
        return
    made = _interaction(call)
    message = _message(call, made)
    made.deferred = made.deferred and message.id != made.original_id
    talk.delete(call.world, made.channel, message)
