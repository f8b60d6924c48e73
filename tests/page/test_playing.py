"""A person plays: commands, buttons, selects, forms, private answers, stories that grow."""

from pathlib import Path

from playwright.async_api import expect

from tests.page.bot import SENTENCES
from tests.page.conftest import Opener, Table
from tests.page.probes import LISTEN


async def test_a_command_with_options_is_played_with_the_keyboard_alone(sit: Opener) -> None:
    ana = await sit("Ana")
    await ana.composer.focus()
    await ana.page.keyboard.type("/mesa")
    await expect(ana.page.get_by_role("option").first).to_contain_text("/mesa abrir")
    await ana.keys("Enter")
    await expect(ana.page.get_by_label("titulo")).to_be_focused()
    await ana.page.keyboard.type("Estrada de Brasas")
    await ana.keys("Tab", "Space", "ArrowDown", "Enter")
    await expect(ana.page.get_by_role("combobox", name="idioma: inglês")).to_be_focused()
    await ana.keys("Tab", "Enter")
    await expect(ana.page.get_by_label("tom", exact=True)).to_be_focused()
    await ana.page.keyboard.type("seco")
    await ana.keys("Enter")
    await expect(ana.last).to_contain_text("Estrada de Brasas · en-US · seco")
    await expect(ana.last).to_contain_text("Ana usou /mesa abrir")
    await expect(ana.composer).to_be_focused()


async def test_a_command_typed_whole_takes_the_rest_as_its_first_option(sit: Opener) -> None:
    bia = await sit("Bia")
    await bia.composer.focus()
    await bia.page.keyboard.type("/roll ")
    await expect(bia.page.get_by_role("combobox", name="dice")).to_be_focused()
    await bia.page.keyboard.type("3d6")
    await bia.keys("Enter")
    await expect(bia.last).to_contain_text("3d6 = 14")


async def test_autocomplete_offers_what_the_bot_suggests_and_sends_its_value(sit: Opener) -> None:
    ana = await sit("Ana")
    await ana.composer.focus()
    await ana.page.keyboard.type("/rolar ")
    await expect(ana.page.get_by_role("option")).to_have_count(3)
    await ana.page.keyboard.type("2")
    await expect(ana.page.get_by_role("option")).to_have_text(["2d6 ·", "2d8 ·"])
    await ana.keys("ArrowDown", "ArrowDown", "Enter")
    await expect(ana.page.get_by_role("combobox", name="dados")).to_have_value("2d8 ·")
    await ana.keys("Enter")
    await expect(ana.last).to_contain_text("2d8 = 14")


async def test_what_is_missing_is_said_at_the_field_and_nothing_is_sent(sit: Opener, table: Table) -> None:
    ana = await sit("Ana")
    await ana.composer.focus()
    await ana.page.keyboard.type("/dar ")
    await expect(ana.page.get_by_role("combobox", name="quem")).to_be_focused()
    await ana.keys("Space", "ArrowDown", "Enter")
    await ana.page.get_by_label("moedas").fill("12")
    await ana.page.get_by_role("button", name="Usar").click()
    field = ana.page.get_by_label("moedas")
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description("No máximo 9.")
    assert len(table.playground.world.store(table.channel.id)) == 0
    await field.fill("5")
    await ana.keys("Enter")
    await expect(ana.last).to_contain_text("5 → @Lia")


async def test_a_file_goes_along_with_a_command(sit: Opener, tmp_path: Path) -> None:
    portrait = tmp_path / "lia.txt"
    portrait.write_text("retrato")
    ana = await sit("Ana")
    await ana.composer.focus()
    await ana.page.keyboard.type("/retrato ")
    await ana.page.get_by_label("arquivo").set_input_files(portrait)
    await ana.page.get_by_role("button", name="Usar").click()
    await expect(ana.last).to_contain_text("lia.txt: 7 bytes")


async def test_a_buttons_private_answer_is_seen_by_the_presser_alone_until_dismissed(sit: Opener) -> None:
    ana, lia = await sit("Ana"), await sit("Lia")
    await ana.composer.focus()
    await ana.page.keyboard.type("/mesa abrir Foz")
    await expect(ana.page.get_by_label("titulo")).to_have_value("Foz")
    await ana.keys("Tab", "Space", "Enter", "Enter")
    await lia.last.get_by_role("button", name="🔒 Limites").click()
    await expect(lia.last).to_contain_text("lines")
    await expect(lia.last).to_contain_text("Só você pode ver isto")
    await expect(ana.feed).not_to_contain_text("Só você pode ver isto")
    await lia.last.get_by_role("button", name="Descartar").click()
    await expect(lia.feed).not_to_contain_text("Só você pode ver isto")
    await expect(lia.composer).to_be_focused()


async def test_a_button_pressed_by_keyboard_edits_its_message_and_the_focus_comes_back(sit: Opener) -> None:
    bia = await sit("Bia")
    await bia.composer.focus()
    await bia.page.keyboard.type("/roll 1d20")
    await bia.keys("Enter")
    await expect(bia.last).to_contain_text("1d20 = 14")
    await bia.keys("ArrowUp")
    await expect(bia.last).to_be_focused()
    await bia.keys("Enter")
    await expect(bia.page.get_by_role("button", name="🎲 De novo")).to_be_focused()
    await bia.keys("Enter")
    await expect(bia.last).to_contain_text("Rolled again: 17.")
    await expect(bia.composer).to_be_focused()


async def test_an_application_that_does_not_answer_is_named_where_it_was_asked(sit: Opener, table: Table) -> None:
    bia = await sit("Bia")
    await bia.composer.focus()
    await bia.page.keyboard.type("/roll 1d20")
    await bia.keys("Enter")
    await bia.last.get_by_role("button", name="📊 Chances").click()
    await bia.run("silent")
    await expect(bia.page.get_by_role("status").filter(has_text="waiting for YourTale")).to_be_visible()
    await expect(bia.last.get_by_role("alert")).to_contain_text("The application did not respond")
    await expect(
        bia.page.get_by_role("status").filter(has_text="/silent: The application did not respond")
    ).to_be_visible()
    assert table.bot.pressed == ["mute"]


async def test_selects_take_one_several_or_none(sit: Opener, table: Table) -> None:
    ana = await sit("Ana")
    await ana.run("ficha")
    one = ana.last.get_by_role("combobox", name="Usar…")
    await one.focus()
    await ana.keys("Space", "ArrowDown", "Enter")
    await expect(ana.last).to_contain_text("one Subir")
    await ana.page.get_by_role("combobox", name="Várias").click()
    await ana.page.get_by_role("option", name="Bolsa").click()
    await ana.page.get_by_role("option", name="Subir").click()
    await ana.page.get_by_role("button", name="Pronto").click()
    await expect(ana.last).to_contain_text("many Bolsa Subir")
    await ana.page.get_by_role("combobox", name="Quem?").click()
    await ana.page.get_by_role("option", name="Caio").click()
    await expect(ana.last).to_contain_text(f"whom {table.person('Caio')}")


async def test_a_form_is_filled_checked_and_sent_with_a_file(sit: Opener, tmp_path: Path) -> None:
    picture = tmp_path / "lia.png"
    picture.write_bytes(b"x")
    lia = await sit("Lia")
    await lia.run("entrar")
    form = lia.page.get_by_role("dialog", name="Nova personagem")
    await expect(form.get_by_label("Nome")).to_be_focused()
    await lia.keys("Enter")
    await expect(form.get_by_label("Nome")).to_have_accessible_description("Falta preencher.")
    await lia.page.keyboard.type("Lia Duarte")
    await form.get_by_role("combobox", name="Arquétipo").click()
    await lia.page.get_by_role("option", name="Ladra").click()
    await form.get_by_label("Retrato").set_input_files(picture)
    await form.get_by_role("button", name="Enviar").click()
    await expect(form).not_to_be_visible()
    await expect(lia.last).to_contain_text("Lia Duarte, thief. lia.png")
    await expect(lia.composer).to_be_focused()


async def test_a_form_closed_by_escape_gives_the_focus_back(sit: Opener) -> None:
    lia = await sit("Lia")
    await lia.run("entrar")
    await expect(lia.page.get_by_role("dialog")).to_be_visible()
    await lia.keys("Escape")
    await expect(lia.page.get_by_role("dialog")).not_to_be_visible()
    await expect(lia.composer).to_be_focused()


async def test_a_story_grows_in_place_and_is_spoken_in_whole_sentences(sit: Opener, table: Table) -> None:
    ana, bia = await sit("Ana"), await sit("Bia")
    await bia.page.evaluate(LISTEN)
    await ana.run("narrar")
    await expect(bia.last).to_contain_text("A porta cede um palmo.")
    await bia.composer.focus()
    table.bot.go_on.set()
    await expect(bia.last).to_contain_text("Alguém prende a respiração.")
    await expect(bia.last.locator(".body")).to_have_attribute("aria-live", "off")
    table.bot.go_on.set()
    await expect(bia.last).to_contain_text("uma mesa range.")
    table.bot.go_on.set()
    await expect(bia.last.get_by_role("button", name="✋ X")).to_be_visible()
    assert await bia.feed.locator("article").count() == 1
    await expect(bia.composer).to_be_focused()
    await expect(bia.last.locator(".body")).not_to_have_attribute("aria-live", "off")
    await bia.page.wait_for_function("() => window.said.at(-1)?.endsWith('passou')")
    said = await bia.page.evaluate("window.said")
    assert " ".join(said) == f"YourTale: {''.join(SENTENCES)} 🎲 Lia 17 contra CD 15: passou"
    assert all(text.endswith(".") for text in said[:-1])


async def test_a_message_menu_asks_about_that_message(sit: Opener, table: Table) -> None:
    said = table.say("Caio", "A corda é curta.")
    ana = await sit("Ana")
    await ana.composer.focus()
    await ana.keys("ArrowUp", "Tab")
    await expect(ana.page.get_by_role("button", name="Ações desta mensagem")).to_be_focused()
    await ana.keys("Enter")
    await expect(ana.page.get_by_role("menuitem", name="Por quê?")).to_be_focused()
    await ana.keys("Enter")
    await expect(ana.last).to_contain_text(f"Porque sim: {said.id}")


async def test_the_board_shows_the_newest_map_and_the_arrows_move_on_it(sit: Opener, table: Table) -> None:
    lia = await sit("Lia")
    await lia.run("mapa")
    await expect(lia.board.get_by_role("img")).to_have_accessible_name("Sala 8×6. Lia em D4. Goblin A 3 casas a leste.")
    await lia.keys("F6")
    assert await lia.page.evaluate("document.activeElement.closest('[data-pane]').dataset.pane") == "board"
    await lia.keys("ArrowLeft")
    await expect(lia.board).to_contain_text("map:w")
    await lia.keys("ArrowUp")
    await expect(lia.board).to_contain_text("map:n")
    assert table.bot.pressed == ["map:w", "map:n"]
