"""Rules of application commands over bare REST."""

from typing import Any

import pytest

from playground.people import Person

from .raw import Raw

Json = dict[str, Any]


def command(name: str = "roll", **more: Any) -> Json:
    return {"name": name, "description": "Roll dice", **more}


def option(name: str = "dice", kind: int = 3, **more: Any) -> Json:
    return {"type": kind, "name": name, "description": "Which", **more}


def path(raw: Raw, *, guild: bool = False) -> str:
    app = raw.server.seeded.bot.id
    return (
        f"/applications/{app}/guilds/{raw.server.seeded.guild.id}/commands"
        if guild
        else f"/applications/{app}/commands"
    )


REFUSED: list[tuple[Json, str, str]] = [
    (command("Roll"), "name", "APPLICATION_COMMAND_INVALID_NAME"),
    (command("roll dice"), "name", "APPLICATION_COMMAND_INVALID_NAME"),
    (command("r" * 33), "name", "BASE_TYPE_BAD_LENGTH"),
    (command(description=""), "description", "BASE_TYPE_REQUIRED"),
    (command(description="x" * 101), "description", "BASE_TYPE_BAD_LENGTH"),
    (command(name_localizations={"pt-PT": "rolar"}), "name_localizations.pt-PT", "BASE_TYPE_CHOICES"),
    (command(name_localizations={"pt-BR": "Rolar"}), "name_localizations.pt-BR", "APPLICATION_COMMAND_INVALID_NAME"),
    (command(options=[option(str(n)) for n in range(26)]), "options", "BASE_TYPE_MAX_LENGTH"),
    (
        command(options=[option("a"), option("b", required=True)]),
        "options.1.required",
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    (command(options=[option(), option()]), "options.1.name", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID"),
    (command(options=[option(), option("s", 1)]), "options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
    (
        command(options=[option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])]),
        "options.0.choices",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        command(options=[option(choices=[{"name": "a", "value": "1"}], autocomplete=True)]),
        "options.0.autocomplete",
        "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
    ),
    (
        command(options=[option("g", 2, options=[option("g", 2, options=[])])]),
        "options.0.options.0.type",
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    ({"type": 3, "name": "Quote", "description": "no"}, "description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION"),
]


@pytest.mark.parametrize(("body", "place", "code"), REFUSED, ids=[f"{code}-{place}" for _, place, code in REFUSED])
async def test_a_command_against_the_rules_is_refused_at_its_place(raw: Raw, body: Json, place: str, code: str) -> None:
    status, answer, _ = await raw.call("POST", path(raw), body)
    assert (status, answer["code"]) == (400, 50035)
    node = answer["errors"]
    for step in place.split("."):
        node = node[step]
    assert code in {error["code"] for error in node["_errors"]}


@pytest.mark.parametrize(("length", "status"), [(88, 201), (89, 400)])
async def test_a_command_holds_8000_characters_counting_its_longest_translations(
    raw: Raw, length: int, status: int
) -> None:
    # Name, description and 79 choices of 100 characters make 7,900 + 12; the longest translation decides.
    choices = [{"name": "n" * 50, "value": f"{n:02}".ljust(50, "v")} for n in range(20)]
    options = [option(f"o{n}", choices=choices, description="d") for n in range(4)]
    body = command("r", description="d", options=options)
    body["options"][3]["choices"] = choices[:19]
    body["description_localizations"] = {"pt-BR": "x" * (length - 1)}
    assert sum(len(o["choices"]) for o in body["options"]) == 79
    assert (await raw.call("POST", path(raw), body))[0] == status


async def test_an_overwrite_keeps_the_ids_of_commands_that_stay(raw: Raw) -> None:
    first = (await raw.call("PUT", path(raw), [command("roll"), command("act")]))[1]
    again = (await raw.call("PUT", path(raw), [command("roll", description="New"), command("say")]))[1]
    assert again[0]["id"] == first[0]["id"]
    assert again[0]["version"] != first[0]["version"]
    assert [c["name"] for c in (await raw.call("GET", path(raw)))[1]] == ["roll", "say"]


async def test_an_overwrite_is_refused_as_a_whole(raw: Raw) -> None:
    await raw.call("PUT", path(raw), [command("roll")])
    status, answer, _ = await raw.call("PUT", path(raw), [command("act"), command("act")])
    assert answer["errors"]["1"]["name"]["_errors"][0]["code"] == "APPLICATION_COMMANDS_DUPLICATE_NAME"
    status, answer, _ = await raw.call("PUT", path(raw), [{"type": 3, "name": f"m{n}"} for n in range(16)])
    assert (status, answer["errors"]["_errors"][0]["code"]) == (400, "MAX_APPLICATION_COMMANDS")
    assert [c["name"] for c in (await raw.call("GET", path(raw)))[1]] == ["roll"]


async def test_a_second_create_of_a_name_replaces_it(raw: Raw) -> None:
    status, first, _ = await raw.call("POST", path(raw), command())
    assert status == 201
    status, second, _ = await raw.call("POST", path(raw), command(description="New"))
    assert (status, second["id"], second["description"]) == (200, first["id"], "New")


async def test_the_201st_create_of_a_day_is_refused(raw: Raw) -> None:
    raw.server.context.limiter.enabled = False
    for round_ in range(2):
        await raw.call("PUT", path(raw), [command(f"c{round_}-{n}") for n in range(100)])
    status, answer, _ = await raw.call("PUT", path(raw), [command("one-more")])
    assert (status, answer["code"]) == (400, 30034)


async def test_a_command_is_edited_and_deleted(raw: Raw) -> None:
    made = (await raw.call("POST", path(raw), command()))[1]
    one = f"{path(raw)}/{made['id']}"
    assert (await raw.call("PATCH", one, {"description": "New"}))[1]["description"] == "New"
    assert (await raw.call("DELETE", one))[0] == 204
    assert (await raw.call("GET", one))[1]["code"] == 10063


async def test_another_applications_commands_are_not_ours(raw: Raw) -> None:
    assert (await raw.call("GET", "/applications/1/commands"))[1]["code"] == 20012


async def test_a_guilds_command_hides_the_global_one_and_translations_come_on_request(raw: Raw, lia: Person) -> None:
    localized = command(name_localizations={"pt-BR": "rolar"})
    await raw.call("PUT", path(raw), [localized])
    await raw.call("PUT", path(raw, guild=True), [command(description="Here")])
    (shown,) = await lia.commands()
    assert shown["description"] == "Here"
    assert "name_localizations" not in (await raw.call("GET", path(raw)))[1][0]
    full = (await raw.call("GET", f"{path(raw)}?with_localizations=true"))[1]
    assert full[0]["name_localizations"] == {"pt-BR": "rolar"}
