"""The window itself: people, languages, long logs, phones, keys, names, contrast."""

import asyncio

import aiohttp
import pytest
from playwright.async_api import expect

from tests.page.build import npm
from tests.page.conftest import Opener, Table
from tests.page.probes import (
    CONTRAST,
    DOUBLE_IDS,
    DRAWN,
    MIDDLE,
    MIDDLE_IS_DRAWN,
    OLDEST_REACHED,
    PANE,
    RING,
    SMALL,
    UNNAMED,
)


async def test_alt_and_a_digit_changes_the_person_and_with_them_language_and_secrets(sit: Opener) -> None:
    window = await sit("Ana")
    await window.run("ficha")
    await expect(window.feed).to_contain_text("Só você pode ver isto")
    await window.keys("Alt+4")
    await expect(window.page.get_by_role("button", name="Bia")).to_have_attribute("aria-pressed", "true")
    await expect(window.composer).to_have_attribute(
        "placeholder", "Message #" + window_channel(sit) + ", or / for commands"
    )
    await expect(window.page.get_by_text("The table is quiet.")).to_be_visible()
    assert await window.page.evaluate("document.documentElement.lang") == "en-US"
    await window.keys("Alt+1")
    await expect(window.feed).to_contain_text("Só você pode ver isto")


def window_channel(sit: Opener) -> str:
    return sit.table.name


async def test_a_person_is_chosen_first_where_the_address_names_none(sit: Opener, table: Table) -> None:
    window = await sit("Ana", locale="en-US")
    await window.page.goto(table.playground.page_url)
    await expect(window.page.get_by_role("heading", name="Who is at the table?")).to_be_visible()
    await window.page.get_by_role("button", name="Lia").click()
    await expect(window.page.get_by_role("heading", name="#taverna")).to_be_visible()
    assert table.person("Lia") in window.page.url


async def test_the_language_and_the_theme_can_be_chosen_and_stay(sit: Opener) -> None:
    ana = await sit("Ana", color_scheme="dark")
    await ana.page.get_by_role("button", name="Ajustes").click()
    await ana.page.get_by_role("combobox", name="Idioma").click()
    await ana.page.get_by_role("option", name="English (US)").click()
    await ana.page.get_by_role("combobox", name="Theme").click()
    await ana.page.get_by_role("option", name="Light").click()
    await ana.composer.focus()
    await ana.page.keyboard.type("/session")
    await expect(ana.page.get_by_role("option")).to_contain_text("/session start")
    await ana.page.reload()
    await expect(ana.composer).to_have_attribute("aria-label", f"Message in #{window_channel(sit)}")
    assert await ana.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


async def test_ten_thousand_messages_scroll_with_at_most_two_hundred_in_the_dom(sit: Opener, table: Table) -> None:
    for number in range(10_000):
        table.say(("Ana", "Lia", "Caio")[number // 3 % 3], f"fala {number}" + " e mais palavras" * (number % 23))
        if number % 500 == 0:
            await asyncio.sleep(0)
    ana = await sit("Ana")
    await expect(ana.last).to_contain_text("fala 9999")
    await ana.page.evaluate(DRAWN)
    # Held against the top, the log loads page after page until the channel's first message is there.
    await ana.page.wait_for_function(OLDEST_REACHED, timeout=40_000)
    await expect(ana.feed.locator("article").first).to_contain_text("fala 0")
    for part in (0.25, 0.5, 0.75):
        await ana.feed.evaluate("(feed, part) => { feed.scrollTop = feed.scrollHeight * part }", part)
        await ana.page.wait_for_function(MIDDLE_IS_DRAWN)
    await ana.page.get_by_role("button", name="Ir para o fim").click()
    await expect(ana.last).to_contain_text("fala 9999")
    assert 0 < await ana.page.evaluate("window.most") <= 200


async def test_what_is_read_stays_in_place_while_news_arrive_and_older_words_grow(sit: Opener, table: Table) -> None:
    said = [table.say("Caio", f"linha {number}") for number in range(150)]
    ana = await sit("Ana")
    await expect(ana.last).to_contain_text("linha 149")
    await ana.feed.hover()
    await ana.page.mouse.wheel(0, -900)
    await expect(ana.page.get_by_role("button", name="Ir para o fim")).to_be_visible()
    await ana.page.wait_for_timeout(300)
    before = await ana.page.evaluate(MIDDLE)
    table.say("Lia", "uma novidade\n" * 12)
    await expect(ana.page.get_by_role("button", name="Mensagens novas")).to_be_visible()
    assert await ana.page.evaluate(MIDDLE) == before
    above = next(at for at, message in enumerate(said) if message.id == before[0]) - 20
    table.change(said[above], "palavras a mais\n" * 12)
    await expect(ana.page.locator(f"#m-{said[above].id}")).to_contain_text("palavras a mais")
    await ana.page.wait_for_timeout(300)
    assert await ana.page.evaluate(MIDDLE) == before


@pytest.mark.parametrize(
    ("person", "bar"), [("Lia", ["História", "Quadro", "Pessoas"]), ("Bia", ["Story", "Board", "People"])]
)
async def test_a_phone_shows_one_pane_and_a_bar(sit: Opener, person: str, bar: list[str]) -> None:
    phone = await sit(person, width=360, height=740, has_touch=True, is_mobile=True)
    await phone.run("mapa" if person == "Lia" else "map")
    await expect(phone.last.get_by_role("img")).to_be_visible()
    buttons = phone.page.locator("nav.bar").get_by_role("button")
    news = {"Lia": "Quadro, novidade", "Bia": "Board, new"}[person]
    await expect(buttons).to_have_text([bar[0], news, bar[2]])
    for name in (bar[1], bar[2], bar[0]):
        await buttons.filter(has_text=name).tap()
        await expect(phone.page.locator("[data-pane]:visible")).to_have_count(1)
        assert await phone.page.evaluate("document.documentElement.scrollWidth") == 360
        assert await phone.page.evaluate(SMALL) == []
    await expect(buttons).to_have_text(bar)
    await expect(phone.composer).to_be_visible()


async def test_suggestions_on_a_phone_leave_their_field_in_sight(sit: Opener) -> None:
    phone = await sit("Lia", width=360, height=740, has_touch=True, is_mobile=True)
    await phone.composer.tap()
    await phone.page.keyboard.type("/rolar ")
    await expect(phone.page.get_by_role("option")).to_have_count(3)
    field = await phone.page.get_by_role("combobox", name="dados").bounding_box()
    listed = await phone.page.get_by_role("listbox").bounding_box()
    assert field
    assert listed
    assert listed["y"] + listed["height"] <= field["y"]
    await phone.page.get_by_role("option").last.tap()
    await phone.page.get_by_role("button", name="Usar").tap()
    await expect(phone.last).to_contain_text("2d8 = 14")


async def test_keys_lead_through_panes_channels_messages_and_help(sit: Opener, table: Table) -> None:
    table.say("Caio", "primeira")
    table.say("Lia", "segunda")
    ana = await sit("Ana")
    await expect(ana.last).to_contain_text("segunda")
    await ana.composer.focus()
    await ana.keys("ArrowUp", "ArrowUp")
    await expect(ana.feed.locator("article").first).to_be_focused()
    await ana.keys("Escape")
    await expect(ana.composer).to_be_focused()
    panes = []
    for _ in range(3):
        await ana.keys("F6")
        panes.append(await ana.page.evaluate(PANE))
    assert panes == ["board", "channels", "story"]
    await ana.keys("Control+k")
    await expect(ana.page.get_by_role("combobox", name="Nome do canal")).to_be_focused()
    await ana.page.keyboard.type("mesa-2")
    await ana.keys("Enter")
    await expect(ana.page.get_by_role("heading", name="#mesa-2")).to_be_visible()
    await expect(ana.composer).to_be_focused()
    await ana.keys("F6", "?")
    await expect(ana.page.get_by_role("dialog", name="Teclas")).to_be_visible()
    await ana.keys("Escape")
    await expect(ana.composer).to_be_focused()


async def test_a_channel_with_news_is_marked_until_it_is_read(sit: Opener, table: Table) -> None:
    ana = await sit("Ana")
    await ana.page.get_by_role("button", name="mesa-1").click()
    table.say("Lia", "cadê você?")
    here = ana.page.get_by_role("navigation", name="Canais").get_by_role("button", name=table.name)
    await expect(here).to_have_text(f"{table.name}, não lido")
    await here.click()
    await expect(here).to_have_text(table.name)
    await expect(ana.last).to_contain_text("cadê você?")


async def test_a_cut_connection_comes_back_with_what_was_missed(sit: Opener, table: Table) -> None:
    table.say("Lia", "antes")
    ana = await sit("Ana")
    await expect(ana.last).to_contain_text("antes")
    for stream in list(table.playground.context.streams._open):
        stream.queue.put_nowait(None)
    await expect(ana.page.get_by_text("A conexão caiu.")).to_be_visible()
    table.say("Lia", "durante")
    await expect(ana.last).to_contain_text("durante")
    await expect(ana.page.get_by_text("A conexão caiu.")).not_to_be_visible()
    table.say("Lia", "depois")
    await expect(ana.last).to_contain_text("depois")


async def test_a_channel_taken_away_leads_to_another(sit: Opener, table: Table) -> None:
    ana = await sit("Ana")
    async with aiohttp.ClientSession() as http:
        await http.delete(f"{table.playground.page_url}/control/channels/{table.channel.id}")
    await expect(ana.page.get_by_role("heading", name="#taverna")).to_be_visible()
    await expect(ana.page.get_by_role("navigation", name="Canais")).not_to_contain_text(table.name)


async def test_where_a_person_may_not_write_commands_are_left(sit: Opener, table: Table) -> None:
    everyone = table.playground.seeded.guild.id
    deny = {"channel_id": table.channel.id, "target_id": everyone, "type": 0, "deny": str(1 << 11)}
    async with aiohttp.ClientSession() as http:
        await http.post(f"{table.playground.page_url}/control/overwrites", json=deny)
    lia = await sit("Lia")
    await expect(lia.composer).to_have_attribute("placeholder", "Aqui, só comandos: /")
    await lia.composer.fill("oi")
    await lia.keys("Enter")
    await lia.composer.fill("")
    await lia.run("mapa")
    await expect(lia.last.get_by_role("img")).to_be_visible()
    assert len(table.playground.world.store(table.channel.id)) == 1


async def test_a_new_thread_stands_below_its_channel_and_opens(sit: Opener, table: Table) -> None:
    ana = await sit("Ana")
    async with aiohttp.ClientSession() as http:
        await http.post(
            f"{table.playground.page_url}/control/threads", json={"channel_id": table.channel.id, "name": "ato-2"}
        )
    places = ana.page.get_by_role("navigation", name="Canais").locator(".channel")
    await expect(places.filter(has_text="ato-2")).to_be_visible()
    names = [text.strip() for text in await places.all_inner_texts()]
    assert names.index("ato-2") == names.index(table.name) + 1
    await places.filter(has_text="ato-2").click()
    await ana.composer.fill("segundo ato")
    await ana.keys("Enter")
    await expect(ana.last).to_contain_text("segundo ato")


async def test_markup_in_a_message_stays_words(sit: Opener, table: Table) -> None:
    hostile = "<img src=x onerror=alert(1)> [x](javascript:alert(2)) **<script>alert(3)</script>**"
    table.say("Caio", hostile)
    ana = await sit("Ana")
    await expect(ana.last).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(ana.last.locator("strong").last).to_have_text("<script>alert(3)</script>")
    assert await ana.last.locator("img, script, a").count() == 0


async def test_discords_marks_are_drawn(sit: Opener, table: Table) -> None:
    table.say("Caio", f"**a** *b* __c__ ~~d~~ ||e|| `f` <t:1700000000:R> <@{table.person('Lia')}>\n-# pequeno\n> dito")
    ana = await sit("Ana")
    for tag, text in (
        ("strong", "a"),
        ("em", "b"),
        ("u", "c"),
        ("s", "d"),
        ("code", "f"),
        (".subtext", "pequeno"),
        ("blockquote", "dito"),
    ):
        await expect(ana.last.locator(".text").locator(tag)).to_have_text(text)
    await expect(ana.last.locator("time").last).to_contain_text("há")
    await expect(ana.last.locator(".mention")).to_have_text("@Lia")
    await expect(ana.last.get_by_text("e", exact=True)).not_to_be_visible()
    await ana.last.get_by_role("button", name="Spoiler: mostrar").click()
    await expect(ana.last.get_by_text("e", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_everything_has_a_name_a_size_and_contrast(sit: Opener, table: Table, scheme: str) -> None:
    table.say(
        "Caio",
        f"Boa noite. ||segredo|| <@{table.person('Ana')}> <t:1700000000:R> https://example.org `código`\n-# nota",
    )
    ana = await sit("Ana", color_scheme=scheme)
    await ana.page.get_by_role("button", name="Ajustes").click()
    await ana.run("ficha")
    await ana.run("mapa")
    await expect(ana.board.get_by_role("img")).to_be_visible()
    await ana.composer.focus()
    await ana.page.keyboard.type("/")
    await expect(ana.page.get_by_role("option").first).to_be_visible()
    assert await ana.page.evaluate(UNNAMED) == []
    assert await ana.page.evaluate(CONTRAST) == []
    await ana.keys("Backspace")
    await ana.run("entrar")
    await expect(ana.page.get_by_role("dialog")).to_be_visible()
    assert await ana.page.evaluate(UNNAMED) == []
    assert await ana.page.evaluate(CONTRAST) == []
    assert await ana.page.evaluate(DOUBLE_IDS) == []


async def test_the_feed_tells_place_and_number_and_has_one_tab_stop(sit: Opener, table: Table) -> None:
    for number in range(5):
        table.say("Caio", f"linha {number}")
    ana = await sit("Ana")
    rows = ana.feed.locator("article")
    await expect(rows).to_have_count(5)
    places = await rows.evaluate_all("rows => rows.map((row) => [row.ariaPosInSet, row.ariaSetSize, row.tabIndex])")
    assert places == [["1", "5", -1], ["2", "5", -1], ["3", "5", -1], ["4", "5", -1], ["5", "5", 0]]
    await ana.composer.focus()
    await ana.keys("ArrowUp")
    await expect(rows.last).to_be_focused()
    assert await ana.page.evaluate(RING) == ["solid", "3px"]


@pytest.mark.parametrize("script", ["check", "test"])
async def test_the_pages_own_checks_pass(script: str) -> None:
    done = await asyncio.to_thread(npm, "run", script)
    assert done.returncode == 0, done.stdout
