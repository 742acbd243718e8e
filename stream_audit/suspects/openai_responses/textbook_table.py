"""The tables of ``docs/folding/openai-responses.md``, for the textbook."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CLOSING", "EVERYWHERE", "KEYS", "PARTS", "RESPONSES", "TEXTS", "TextEvent"]

CLOSING = ("response.completed", "response.incomplete", "response.failed")
RESPONSES = ("response.created", "response.queued", "response.in_progress", *CLOSING)

PARTS = {
    "response.content_part": ("content", "content_index", "message"),
    "response.reasoning_part": ("content", "content_index", "reasoning"),
    "response.reasoning_summary_part": ("summary", "summary_index", "reasoning"),
}
"""Whole entries: the list, the key of their index, and the item they open."""


@dataclass(frozen=True)
class TextEvent:
    """A row of the table of texts."""

    index: str | None
    whole: str
    where: str
    key: str
    item: str
    entry: str = ""


TEXTS = {
    "response.output_text": TextEvent("content_index", "text", "content", "text", "message", "output_text"),
    "response.refusal": TextEvent("content_index", "refusal", "content", "refusal", "message", "refusal"),
    "response.reasoning_text": TextEvent(
        "content_index", "text", "content", "text", "reasoning", "reasoning_text"
    ),
    "response.reasoning_summary_text": TextEvent(
        "summary_index", "text", "summary", "text", "reasoning", "summary_text"
    ),
    "response.function_call_arguments": TextEvent(None, "arguments", "", "arguments", "function_call"),
    "response.mcp_call_arguments": TextEvent(None, "arguments", "", "arguments", "mcp_call"),
    "response.custom_tool_call_input": TextEvent(None, "input", "", "input", "custom_tool_call"),
    "response.code_interpreter_call_code": TextEvent(None, "code", "", "code", "code_interpreter_call"),
    "response.apply_patch_call_operation_diff": TextEvent(
        None, "diff", "operation", "diff", "apply_patch_call"
    ),
    "response.shell_call_command": TextEvent("command_index", "command", "commands", "command", "shell_call"),
}

EVERYWHERE = frozenset({"sequence_number", "usage", "error"})
"""Keys that an event of any type may have."""

PLACED = "output_index item_id"
"""Keys of every event about something inside an item."""

PROGRESS = (
    "code_interpreter_call.in_progress code_interpreter_call.interpreting code_interpreter_call.completed"
    " file_search_call.in_progress file_search_call.searching file_search_call.completed"
    " web_search_call.in_progress web_search_call.searching web_search_call.completed"
    " image_generation_call.in_progress image_generation_call.generating image_generation_call.completed"
    " mcp_call.in_progress mcp_call.completed mcp_call.failed"
    " mcp_list_tools.in_progress mcp_list_tools.completed mcp_list_tools.failed"
    " compaction.compacting"
)

_OWN = {
    **dict.fromkeys(RESPONSES, "response"),
    "response.output_item.added": "output_index item",
    "response.output_item.done": "output_index item",
    **{f"{kind}.{step}": f"{PLACED} {PARTS[kind][1]} part" for kind in PARTS for step in ("added", "done")},
    "response.output_text.annotation.added": f"{PLACED} content_index annotation_index annotation",
    **{f"{kind}.delta": f"{PLACED} {text.index or ''} delta" for kind, text in TEXTS.items()},
    **{f"{kind}.done": f"{PLACED} {text.index or ''} {text.whole}" for kind, text in TEXTS.items()},
    "response.output_text.delta": f"{PLACED} content_index delta logprobs",
    "response.output_text.done": f"{PLACED} content_index text logprobs",
    "response.function_call_arguments.done": f"{PLACED} arguments name",
    "response.shell_call_command.added": f"{PLACED} command_index command",
    "response.shell_call_output_content.delta": f"{PLACED} command_index delta",
    "response.shell_call_output_content.done": f"{PLACED} command_index output",
    "response.audio.delta": "delta",
    "response.audio.done": "",
    "response.audio.transcript.delta": "delta",
    "response.audio.transcript.done": "",
    **{f"response.{kind}": PLACED for kind in PROGRESS.split()},
    "response.image_generation_call.partial_image": f"{PLACED} partial_image_index partial_image_b64"
    " size quality background output_format",
    "keepalive": "",
}

KEYS = {kind: frozenset(own.split()) | EVERYWHERE | {"type"} for kind, own in _OWN.items()}
"""The type of every event but ``error``, and the keys that it may have."""
