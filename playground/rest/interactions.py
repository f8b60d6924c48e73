"""POST /interactions/{id}/{token}/callback."""

from typing import TYPE_CHECKING, Any, Final

from playground.errors import ApiError, FormErrors, form_error
from playground.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Interaction
from playground.rest import draft
from playground.rest.call import Call, Reply
from playground.rest.routes import RouteTable
from playground.rules import checks
from playground.rules.commands import check_choice
from playground.rules.components import number_components
from playground.rules.modals import check_modal
from playground.world import talk
from playground.world.events import Event
from playground.world.message import EPHEMERAL, LOADING, Message

if TYPE_CHECKING:
    from playground.errors import Path

Json = dict[str, Any]

ROUTES = RouteTable()
PONG, MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, FORM, ACTIVITY = 1, 4, 5, 6, 7, 8, 9, 12
ALLOWED: Final = {
    COMMAND: {MESSAGE, DEFER, FORM, ACTIVITY},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, FORM, ACTIVITY},
    AUTOCOMPLETE: {CHOICES},
    MODAL: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, ACTIVITY},
}


@ROUTES.route("POST", "/interactions/{interaction}/{token}/callback", token=False, limit=None, exempt=True)
def callback(call: Call) -> Reply:
    """Take the first answer to an interaction."""
    made = call.context.interactions.to_answer(call.params["interaction"], call.params["token"])
    body = call.form
    kind = body.get("type")
    allowed = set(ALLOWED[made.type])
    if made.type == MODAL and made.source is None:
        allowed -= {DEFER_UPDATE, UPDATE}
    if kind not in allowed or kind == ACTIVITY:
        # The bot has no Activity, so a launch is refused like any other answer that does not fit.
        form = FormErrors()
        checks.choice(form, ("type",), None, allowed - {ACTIVITY})
        form.check()
    data = body.get("data")
    if data is not None and not isinstance(data, dict):
        raise form_error(("data",), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    message = _ANSWERS[int(str(kind))](call, made, data or {})
    if not call.flag("with_response"):
        return Reply(204)
    return Reply(200, _response(call, made, int(str(kind)), message))


def _response(call: Call, made: Interaction, kind: int, message: Message | None) -> Json:
    shown: Json = {"id": made.id, "type": made.type, "guild_id": made.channel.guild_id, "channel_id": made.channel.id}
    body: Json = {"interaction": shown}
    if message is not None:
        shown |= {
            "response_message_id": message.id,
            "response_message_loading": bool(message.flags & LOADING),
            "response_message_ephemeral": message.ephemeral,
        }
        if kind in {MESSAGE, UPDATE}:
            body["resource"] = {"type": kind, "message": talk.message_json(call.world, message)}
    return body


def attach(made: Interaction, message: Message) -> None:
    """Mark a message as an answer to an interaction."""
    message.application_id = made.app.id
    message.webhook_id = made.app.id
    message.interaction_id = made.id
    message.interaction_metadata = made.metadata()
    if message.ephemeral:
        message.audience = made.person.id
    if made.type == COMMAND:
        message.type = 20 if made.command_type == 1 else 23
        message.interaction = {"id": made.id, "type": 2, "name": made.name, "user": made.person.json()}


def _message(call: Call, made: Interaction, data: Json) -> Message:
    ephemeral = bool(int(data.get("flags") or 0) & EPHEMERAL)
    form = _nested(call, made, data, ephemeral=ephemeral)
    attach(made, form)
    made.original_id = form.id
    talk.post(call.world, made.channel, form)
    call.context.interactions.answered(made, MESSAGE, message=form)
    return form


def _nested(call: Call, made: Interaction, data: Json, *, ephemeral: bool) -> Message:
    """Build the message; its mistakes are told below `data`, where the callback has it."""
    try:
        return draft.create(call.world, made.channel, made.app.user, data, call.uploads, ephemeral=ephemeral)
    except ApiError as error:
        if error.errors is not None:
            error.errors = {"data": error.errors}
        raise


def _defer(call: Call, made: Interaction, data: Json) -> Message:
    if int(data.get("flags") or 0) & ~EPHEMERAL:
        raise form_error(("data", "flags"), "BASE_TYPE_CHOICES", "Only EPHEMERAL can be set on a deferred answer.")
    ephemeral = bool(int(data.get("flags") or 0) & EPHEMERAL)
    message = Message(call.world.snowflakes.next(), made.channel.id, made.app.user)
    message.flags = LOADING | (EPHEMERAL if ephemeral else 0)
    attach(made, message)
    made.original_id, made.deferred = message.id, True
    talk.post(call.world, made.channel, message)
    call.context.interactions.answered(made, DEFER, message=message)
    return message


def _defer_update(call: Call, made: Interaction, _data: Json) -> Message | None:
    made.original_id = made.source.id if made.source is not None else None
    call.context.interactions.answered(made, DEFER_UPDATE, message=made.source)
    return made.source


def _update(call: Call, made: Interaction, data: Json) -> Message | None:
    message = made.source
    if message is None:
        raise form_error(("type",), "BASE_TYPE_CHOICES", "There is no message to update.")
    draft.edit(call.world, message, data, call.uploads)
    made.original_id = message.id
    talk.edited(call.world, made.channel, message)
    call.context.interactions.answered(made, UPDATE, message=message)
    return message


def _choices(call: Call, made: Interaction, data: Json) -> None:
    form = FormErrors()
    path: Path = ("data", "choices")
    choices = checks.objects(form, path, data.get("choices"), 0, 25)
    for place, choice in choices:
        kind = 3 if isinstance(choice.get("value"), str) else 10
        check_choice(form, (*path, place), choice, kind)
    form.check()
    call.context.interactions.answered(made, CHOICES, choices=tuple(choice for _, choice in choices))


def _form(call: Call, made: Interaction, data: Json) -> None:
    form = FormErrors()
    check_modal(form, data)
    form.check()
    shown = {
        "interaction_id": made.id,
        "modal_id": made.id,
        "application_id": made.app.id,
        "channel_id": made.channel.id,
        "title": data["title"],
        "custom_id": data["custom_id"],
        "components": number_components(data["components"]),
    }
    call.context.interactions.answered(made, FORM, modal=shown)
    call.context.interactions.keep_modal(made, shown)
    call.world.bus.publish(Event("MODAL", shown, person_id=made.person.id))


_ANSWERS: Final[dict[int, Any]] = {
    MESSAGE: _message,
    DEFER: _defer,
    DEFER_UPDATE: _defer_update,
    UPDATE: _update,
    CHOICES: _choices,
    FORM: _form,
}
