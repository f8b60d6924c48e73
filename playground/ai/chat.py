"""Chat completions as OpenAI and Mistral speak them."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from playground.ai.wire import Ask, BadRequest, Chunk

if TYPE_CHECKING:
    from playground.ai.answers import Answer, ToolAsk
    from playground.ai.bill import Tokens
    from playground.ai.faults import Fault

DEFAULT_OUTPUT = 4_096
CONTINUE = ("Continue exa",)


class ChatWire:
    """What both share."""

    name = ""
    done = b"[DONE]"

    def key(self, request: web.Request) -> str:
        """See Wire."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""

    def read(self, request: web.Request, body: dict[str, Any]) -> Ask:
        """See Wire."""
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages or not isinstance(body.get("model"), str):
            raise BadRequest("model and messages are required")
        self.check(messages)
        users = [text_of(message) for message in messages if message.get("role") == "user"]
        prefix, users = self.prefix(messages, users)
        return Ask(
            provider=self.name,
            key=self.key(request),
            model=body["model"],
            stream=bool(body.get("stream")),
            texts=(*(tool_text(tool) for tool in body.get("tools") or ()), *map(input_text, messages)),
            user=users[-1] if users else "",
            prefix=prefix,
            echoes=self.name == "mistral",
            turns=len(messages),
            max_output=int(body.get("max_completion_tokens") or body.get("max_tokens") or DEFAULT_OUTPUT),
            thinks=body.get("reasoning_effort") not in {"none", "minimal"},
            body=body,
        )

    def check(self, messages: list[dict[str, Any]]) -> None:
        """Refuse orders of messages that the real provider refuses."""
        known: set[str] = set()
        for message in messages:
            if message.get("role") not in {"system", "developer", "user", "assistant", "tool"}:
                raise BadRequest(f"unknown role {message.get('role')!r}")
            known |= {call["id"] for call in message.get("tool_calls") or ()}
            if message["role"] == "tool" and message.get("tool_call_id") not in known:
                raise BadRequest("messages with role 'tool' must answer a preceding message with 'tool_calls'")

    def prefix(self, messages: list[dict[str, Any]], users: list[str]) -> tuple[str, list[str]]:
        """Words to go on after, and the users' words without the request to go on."""
        asked = len(messages) > 1 and messages[-2]["role"] == "assistant" and users
        if asked and users[-1].startswith(CONTINUE):
            return text_of(messages[-2]), users[:-1]
        return "", users

    def whole(self, ask: Ask, answer: Answer, tokens: Tokens | None) -> dict[str, Any]:
        """See Wire."""
        message: dict[str, Any] = {"role": "assistant", "content": answer.text}
        if answer.calls:
            message["tool_calls"] = [self.call(ask, i, call) for i, call in enumerate(answer.calls)]
        choice = {"index": 0, "message": message, "finish_reason": answer.finish}
        return {**self.head(ask, "chat.completion"), "choices": [choice], **self.figures(tokens)}

    def chunks(self, ask: Ask, answer: Answer, tokens: Tokens | None) -> list[Chunk]:
        """See Wire."""
        head = self.head(ask, "chat.completion.chunk")
        chunks = [self.chunk(head, {"role": "assistant", "content": ""})]
        chunks += [self.chunk(head, {"content": piece}, words=True) for piece in answer.pieces]
        for index, call in enumerate(answer.calls):
            chunks += self.call_chunks(head, index, self.call(ask, index, call))
        return chunks + self.end(ask, head, answer.finish, self.figures(tokens))

    def call_chunks(self, head: dict[str, Any], index: int, call: dict[str, Any]) -> list[Chunk]:
        """Send a call in one piece."""
        return [self.chunk(head, {"content": "", "tool_calls": [{**call, "index": index}]}, words=True)]

    def end(self, _ask: Ask, head: dict[str, Any], finish: str, figures: dict[str, Any]) -> list[Chunk]:
        """Send the reason and the figures."""
        choice = {"index": 0, "delta": {"content": ""}, "finish_reason": finish}
        return [Chunk(orjson.dumps({**head, "choices": [choice], **figures}))]

    @staticmethod
    def chunk(head: dict[str, Any], delta: dict[str, Any], *, words: bool = False) -> Chunk:
        """Send one piece."""
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        return Chunk(orjson.dumps({**head, "choices": [choice]}), words=words)

    def call(self, ask: Ask, index: int, call: ToolAsk) -> dict[str, Any]:
        """Return a tool call; its id is nine letters and digits, which every provider takes."""
        seed = f"{ask.turns}{index}{call.name}{call.arguments}"
        function = {"name": call.name, "arguments": orjson.dumps(call.arguments).decode()}
        return {"id": hashlib.sha256(seed.encode()).hexdigest()[:9], "type": "function", "function": function}

    def head(self, ask: Ask, kind: str) -> dict[str, Any]:
        """Return the fields that every document has."""
        seed = hashlib.sha256(orjson.dumps(ask.body)).hexdigest()[:16]
        return {"id": f"local-{seed}", "object": kind, "created": int(time.time()), "model": ask.model}

    def fault_chunk(self, kind: str, ask: Ask, tokens: Tokens) -> bytes:
        """See Wire."""
        head = self.head(ask, "chat.completion.chunk")
        if kind == "blocked_in_stream":
            choice = {"index": 0, "delta": {}, "finish_reason": "content_filter"}
            return orjson.dumps({**head, "choices": [choice], **self.figures(tokens)})
        if kind == "thinks_aloud":
            return self.chunk(head, {"content": [{"type": "thinking", "thinking": []}]}).data
        return orjson.dumps({"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}})

    def figures(self, tokens: Tokens | None) -> dict[str, Any]:
        """Return the field with the figures; thoughts are part of the completion."""
        if tokens is None:
            return {}
        completion = tokens.output + tokens.thinking
        usage = {
            "prompt_tokens": tokens.input,
            "completion_tokens": completion,
            "total_tokens": tokens.input + completion,
            "prompt_tokens_details": {"cached_tokens": tokens.cached},
            "completion_tokens_details": {"reasoning_tokens": tokens.thinking},
        }
        return {"usage": usage}

    def models(self, names: tuple[str, ...]) -> dict[str, Any]:
        """See Wire."""
        return {"object": "list", "data": [{"id": n, "object": "model", "owned_by": "local"} for n in names]}


class OpenAIWire(ChatWire):
    """OpenAI's."""

    name = "openai"

    def call_chunks(self, head: dict[str, Any], index: int, call: dict[str, Any]) -> list[Chunk]:
        """Send a call as OpenAI does: the name first, then the arguments bit by bit."""
        arguments = call["function"]["arguments"]
        begin = {**call, "index": index, "function": {**call["function"], "arguments": ""}}
        parts = [arguments[i : i + 12] for i in range(0, len(arguments), 12)]
        deltas = [begin, *({"index": index, "function": {"arguments": part}} for part in parts)]
        return [self.chunk(head, {"tool_calls": [delta]}, words=True) for delta in deltas]

    def end(self, ask: Ask, head: dict[str, Any], finish: str, figures: dict[str, Any]) -> list[Chunk]:
        """Send the figures in a document of their own, and only where they were asked for."""
        choice = {"index": 0, "delta": {}, "finish_reason": finish}
        chunks = [Chunk(orjson.dumps({**head, "choices": [choice]}))]
        if (ask.body.get("stream_options") or {}).get("include_usage") and figures:
            chunks.append(Chunk(orjson.dumps({**head, "choices": [], **figures})))
        return chunks

    def error(self, kind: str, fault: Fault | None = None, message: str = "") -> web.Response:
        """See Wire."""
        status, code, text = {
            "key_rejected": (401, "invalid_api_key", "Incorrect API key provided."),
            "rate_limited": (429, "rate_limit_exceeded", "Rate limit reached for requests."),
            "too_long": (400, "context_length_exceeded", "This model's maximum context length is 8192 tokens."),
            "not_found": (404, "model_not_found", "The model does not exist."),
            "bad_request": (400, "invalid_value", message),
        }.get(kind, (fault.status if fault else 500, "server_error", "The server had an error."))
        headers = {}
        if kind == "rate_limited":
            seconds = fault.retry_after if fault and fault.retry_after is not None else None
            if seconds is not None:
                headers = {"Retry-After": f"{seconds:g}"}
        error = {"message": message or text, "type": "invalid_request_error", "param": None, "code": code}
        return web.json_response({"error": error}, status=status, headers=headers)


class MistralWire(ChatWire):
    """Mistral's."""

    name = "mistral"

    def prefix(self, messages: list[dict[str, Any]], users: list[str]) -> tuple[str, list[str]]:
        """Read the last message where it is marked as a prefix."""
        last = messages[-1]
        return (text_of(last) if last["role"] == "assistant" and last.get("prefix") else ""), users

    def check(self, messages: list[dict[str, Any]]) -> None:
        """Refuse what Mistral refuses besides: long call ids, a user after a tool, an assistant at the end."""
        super().check(messages)
        for before, message in zip([None, *messages], messages, strict=False):
            for call in message.get("tool_calls") or ():
                if len(call["id"]) != 9 or not call["id"].isalnum():
                    raise BadRequest("Tool call id has to be defined in a-z, A-Z, 0-9, with a length of 9.")
            if before is not None and before["role"] == "tool" and message["role"] == "user":
                raise BadRequest("Unexpected role 'user' after role 'tool'")
        if messages[-1]["role"] == "assistant" and not messages[-1].get("prefix"):
            raise BadRequest("Expected last role User or Tool (or Assistant with prefix True) for serving")

    def error(self, kind: str, fault: Fault | None = None, message: str = "") -> web.Response:
        """See Wire."""
        if kind == "key_rejected":
            return web.json_response({"detail": "Unauthorized"}, status=401)
        status, kind_name, code, text = {
            "rate_limited": (429, "rate_limited", "1300", "Rate limit exceeded"),
            "too_long": (400, "invalid_request_error", "3051", "Prompt contains 40000 tokens, too large for model"),
            "not_found": (400, "invalid_model", "1500", "Invalid model"),
            "bad_request": (400, "invalid_request_message_order", "3230", message),
        }.get(kind, (fault.status if fault else 500, "service_unavailable", "3000", "Service unavailable."))
        headers = {}
        if kind == "rate_limited":
            headers = {"x-ratelimit-limit-req-minute": "60", "x-ratelimit-remaining-req-minute": "0"}
            if fault is not None and fault.retry_after is not None:
                headers["Retry-After"] = f"{fault.retry_after:g}"
        body = {"object": "error", "message": message or text, "type": kind_name, "param": None, "code": code}
        return web.json_response(body, status=status, headers=headers)

    def models(self, names: tuple[str, ...]) -> dict[str, Any]:
        """See Wire."""
        can = {"completion_chat": True, "function_calling": True, "completion_fim": False, "fine_tuning": False}
        listed = super().models(names)
        return {**listed, "data": [{**m, "created": 0, "capabilities": can, "type": "base"} for m in listed["data"]]}


def text_of(message: dict[str, Any]) -> str:
    """Return the words of a message, whether plain or in parts."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content)


def input_text(message: dict[str, Any]) -> str:
    """Return what a message counts as input: its words, and the calls it holds."""
    calls = [call["function"] for call in message.get("tool_calls") or ()]
    return text_of(message) + "".join(f"{call['name']}{call['arguments']}" for call in calls)


def tool_text(tool: dict[str, Any]) -> str:
    """Return what a tool counts as input."""
    function = tool.get("function") or {}
    parameters = orjson.dumps(function.get("parameters") or {}).decode()
    return f"{function.get('name', '')}{function.get('description', '')}{parameters}"
