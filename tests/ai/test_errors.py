"""What errors say of themselves, which ends in logs."""

from __future__ import annotations

import orjson
import pytest

from core.ai import NoProvider
from core.ai.chat_http import classify
from core.ai.errors import Blocked, KeyRejected, Malformed


@pytest.mark.parametrize("field", ["message", "detail"])
def test_a_refusal_that_repeats_the_question_is_not_repeated_by_its_error(field: str) -> None:
    # Servers built on FastAPI hand back what they could not read.
    body = orjson.dumps({field: [{"loc": ["body", "messages"], "input": "I tell Kim my secret"}]})
    failed = classify(422, {}, body)
    assert isinstance(failed, Malformed)
    nobody = NoProvider("malformed", detail=f"mistral/small {failed.code} {failed.detail}")
    assert "my secret" in nobody.detail
    assert "secret" not in f"{failed!r} {failed} {nobody!r} {nobody}"
    assert "422" in str(failed)


def test_a_question_that_moderation_refused_is_not_the_fault_of_the_key() -> None:
    flagged = {"error": {"code": 403, "message": "Your input was flagged for violence."}}
    assert isinstance(classify(403, {}, orjson.dumps(flagged)), Blocked)
    assert isinstance(classify(403, {}, b'{"error": {"message": "no access"}}'), KeyRejected)
