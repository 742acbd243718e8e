"""Suspects that get the tools of a Converse message wrong.

The trap they share: the input of a tool is streamed as JSON text, and that of
a tool without arguments is no text at all.
"""

from __future__ import annotations

import json
from typing import Any

from stream_audit.model import ToolCall
from stream_audit.suspects.bedrock_converse.textbook import TextbookConverse
from stream_audit.suspects.bedrock_converse.textbook_block import Block
from stream_audit.suspects.bedrock_converse.textbook_message import CALL_KEYS
from stream_audit.suspects.every_dialect import parsed_input

__all__ = ["CONVERSE_TOOLS"]

CALLS = ("tool_calls",)
CALLS_AND_PARTS = ("tool_calls", "parts")


class InputSeededWithBraces(TextbookConverse):
    """Begins the input with ``{}`` and appends the pieces to that.

    In the wild: ``input = JSON.stringify(start.input ?? {})`` and then ``input += delta.toolUse.input``.
    The result is ``{}{"city":...``, which a lenient parser reads as no arguments.
    """

    name = "input-seeded-with-braces"
    failure = "tool-args-seed-poison"
    kin = ("input-replaced",)
    touches = CALLS_AND_PARTS
    widespread = True
    sources = ("https://github.com/assistant-ui/assistant-ui/pull/5080",)

    def joined_input(self, block: Block) -> str:
        return "{}" + super().joined_input(block)


class InputReplaced(TextbookConverse):
    """Assigns the piece instead of appending it.

    In the wild: ``tool["input"] = delta["toolUse"]["input"]``. Amazon's own models send an input in one
    piece, so that it works until the model is changed.
    """

    name = "input-replaced"
    failure = "tool-fragments-not-merged"
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/spring-projects/spring-ai/pull/5854",)

    def joined_input(self, block: Block) -> str:
        return [piece for piece in block.pieces["input"] if piece][-1]


class EmptyInputCrash(TextbookConverse):
    """Parses the input of every tool, also that of one without arguments.

    In the wild: ``json.loads(tool["input"])`` in the branch for ``contentBlockStop``, as in Amazon's
    example; for such a tool the text is ``""``.
    """

    name = "empty-input-crash"
    failure = "tool-args-empty-string"
    touches = ()
    sources = (
        "https://github.com/run-llama/llama_index/pull/19084",
        "https://github.com/open-telemetry/opentelemetry-java-instrumentation/pull/18783",
    )

    def json_text(self, block: Block) -> str:
        text = super().json_text(block)
        if block.kind == "toolUse" and block.stopped and not text:
            json.loads(text)
        return text


class CutInputEmptied(TextbookConverse):
    """Takes an input that was cut off for an empty one.

    In the wild: ``except json.JSONDecodeError: tool["input"] = {}``. The tool then runs with every argument
    at its default.
    """

    name = "cut-input-emptied"
    failure = "tool-args-truncated-accepted"
    kin = ("cut-input-closed",)
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/langchain-ai/langchain/issues/39275",)

    def json_text(self, block: Block) -> str:
        text = super().json_text(block)
        return "{}" if isinstance(parsed_input(text), str) else text


class CutInputClosed(TextbookConverse):
    """Closes the open string and brackets of an input that was cut off.

    In the wild: a parser for partial JSON, meant for showing progress, on the last chunk too. A path that
    was cut in the middle becomes another path.
    """

    name = "cut-input-closed"
    failure = "tool-args-truncated-accepted"
    kin = ("cut-input-emptied",)
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/langchain-ai/langchain/issues/39275",)

    def json_text(self, block: Block) -> str:
        text = super().json_text(block)
        for ending in ("", '"', "}", '"}', "]}", '"]}', "}}", '"}}'):
            if not isinstance(parsed_input(text + ending), str):
                return text + ending
        return text


class ToolsBesideTextOmitted(TextbookConverse):
    """Leaves the tool calls out when the message has text.

    In the wild: ``if text: return text`` before it looks for tools. The model waits for a tool that nobody
    runs.
    """

    name = "tools-beside-text-omitted"
    failure = "tool-calls-omitted-by-aggregator"
    touches = CALLS
    sources = (
        "https://github.com/BerriAI/litellm/issues/7364",
        "https://github.com/spring-projects/spring-ai/pull/3548",
    )

    def is_client_call(self, block: Block) -> bool:
        return super().is_client_call(block) and not self.content()


class FirstToolAlone(TextbookConverse):
    """Returns the first tool call of several.

    In the wild: one ``tool`` variable, and ``return`` when its block stops.
    """

    name = "first-tool-alone"
    failure = "tool-only-first-read"
    touches = CALLS
    sources = ("https://github.com/spring-projects/spring-ai/pull/4375",)

    def is_client_call(self, block: Block) -> bool:
        first = next((one for one in self.blocks if super(FirstToolAlone, self).is_client_call(one)), None)
        return block is first


class ServerToolCalled(TextbookConverse):
    """Hands the tools that the server ran itself to the client as calls to run.

    In the wild: ``if "toolUse" in start:`` and no look at its ``type``. The client looks for a tool that it
    does not have.
    """

    name = "server-tool-called"
    failure = "stream-vs-nonstream"
    kin = ("server-results-dropped",)
    touches = CALLS
    sources = ("https://github.com/vllm-project/vllm/issues/47137",)

    def is_client_call(self, block: Block) -> bool:
        return block.kind == "toolUse"


class ServerResultsDropped(TextbookConverse):
    """Leaves out what the server's tools gave.

    In the wild: ``delta["toolUse"]`` is read and ``delta["toolResult"]`` is not. In the next turn the model
    finds a tool without a result, and the request is refused.
    """

    name = "server-results-dropped"
    failure = "stream-vs-nonstream"
    kin = ("deltas-to-last-start", "server-tool-called")
    touches = ("parts",)
    sources = ("https://github.com/maximhq/bifrost/pull/3435",)

    def parts(self) -> tuple[dict[str, Any], ...]:
        return tuple(self.part(block) for block in self.blocks if block.kind != "toolResult")


class ToolExtrasDropped(TextbookConverse):
    """Rebuilds a tool call from its id, name and input, and drops what else its start carries.

    In the wild: three fields are known. What a model or a relay adds, a signature of the thought behind the
    call say, does not come back in the next turn.
    """

    name = "tool-extras-dropped"
    failure = "extension-fields-dropped"
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/ServiceNow/eva/pull/206",)

    def tool_call(self, block: Block) -> ToolCall:
        call = super().tool_call(block)
        return ToolCall(id=call.id, name=call.name, arguments=call.arguments)

    def part(self, block: Block) -> dict[str, Any]:
        part = super().part(block)
        if not self.is_client_call(block):
            return part
        return {"toolUse": {key: value for key, value in part["toolUse"].items() if key in CALL_KEYS}}


CONVERSE_TOOLS: tuple[type[TextbookConverse], ...] = (
    InputSeededWithBraces,
    InputReplaced,
    EmptyInputCrash,
    CutInputEmptied,
    CutInputClosed,
    ToolsBesideTextOmitted,
    FirstToolAlone,
    ServerToolCalled,
    ServerResultsDropped,
    ToolExtrasDropped,
)
