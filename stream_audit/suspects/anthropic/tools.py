"""Suspects that get the tool calls of an Anthropic message wrong.

The trap they share: the input of a tool is streamed as JSON text, but its
block starts with a parsed ``{}``, which is a seed and not a value.
"""

from __future__ import annotations

import json
from typing import Any

from stream_audit.model import Message, ToolCall
from stream_audit.suspects.anthropic.textbook import TextbookAnthropic
from stream_audit.suspects.anthropic.textbook_block import Block
from stream_audit.suspects.anthropic.textbook_message import INPUT_TYPES

__all__ = ["ANTHROPIC_TOOLS"]

CALLS = ("tool_calls",)
CALLS_AND_PARTS = ("tool_calls", "parts")


class ToolInputSeedPoison(TextbookAnthropic):
    """Appends the streamed fragments to the ``{}`` that the block starts with.

    Such code says ``input = JSON.stringify(block.input)`` and then ``input += partial_json``. The result
    is ``{}{"city":...``, which a lenient parser reads as no arguments.
    """

    name = "tool-input-seed-poison"
    failure = "tool-args-seed-poison"
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/assistant-ui/assistant-ui/pull/5080",)

    def joined_fragments(self, block: Block) -> str:
        """The seed, then the pieces."""
        seed = block.fields.get("input")
        return (json.dumps(seed) if isinstance(seed, dict) else "") + super().joined_fragments(block)


class ToolInputSeedIgnored(TextbookAnthropic):
    """Builds the input from fragments alone and loses one that the start brings whole.

    Such code begins with ``json = ""`` in every block. Servers that do not stream inputs send it in
    ``content_block_start``, and the tool runs without arguments.
    """

    name = "tool-input-seed-ignored"
    failure = "tool-args-object"
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/can1357/oh-my-pi/pull/1779",)

    def started_input(self, block: Block) -> str:
        """Nothing yet."""
        return ""


class ToolInputLastFragment(TextbookAnthropic):
    """Assigns the fragment instead of appending it.

    Such code says ``call.arguments = delta.partial_json``, copied from a dialect that sends inputs whole.
    """

    name = "tool-input-last-fragment"
    failure = "tool-fragments-not-merged"
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/spring-projects/spring-ai/pull/5854",)

    def joined_fragments(self, block: Block) -> str:
        """The last piece that says anything."""
        return [piece for piece in block.fragments if piece][-1]


class ToolInputEmptied(TextbookAnthropic):
    """Takes an input that was cut off for an empty one.

    Such code wraps the parser: ``except JSONDecodeError: input = {}``. The tool then runs with every
    argument at its default.
    """

    name = "tool-input-emptied"
    failure = "tool-args-truncated-accepted"
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/langchain-ai/langchain/issues/39275",)

    def json_text(self, block: Block) -> str:
        """What parses, else no arguments."""
        text = super().json_text(block)
        return "{}" if isinstance(self.parsed_input(text), str) else text


class ToolInputClosed(TextbookAnthropic):
    """Closes the open string and brackets of an input that was cut off.

    Such code uses a parser for partial JSON, meant for showing progress, on the last chunk too. A path
    that was cut in the middle becomes another path.
    """

    name = "tool-input-closed"
    failure = "tool-args-truncated-accepted"
    kin = ("tool-input-emptied",)
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/langchain-ai/langchain/issues/39275",)

    def json_text(self, block: Block) -> str:
        """The first ending that makes it JSON."""
        text = super().json_text(block)
        for ending in ("", '"', "}", '"}', "]}", '"]}', "}}", '"}}'):
            if not isinstance(self.parsed_input(text + ending), str):
                return text + ending
        return text


class ToolInputNoneAsNull(TextbookAnthropic):
    """Writes ``null`` for the input of a tool that takes none.

    Such code serialises what it has gathered, which is nothing: ``json.dumps(None)``.
    """

    name = "tool-input-none-as-null"
    failure = "tool-args-empty-string"
    touches = CALLS
    sources = ("https://github.com/simonw/llm/pull/1218",)

    def tool_call(self, block: Block) -> ToolCall:
        """A call with arguments at any price."""
        call = super().tool_call(block)
        return ToolCall(id=call.id, name=call.name, arguments=call.arguments or "null", extra=call.extra)


class ToolsOmitted(TextbookAnthropic):
    """Leaves the tool calls out when the message has text.

    Such code asks ``if text: return text`` before it looks for tools. The model waits for a tool that
    nobody runs.
    """

    name = "tools-omitted"
    failure = "tool-calls-omitted-by-aggregator"
    touches = CALLS
    sources = (
        "https://github.com/BerriAI/litellm/issues/7364",
        "https://github.com/spring-projects/spring-ai/pull/3548",
    )

    def is_client_call(self, block: Block) -> bool:
        """Not beside text."""
        return super().is_client_call(block) and not self.content()


class ToolFirstBlockOnly(TextbookAnthropic):
    """Returns the first tool call of several.

    Such code says ``next(block for block in content if block.type == "tool_use")``.
    """

    name = "tool-first-block-only"
    failure = "tool-only-first-read"
    touches = CALLS
    sources = ("https://github.com/BerriAI/litellm/pull/27638",)

    def is_client_call(self, block: Block) -> bool:
        """Only the first."""
        return block is next((one for one in self.blocks if one.type == "tool_use"), None)


class ServerToolsAsTools(TextbookAnthropic):
    """Hands the provider's own tools to the client as calls to run.

    Such code asks ``if block.type.endswith("tool_use")``. The client looks for a tool ``web_search``
    that it does not have, or runs the search a second time.
    """

    name = "server-tools-as-tools"
    failure = "stream-vs-nonstream"
    touches = CALLS
    sources = ("https://github.com/vllm-project/vllm/issues/47137",)

    def is_client_call(self, block: Block) -> bool:
        """Anything called a tool."""
        return block.type in INPUT_TYPES


class ToolCallerDropped(TextbookAnthropic):
    """Rebuilds a tool call from its id, name and input, and drops what else it carries.

    Such code knows three fields. ``caller`` says which program of the model asked for the tool, and the
    answer to it must go back there.
    """

    name = "tool-caller-dropped"
    failure = "extension-fields-dropped"
    touches = (*CALLS, "parts")
    sources = ("https://github.com/ServiceNow/eva/pull/206",)

    def message(self) -> Message:
        """The three fields."""
        for block in self.blocks:
            if block.type == "tool_use":
                self.strip(block)
        return super().message()

    def strip(self, block: Block) -> None:
        """Forget the others."""
        kept: dict[str, Any] = {
            key: block.fields[key] for key in ("type", "id", "name", "input") if key in block.fields
        }
        block.fields = kept


ANTHROPIC_TOOLS: tuple[type[TextbookAnthropic], ...] = (
    ToolInputSeedPoison,
    ToolInputSeedIgnored,
    ToolInputLastFragment,
    ToolInputEmptied,
    ToolInputClosed,
    ToolInputNoneAsNull,
    ToolsOmitted,
    ToolFirstBlockOnly,
    ServerToolsAsTools,
    ToolCallerDropped,
)
