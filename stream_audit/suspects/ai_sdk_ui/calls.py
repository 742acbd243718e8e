"""Suspects that get the tool calls of a UI message wrong."""

from __future__ import annotations

import json
from typing import Any

from stream_audit.model import Message
from stream_audit.suspects.ai_sdk_ui.textbook import TextbookUI
from stream_audit.suspects.ai_sdk_ui.textbook_message import PartSoFar

__all__ = ["UI_CALLS"]


class InputTwice(TextbookUI):
    """Appends the whole input to the pieces that it came in.

    In the wild: ``args += chunk.get("inputTextDelta") or json.dumps(chunk["input"])``.
    """

    name = "ui-input-twice"
    failure = "snapshot-plus-delta-double"
    touches = ("tool_calls",)
    sources = ("https://github.com/lidge-jun/opencodex/issues/361",)
    kin = ("ui-input-opens-call",)

    def arguments(self, part: PartSoFar) -> str:
        whole = super().arguments(part)
        return "".join(part.pieces) + whole if part.is_whole else whole


class InputFromPiecesOnly(TextbookUI):
    """Makes the arguments of the pieces, also where the input came whole.

    In the wild: code that was written against a model that streams its inputs.
    """

    name = "ui-input-from-pieces-only"
    failure = "stream-vs-nonstream"
    touches = ("tool_calls",)

    def arguments(self, part: PartSoFar) -> str:
        return "".join(part.pieces)


class InputOpensCall(TextbookUI):
    """Takes the whole input of a call that was started for another call.

    In the wild: ``calls.append(...)`` for each chunk that carries a tool's name.
    """

    name = "ui-input-opens-call"
    failure = "tool-fragments-not-merged"
    touches = ("tool_calls", "parts")
    sources = ("https://github.com/spring-projects/spring-ai/pull/5854",)

    def on_input(self, name: str, said: dict[str, Any]) -> None:
        if name == "tool-input-available" and self.call_in_step(said["toolCallId"]) is not None:
            self.open_call(said)
        super().on_input(name, said)

    def call_in_step(self, identity: str) -> PartSoFar | None:
        mine = [part for part in self.step() if part.fields.get("toolCallId") == identity]
        return mine[-1] if mine else None


class PiecesToLastCall(TextbookUI):
    """Appends pieces of inputs to the call that was started last.

    In the wild: ``calls[-1]["args"] += chunk["inputTextDelta"]``.
    """

    name = "ui-pieces-to-last-call"
    failure = "tool-fragments-interleaved"
    touches = ("tool_calls", "parts")
    sources = ("https://github.com/jaseci-labs/jac/issues/7673",)
    kin = ("ui-first-call-only",)

    def on_input_delta(self, said: dict[str, Any]) -> None:
        last = list(self.started)[-1:] if said["toolCallId"] in self.started else []
        super().on_input_delta({**said, "toolCallId": last[0]} if last else said)


class FirstCallOnly(TextbookUI):
    """Gives the first tool call only.

    In the wild: ``next(part for part in parts if part["type"].startswith("tool-"))``.
    """

    name = "ui-first-call-only"
    failure = "tool-only-first-read"
    touches = ("tool_calls",)
    sources = ("https://github.com/endolith/open-interpreter/issues/315",)

    def message(self) -> Message:
        whole = super().message()
        return Message(
            role=whole.role,
            content=whole.content,
            reasoning=whole.reasoning,
            tool_calls=whole.tool_calls[:1],
            parts=whole.parts,
            annotations=whole.annotations,
        )


class DynamicOmitted(TextbookUI):
    """Overlooks the calls of dynamic tools.

    In the wild: ``part["type"].startswith("tool-")``; a dynamic tool's part is ``dynamic-tool``.
    """

    name = "ui-dynamic-calls-omitted"
    failure = "tool-calls-omitted-by-aggregator"
    touches = ("tool_calls",)
    sources = ("https://github.com/BerriAI/litellm/issues/7364",)

    def is_asked(self, part: PartSoFar) -> bool:
        return super().is_asked(part) and part.type != "dynamic-tool"


class ProviderCallsAsked(TextbookUI):
    """Gives calls that the provider has made already for calls to make.

    In the wild: ``providerExecuted`` is not looked at.
    """

    name = "ui-provider-calls-asked"
    failure = "stream-vs-nonstream"
    touches = ("tool_calls",)

    def is_asked(self, part: PartSoFar) -> bool:
        return part.is_call


class OutputToFirstOpen(TextbookUI):
    """Gives an output to the first call that has none.

    In the wild: outputs are zipped with calls, though tools end in any order.
    """

    name = "ui-output-to-first-open"
    failure = "item-id-mismatch"
    touches = ("parts",)
    kin = ("ui-first-call-only",)

    def call_anywhere(self, identity: str) -> PartSoFar | None:
        own = super().call_anywhere(identity)
        waiting = [part for part in self.parts if part.fields.get("state") == "input-available"]
        return waiting[0] if own is not None and waiting else own


class FirstOutputKept(TextbookUI):
    """Keeps the first output of a call, though it was preliminary.

    In the wild: ``part.setdefault("output", chunk["output"])``.
    """

    name = "ui-preliminary-output-kept"
    failure = "snapshot-plus-delta-double"
    touches = ("parts",)

    def on_output(self, part: PartSoFar, name: str, said: dict[str, Any]) -> None:
        first = part.fields.get("output")
        super().on_output(part, name, said)
        if first is not None and "output" in part.fields:
            part.fields["output"] = first


class CutInputRepaired(TextbookUI):
    """Closes the input of a call that was cut off, so that it can be run.

    In the wild: the SDK's own parts hold what ``parsePartialJson`` makes of it.
    """

    name = "ui-cut-input-repaired"
    failure = "tool-args-truncated-accepted"
    touches = ("tool_calls", "parts")
    sources = ("https://github.com/langchain-ai/langchain/issues/39275",)

    def arguments(self, part: PartSoFar) -> str:
        text = super().arguments(part)
        return text if part.is_whole else self.repaired(text)

    def show_input(self, part: PartSoFar, shown: dict[str, Any]) -> None:
        super().show_input(part, shown)
        text = self.repaired(shown["rawInput"])
        if "input" not in shown and text != shown["rawInput"]:
            shown["input"] = json.loads(text)

    def repaired(self, text: str) -> str:
        """The text with what closes it, where that makes JSON of it."""
        for ending in ('"}', "}", '"}}', "}}", '"]', "]"):
            try:
                json.loads(text + ending)
            except ValueError:
                continue
            return text + ending
        return text


UI_CALLS: tuple[type[TextbookUI], ...] = (
    InputTwice,
    InputFromPiecesOnly,
    InputOpensCall,
    PiecesToLastCall,
    FirstCallOnly,
    DynamicOmitted,
    ProviderCallsAsked,
    OutputToFirstOpen,
    FirstOutputKept,
    CutInputRepaired,
)
