"""Gemini's generateContent and streamGenerateContent, v1 and v1beta."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from playground.ai.wire import Ask, BadRequest, Chunk

if TYPE_CHECKING:
    from playground.ai.answers import Answer
    from playground.ai.bill import Tokens
    from playground.ai.faults import Fault

DEFAULT_OUTPUT = 8_192
CONTINUE = ("Continue exa",)
FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "tool_calls": "STOP", "content_filter": "SAFETY"}
SIGNATURE = base64.b64encode(b"local-thought").decode()
GOOGLE = "type.googleapis.com/google.rpc."


class GeminiWire:
    """Google's format."""

    name = "gemini"
    done = b""

    def key(self, request: web.Request) -> str:
        """See Wire."""
        return request.headers.get("x-goog-api-key") or request.query.get("key", "")

    def read(self, request: web.Request, body: dict[str, Any]) -> Ask:
        """See Wire."""
        model, _, method = request.match_info["target"].partition(":")
        if method not in {"generateContent", "streamGenerateContent"}:
            raise BadRequest(f"unknown method {method}")
        contents = body.get("contents")
        if not isinstance(contents, list) or not contents:
            raise BadRequest("contents is not specified")
        self._check(model, contents, body)
        config = body.get("generationConfig") or {}
        thinking = config.get("thinkingConfig") or {}
        system = body.get("systemInstruction") or {}
        users = [text for content in contents if content.get("role") == "user" and (text := words(content))]
        prefix = ""
        if users and users[-1].startswith(CONTINUE) and len(contents) > 1:
            prefix, users = words(contents[-2]), users[:-1]
        return Ask(
            provider=self.name,
            key=self.key(request),
            model=model,
            stream=method == "streamGenerateContent",
            texts=(words(system), *declarations(body), *map(counted, contents)),
            user=users[-1] if users else "",
            prefix=prefix,
            echoes=False,
            turns=len(contents) + bool(system),
            max_output=int(config.get("maxOutputTokens") or DEFAULT_OUTPUT),
            thinks=thinking.get("thinkingBudget") != 0 and thinking.get("thinkingLevel", "").lower() != "low",
            body=body,
        )

    def _check(self, model: str, contents: list[dict[str, Any]], body: dict[str, Any]) -> None:
        thinking = (body.get("generationConfig") or {}).get("thinkingConfig") or {}
        if "thinkingLevel" in thinking and "thinkingBudget" in thinking:
            raise BadRequest("You can only set one of thinking budget and thinking level.")
        if model == "gemini-3.8-flash" and thinking.get("thinkingLevel", "").lower() == "minimal":
            raise BadRequest("Thinking level MINIMAL is not supported for this model.")
        asked = 0
        for content in contents:
            if content.get("role") not in {"user", "model"}:
                raise BadRequest("Please use a valid role: user, model.")
            parts = content.get("parts") or []
            calls = [part for part in parts if "functionCall" in part]
            answers = [part for part in parts if "functionResponse" in part]
            if answers and len(answers) != asked:
                raise BadRequest("The number of function response parts must equal that of function call parts.")
            if calls and model.startswith("gemini-3") and "thoughtSignature" not in calls[0]:
                raise BadRequest("Function call is missing a thought_signature in functionCall parts.")
            asked = len(calls)

    def whole(self, ask: Ask, answer: Answer, tokens: Tokens | None) -> dict[str, Any]:
        """See Wire."""
        if answer.finish == "content_filter":
            return self._blocked(ask, tokens)
        parts = [{"text": answer.text}] if answer.pieces else []
        return self._document(ask, [*parts, *self._calls(answer)], FINISH[answer.finish], tokens)

    def chunks(self, ask: Ask, answer: Answer, tokens: Tokens | None) -> list[Chunk]:
        """See Wire; the first chunks carry the input's figures only."""
        if answer.finish == "content_filter":
            return [Chunk(orjson.dumps(self._blocked(ask, tokens)))]
        seen = {"promptTokenCount": tokens.input, "totalTokenCount": tokens.input} if tokens else {}
        chunks = []
        for part in [*({"text": piece} for piece in answer.pieces), *self._calls(answer)]:
            document = self._document(ask, [part], "", None) | ({"usageMetadata": seen} if seen else {})
            chunks.append(Chunk(orjson.dumps(document), words=True))
        end = self._document(ask, [{"text": ""}] if answer.pieces else [], FINISH[answer.finish], tokens)
        return [*chunks, Chunk(orjson.dumps(end))]

    def _calls(self, answer: Answer) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = [
            {"functionCall": {"name": call.name, "args": call.arguments}} for call in answer.calls
        ]
        if parts:
            parts[0]["thoughtSignature"] = SIGNATURE
        return parts

    def _blocked(self, ask: Ask, tokens: Tokens | None) -> dict[str, Any]:
        return {
            "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
            "modelVersion": ask.model,
            **self._figures(tokens),
        }

    def _document(self, ask: Ask, parts: list[dict[str, Any]], finish: str, tokens: Tokens | None) -> dict[str, Any]:
        candidate: dict[str, Any] = {"index": 0}
        if parts:
            candidate["content"] = {"role": "model", "parts": parts}
        if finish:
            candidate["finishReason"] = finish
        return {"candidates": [candidate], "modelVersion": ask.model, **self._figures(tokens)}

    def _figures(self, tokens: Tokens | None) -> dict[str, Any]:
        if tokens is None:
            return {}
        usage = {
            "promptTokenCount": tokens.input,
            "candidatesTokenCount": tokens.output,
            "totalTokenCount": tokens.input + tokens.output + tokens.thinking,
        }
        if tokens.thinking:
            usage["thoughtsTokenCount"] = tokens.thinking
        if tokens.cached:
            usage["cachedContentTokenCount"] = tokens.cached
        return {"usageMetadata": usage}

    def fault_chunk(self, kind: str, ask: Ask, tokens: Tokens) -> bytes:
        """See Wire."""
        if kind == "blocked_in_stream":
            return orjson.dumps(self._document(ask, [], "SAFETY", tokens))
        if kind == "thinks_aloud":
            return orjson.dumps(self._document(ask, [{"text": "Hm, a door.", "thought": True}], "", None))
        return orjson.dumps(self._error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted.", []))

    def error(self, kind: str, fault: Fault | None = None, message: str = "") -> web.Response:
        """See Wire."""
        status, name, text = {
            "key_rejected": (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
            "rate_limited": (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota."),
            "too_long": (
                400,
                "INVALID_ARGUMENT",
                "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            ),
            "not_found": (404, "NOT_FOUND", "models/x is not found for API version v1beta"),
            "bad_request": (400, "INVALID_ARGUMENT", message),
        }.get(kind, (fault.status if fault else 500, "UNAVAILABLE", "The model is overloaded."))
        details: list[dict[str, Any]] = []
        if kind == "key_rejected":
            details = [{"@type": f"{GOOGLE}ErrorInfo", "reason": "API_KEY_INVALID"}]
        elif kind == "rate_limited" and fault is not None:
            details = quota_details(fault)
        return web.json_response(self._error(status, name, message or text, details), status=status)

    def _error(self, status: int, name: str, message: str, details: list[dict[str, Any]]) -> dict[str, Any]:
        return {"error": {"code": status, "message": message, "status": name, "details": details}}

    def models(self, names: tuple[str, ...]) -> dict[str, Any]:
        """See Wire."""
        methods = ["generateContent", "countTokens"]
        return {
            "models": [{"name": f"models/{n}", "displayName": n, "supportedGenerationMethods": methods} for n in names]
        }


def quota_details(fault: Fault) -> list[dict[str, Any]]:
    """Return what Gemini says about a quota, and when to come back."""
    period = "Day" if fault.per_day else "Minute"
    violation = {"quotaId": f"GenerateRequestsPer{period}PerProjectPerModel-FreeTier", "quotaValue": "20"}
    details: list[dict[str, Any]] = [{"@type": f"{GOOGLE}QuotaFailure", "violations": [violation]}]
    if fault.retry_after is not None:
        details.append({"@type": f"{GOOGLE}RetryInfo", "retryDelay": f"{fault.retry_after:.9f}s"})
    return details


def words(content: dict[str, Any]) -> str:
    """Return the text of a content."""
    return "".join(str(part.get("text", "")) for part in content.get("parts") or ())


def counted(content: dict[str, Any]) -> str:
    """Return what a content counts as input: its text, its calls and their answers."""
    texts = [words(content)]
    for part in content.get("parts") or ():
        for name in ("functionCall", "functionResponse"):
            if name in part:
                call = part[name]
                inside = orjson.dumps(call.get("args") or call.get("response") or {}).decode()
                texts.append(f"{call.get('name', '')}{inside}")
    return "".join(texts)


def declarations(body: dict[str, Any]) -> list[str]:
    """Return what the tools count as input."""
    return [
        orjson.dumps(declaration).decode()
        for tool in body.get("tools") or ()
        for declaration in tool.get("functionDeclarations") or ()
    ]
