"""Suspects that get the function calls of a Gemini answer wrong.

The traps they share: a call has no index and often no id; its arguments are an object, not text; and
where they are streamed, only the first fragment says which function is meant.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stream_audit.model import Message, Payload, ToolCall
from stream_audit.suspects.every_dialect import is_name
from stream_audit.suspects.gemini.textbook import TextbookGemini
from stream_audit.suspects.gemini.textbook_names import is_reason
from stream_audit.suspects.gemini.textbook_state import Call, Candidate

__all__ = ["GEMINI_CALLS"]

CALLS = ("tool_calls",)
CALLS_AND_PARTS = ("tool_calls", "parts")


class PartialArgsIgnored(TextbookGemini):
    """Reads ``args`` and nothing else; a call whose arguments are streamed has none.

    In the wild: ``json.dumps(function_call.args or {})``.
    """

    name = "partial-args-ignored"
    failure = "tool-fragments-not-merged"
    touches = CALLS_AND_PARTS
    sources = (
        "https://github.com/BerriAI/litellm/pull/23815",
        "https://github.com/langchain-ai/langchain-google/issues/1752",
    )

    def see_entries(self, call: Call, fragment: dict[str, Any]) -> None:
        pass


class NamelessFragmentsAsCalls(TextbookGemini):
    """Takes every fragment of a call for a call, also those without a name.

    In the wild: ``for part in parts: if part.function_call: calls.append(part.function_call)``.
    """

    name = "nameless-fragments-as-calls"
    failure = "tool-phantom-nameless"
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/smallmain/vscode-unify-chat-provider/pull/49",)

    def call_for(self, candidate: Candidate, fragment: dict[str, Any]) -> Call | None:
        return super().call_for(candidate, fragment) if is_name(fragment.get("name")) else None


class LeafLastPieceOnly(TextbookGemini):
    """Sets a text of the arguments anew with every piece of it.

    In the wild: ``set_path(args, entry["jsonPath"], entry["stringValue"])``. The last piece is often empty.
    """

    name = "leaf-last-piece-only"
    failure = "tool-fragments-not-merged"
    kin = ("partial-args-ignored",)
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/vercel/ai/pull/13929",)

    def lay(self, call: Call, path: Any, value: Any) -> None:
        if isinstance(value, str):
            super().lay(call, path, None)
        super().lay(call, path, value)


class CallWaitsForEmptyFragment(TextbookGemini):
    """Waits for ``functionCall: {}`` before it believes that a streamed call is whole.

    In the wild: ``isTerminal = name == null && args == null && partialArgs == null && willContinue == null``.
    Vertex AI may leave ``willContinue`` out of the last fragment instead.
    """

    name = "call-waits-for-empty-fragment"
    failure = "block-stop-missing"
    kin = ("nameless-fragments-as-calls", "partial-args-ignored")
    touches = CALLS
    sources = (
        "https://github.com/vercel/ai/issues/14358",
        "https://github.com/vercel/ai/pull/15438",
    )

    def __init__(self) -> None:
        super().__init__()
        self.waiting: set[int] = set()

    def add_to(self, call: Call, fragment: dict[str, Any], beside: dict[str, Any]) -> None:
        super().add_to(call, fragment, beside)
        if fragment.get("willContinue") is True:
            self.waiting.add(id(call))
        elif not fragment:
            self.waiting.discard(id(call))

    def tool_calls(self, candidate: Candidate) -> list[Call]:
        return [call for call in super().tool_calls(candidate) if id(call) not in self.waiting]


class UnclosedCallDropped(TextbookGemini):
    """Drops a call that was announced to go on when the stream ended.

    In the wild: ``if not call.will_continue: flush(call)``, and nothing at the end.
    """

    name = "unclosed-call-dropped"
    failure = "block-stop-missing"
    kin = ("call-waits-for-empty-fragment",)
    touches = CALLS
    sources = ("https://github.com/vercel/ai/pull/14362",)

    def tool_calls(self, candidate: Candidate) -> list[Call]:
        return [call for call in super().tool_calls(candidate) if not call.open]


class ArgsRequired(TextbookGemini):
    """Drops a call that has neither ``args`` nor fragments of them: a function without parameters.

    In the wild: ``if part.functionCall.args != null``. Its signature is lost with it.
    """

    name = "args-required"
    failure = "tool-args-null"
    touches = CALLS_AND_PARTS
    sources = (
        "https://github.com/vercel/ai/issues/14847",
        "https://github.com/anomalyco/opencode/pull/43111",
    )

    def open_call(self, candidate: Candidate, fragment: dict[str, Any]) -> Call | None:
        told = any(fragment.get(key) is not None for key in ("args", "partialArgs", "willContinue"))
        return super().open_call(candidate, fragment) if told else None


class CallsMergedByName(TextbookGemini):
    """Keeps calls in a map by name; a second call of the same function goes on with the first.

    In the wild: ``calls[function_call.name] = {**calls.get(name, {}), **function_call.args}``.
    """

    name = "calls-merged-by-name"
    failure = "tool-index-constant"
    kin = ("calls-of-last-chunk", "calls-under-one-index", "first-call-only")
    touches = CALLS_AND_PARTS
    sources = (
        "https://github.com/NousResearch/hermes-agent/issues/57939",
        "https://github.com/vertesia/llumiverse/pull/663",
    )

    def call_for(self, candidate: Candidate, fragment: dict[str, Any]) -> Call | None:
        same = (call for call in candidate.calls if call.name == fragment.get("name"))
        return next(same, None) or super().call_for(candidate, fragment)

    def see_args(self, call: Call, fragment: dict[str, Any]) -> None:
        before = call.args
        super().see_args(call, fragment)
        call.args = {**before, **call.args}


class CallsUnderOneIndex(TextbookGemini):
    """Gives every call the index 0, so that all of them become one.

    In the wild: ``{"index": 0, "function": {...}}`` for each part, in a translation to OpenAI's
    format.
    """

    name = "calls-under-one-index"
    failure = "tool-index-constant"
    kin = ("chunk-first-part-only", "first-call-only")
    touches = CALLS
    sources = ("https://github.com/omnigent-ai/omnigent/pull/28",)

    def message(self, candidate: Candidate) -> Message:
        message = super().message(candidate)
        calls = message.tool_calls
        if len(calls) < 2:
            return message
        one = ToolCall(
            id=calls[-1].id,
            name=calls[-1].name,
            arguments="".join(call.arguments for call in calls),
            extra=calls[0].extra,
        )
        return replace(message, tool_calls=(one,))


class FirstCallOnly(TextbookGemini):
    """Returns the first of several calls.

    In the wild: ``response.function_calls[0]``.
    """

    name = "first-call-only"
    failure = "tool-only-first-read"
    kin = ("calls-merged-by-name", "calls-under-one-index", "chunk-first-part-only")
    touches = CALLS
    sources = ("https://github.com/ShishirPatil/gorilla/pull/406",)

    def tool_calls(self, candidate: Candidate) -> list[Call]:
        return super().tool_calls(candidate)[:1]


class CallsOfLastChunk(TextbookGemini):
    """Keeps the calls of the chunk that had some last; those of the chunks before are gone.

    In the wild: ``calls = chunk.function_calls or calls``.
    """

    name = "calls-of-last-chunk"
    failure = "tool-calls-omitted-by-aggregator"
    kin = ("calls-under-one-index", "first-call-only")
    touches = CALLS
    sources = ("https://github.com/google/adk-python/pull/7200",)

    def __init__(self) -> None:
        super().__init__()
        self.chunk = 0
        self.opened: dict[int, int] = {}

    def on_chunk(self, chunk: Payload) -> None:
        self.chunk += 1
        super().on_chunk(chunk)

    def open_call(self, candidate: Candidate, fragment: dict[str, Any]) -> Call | None:
        call = super().open_call(candidate, fragment)
        self.opened[id(call)] = self.chunk
        return call

    def tool_calls(self, candidate: Candidate) -> list[Call]:
        last = max(self.opened.values(), default=0)
        return [call for call in super().tool_calls(candidate) if self.opened[id(call)] == last]


class FinishChunkCallsLost(TextbookGemini):
    """Looks at the finish reason first, and leaves before it reads the call beside it.

    In the wild: ``if candidate.finish_reason: break`` above the loop over the parts.
    """

    name = "finish-chunk-calls-lost"
    failure = "tool-calls-in-finish-chunk-lost"
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/google/adk-python/pull/7200",)
    ending = False

    def on_candidate(self, entry: dict[str, Any]) -> None:
        self.ending = is_reason(entry.get("finishReason"), "FINISH")
        super().on_candidate(entry)

    def on_call(self, candidate: Candidate, part: dict[str, Any]) -> None:
        if not self.ending:
            super().on_call(candidate, part)


class CallsDroppedAtStop(TextbookGemini):
    """Waits for a finish reason that asks for tools; Gemini says ``STOP`` and nothing else.

    In the wild: ``if finish_reason == "tool_calls": emit(calls)``, behind a translation of the reason.
    """

    name = "calls-dropped-at-stop"
    failure = "finish-stop-with-tool-calls"
    touches = CALLS
    widespread = True
    sources = (
        "https://github.com/iOfficeAI/aionrs/pull/93",
        "https://github.com/envoyproxy/ai-gateway/pull/2399",
    )

    def tool_calls(self, candidate: Candidate) -> list[Call]:
        return [] if candidate.finish == "STOP" else super().tool_calls(candidate)


class ArgsAsPython(TextbookGemini):
    """Writes the arguments as Python prints them, which no reader of JSON takes.

    In the wild: ``"arguments": str(part.function_call.args)``.
    """

    name = "args-as-python"
    failure = "tool-args-object"
    touches = CALLS
    widespread = True
    sources = ("https://github.com/can1357/oh-my-pi/pull/1779",)

    def arguments(self, call: Call) -> str:
        return str(call.args) if call.args else ""


class CallIdFromName(TextbookGemini):
    """Makes a call's id of its name, and throws away the one that the provider gave.

    In the wild: ``id = f"call-{name}"``; two calls of one function then answer to one id.
    """

    name = "call-id-from-name"
    failure = "tool-id-or-name-lost"
    touches = CALLS
    widespread = True
    sources = ("https://github.com/brainlid/langchain/pull/620",)

    def tool_call(self, call: Call) -> ToolCall:
        return replace(super().tool_call(call), id=f"call-{call.name}")


GEMINI_CALLS: tuple[type[TextbookGemini], ...] = (
    PartialArgsIgnored,
    NamelessFragmentsAsCalls,
    LeafLastPieceOnly,
    CallWaitsForEmptyFragment,
    UnclosedCallDropped,
    ArgsRequired,
    CallsMergedByName,
    CallsUnderOneIndex,
    FirstCallOnly,
    CallsOfLastChunk,
    FinishChunkCallsLost,
    CallsDroppedAtStop,
    ArgsAsPython,
    CallIdFromName,
)
