"""What people do: commands, buttons, selects, modals, menus, messages."""

from typing import TYPE_CHECKING, Any, Final

from playground.errors import ApiError, form_error
from playground.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Interaction
from playground.play.options import Filling, command_data, resolve_user
from playground.play.values import modal_data, select_data
from playground.rules.components import BUTTON, SELECTS, walk
from playground.world import permissions, talk
from playground.world.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playground.context import Context
    from playground.rest.call import Upload
    from playground.world.application import Application, Command
    from playground.world.model import Channel, User

Json = dict[str, Any]

MAX_CONTENT: Final = 2000


class Acts:
    """The acts of people in one world."""

    def __init__(self, context: "Context") -> None:
        self.context = context
        self.world = context.world

    def usable(self, person: "User", channel: "Channel", app_id: str | None = None) -> "list[Command]":
        """Return the commands a person can use in a channel."""
        bits = self.world.bits(channel, person.id)
        if not bits & permissions.VIEW_CHANNEL or not bits & permissions.USE_APPLICATION_COMMANDS:
            return []
        found: list[Command] = []
        for app in self.world.applications.values():
            present = channel.guild_id is None or channel.guild_id in app.guild_ids
            if present and app_id in {None, app.id}:
                found.extend(c for c in app.usable_in(channel.guild_id) if _permitted(c, bits, channel))
        return found

    def command(self, person: "User", channel: "Channel", body: Json, uploads: "Mapping[str, Upload]") -> Interaction:
        """Use a chat command named like `session start`."""
        command, path = self._find(person, channel, str(body.get("name", "")), body.get("application_id"))
        app = self.world.applications[command.application_id]
        data = command_data(command, path, _options(body), self._filling(app, channel, uploads))
        name = " ".join([command.name, *path])
        return self.context.interactions.begin(app, person, channel, COMMAND, data, name=name, locale=_locale(body))

    def autocomplete(self, person: "User", channel: "Channel", body: Json) -> Interaction:
        """Ask for suggestions for the option `focused`."""
        command, path = self._find(person, channel, str(body.get("name", "")), body.get("application_id"))
        app = self.world.applications[command.application_id]
        focused = str(body.get("focused", ""))
        options = {focused: "", **_options(body)}
        filling = self._filling(app, channel, {}, focused)
        data = command_data(command, path, options, filling)
        return self.context.interactions.begin(app, person, channel, AUTOCOMPLETE, data, locale=_locale(body))

    def menu(self, person: "User", channel: "Channel", body: Json) -> Interaction:
        """Use a message menu on a message, or a user menu on a user (`user_id`)."""
        kind = 2 if body.get("user_id") else 3
        wanted = str(body.get("name", ""))
        usable = self.usable(person, channel, body.get("application_id"))
        command = next((c for c in usable if c.type == kind and c.name == wanted), None)
        if command is None:
            raise form_error(("name",), "UNKNOWN_COMMAND", "There is no such menu command here.")
        app = self.world.applications[command.application_id]
        data: Json = {"id": command.id, "name": command.name, "type": kind}
        if kind == 3:
            target = self._message(person, channel, body)
            shown = talk.message_json(self.world, target)
            data |= {"target_id": target.id, "resolved": {"messages": {target.id: shown}}}
        else:
            target_id = str(body["user_id"])
            filling = self._filling(app, channel, {})
            resolve_user(filling, target_id)
            data |= {"target_id": target_id, "resolved": filling.resolved}
        return self.context.interactions.begin(
            app, person, channel, COMMAND, data, name=command.name, command_type=kind, locale=_locale(body)
        )

    def component(self, person: "User", channel: "Channel", body: Json) -> Interaction:
        """Press a button or choose from a select."""
        message = self._message(person, channel, body)
        app = self.world.by_bot.get(message.author.id)
        if app is None:
            app = self.world.applications.get(message.application_id or "")
        wanted = str(body.get("custom_id", ""))
        found = next((c for c in walk(message.components) if c.get("custom_id") == wanted), None)
        if app is None or found is None or found.get("disabled"):
            raise form_error(("custom_id",), "UNKNOWN_COMPONENT", "The message has no such component to use.")
        data: Json = {"custom_id": wanted, "component_type": found["type"], "id": found.get("id")}
        if found["type"] in SELECTS:
            data |= select_data(found, body.get("values"), self._filling(app, channel, {}))
        elif found["type"] != BUTTON:
            raise form_error(("custom_id",), "UNKNOWN_COMPONENT", "This component cannot be used.")
        return self.context.interactions.begin(
            app, person, channel, COMPONENT, data, source=message, locale=_locale(body)
        )

    def modal(self, person: "User", body: Json, uploads: "Mapping[str, Upload]") -> Interaction:
        """Submit a modal."""
        kept = self.context.interactions.modal(str(body.get("modal_id", "")))
        if kept is None or kept[0].person.id != person.id:
            raise form_error(("modal_id",), "UNKNOWN_MODAL", "There is no such modal to submit.")
        opener, modal = kept
        values = body.get("values")
        if not isinstance(values, dict):
            raise form_error(("values",), "DICT_TYPE_CONVERT", "Must be an object.")
        data = modal_data(modal, values, self._filling(opener.app, opener.channel, uploads))
        self.context.interactions.modal_done(opener.id)
        return self.context.interactions.begin(
            opener.app, person, opener.channel, MODAL, data, source=opener.source, trigger=opener, locale=_locale(body)
        )

    def say(self, person: "User", channel: "Channel", body: Json) -> Message:
        """Write an ordinary message."""
        content = body.get("content")
        if not isinstance(content, str) or not 1 <= len(content) <= MAX_CONTENT:
            raise form_error(("content",), "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {MAX_CONTENT} in length.")
        speak = permissions.SEND_MESSAGES_IN_THREADS if channel.is_thread else permissions.SEND_MESSAGES
        if not self.world.bits(channel, person.id) & speak:
            raise ApiError(50013)
        message = Message(self.world.snowflakes.next(), channel.id, person, content)
        talk.set_mentions(self.world, message, None)
        return talk.post(self.world, channel, message)

    def _find(self, person: "User", channel: "Channel", text: str, app_id: str | None) -> "tuple[Command, list[str]]":
        name, *path = text.strip().lstrip("/").split()[:3] or [""]
        for command in self.usable(person, channel, app_id):
            if command.type == 1 and command.name == name:
                return command, path
        raise form_error(("name",), "UNKNOWN_COMMAND", "There is no such command here.")

    def _message(self, person: "User", channel: "Channel", body: Json) -> Message:
        found = self.world.store(channel.id).get(str(body.get("message_id", "")))
        if found is None or not talk.visible_to(found, person.id):
            raise ApiError(10008)
        return found

    def _filling(
        self, app: "Application", channel: "Channel", uploads: "Mapping[str, Upload]", focused: str | None = None
    ) -> Filling:
        guild = self.world.guilds.get(channel.guild_id or "")
        return Filling(self.world, guild, channel, app.user.id, uploads, focused)


def _permitted(command: "Command", bits: int, channel: "Channel") -> bool:
    needs = command.body.get("default_member_permissions")
    if channel.guild_id is None:
        contexts = command.body.get("contexts")
        return command.body.get("dm_permission", True) if contexts is None else 1 in contexts
    contexts = command.body.get("contexts")
    if contexts is not None and 0 not in contexts:
        return False
    if needs is None:
        return True
    wanted = int(needs)
    return bool(bits & permissions.ADMINISTRATOR) or (wanted != 0 and bits & wanted == wanted)


def _options(body: Json) -> Json:
    options = body.get("options") or {}
    if not isinstance(options, dict) or len(options) > 25:
        raise form_error(("options",), "DICT_TYPE_CONVERT", "Must be an object of at most 25 options.")
    return options


def _locale(body: Json) -> str | None:
    locale = body.get("locale")
    return str(locale)[:10] if locale else None
