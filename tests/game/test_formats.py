"""The formats of docs/decisions/0001: every fixture ever written can still be read, and today's are written as told."""

import json
from pathlib import Path

import msgspec
import pytest

from core.game import rows
from core.game.registry import event_types
from core.game.rows import EVENTS_SCHEMA, Row, StoredRow, decode_events, decode_state, encode_events, encode_state, fold

FIXTURES = Path(__file__).parent / "fixtures"
LOGS = sorted(FIXTURES.glob("log.v*.json"))


def _rows(path: Path) -> list[Row]:
    return [stored.row(1) for stored in msgspec.json.decode(path.read_bytes(), type=list[StoredRow])]


def test_there_is_a_fixture_for_every_schema_up_to_todays() -> None:
    assert [path.name for path in LOGS] == [f"log.v{n}.json" for n in range(1, EVENTS_SCHEMA + 1)]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_a_log_of_every_schema_is_read_and_folds_to_the_same_state(path: Path) -> None:
    state = fold(_rows(path))
    assert json.loads(encode_state(state)) == json.loads((FIXTURES / "state.json").read_bytes())


def test_the_newest_fixture_is_written_back_byte_for_byte() -> None:
    for stored in msgspec.json.decode(LOGS[-1].read_bytes(), type=list[StoredRow]):
        assert encode_events(stored.row(1).events) == bytes(stored.events).decode()


def test_the_newest_fixture_holds_every_event_there_is() -> None:
    used = {event["type"] for row in json.loads(LOGS[-1].read_bytes()) for event in row["events"]}
    assert used == {kind.__name__ for kind in event_types()}


def test_an_older_event_passes_through_every_upcast_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def to_ended(events: list[dict[str, object]]) -> list[dict[str, object]]:
        return [{**event, "type": "Ended"} if event["type"] == "Closed" else event for event in events]

    monkeypatch.setitem(rows.UPCASTS, EVENTS_SCHEMA - 1, to_ended)
    read = decode_events(b'[{"type": "Closed"}]', EVENTS_SCHEMA - 1)
    assert [type(event).__name__ for event in read] == ["Ended"]


def test_events_of_a_newer_version_are_refused_in_one_sentence() -> None:
    with pytest.raises(ValueError, match="written by a newer version"):
        decode_events(b"[]", EVENTS_SCHEMA + 1)


def test_a_snapshot_of_another_schema_is_rebuilt_instead_of_guessed() -> None:
    assert decode_state(b"{}", 0) is None
