"""The events of the Responses wire: what each is about, and which keys it may have."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ANYWHERE", "CLOSING", "EVENTS", "KNOWN", "PARTS", "SNAPSHOTS", "TEXTS", "TextEvent"]

CLOSING = frozenset(("response.completed", "response.incomplete", "response.failed"))
SNAPSHOTS = CLOSING | {"response.created", "response.queued", "response.in_progress"}
"""Events that carry the response as it stands; the closing ones are the last."""


@dataclass(frozen=True, slots=True)
class TextEvent:
    """A text that is streamed in deltas."""

    index: str | None
    """Key of the event that says which entry of a list the text stands in."""
    whole: str
    """Key under which the done event has it all."""
    where: str
    """List, or object, of the item in which it stands; empty: in the item itself."""
    key: str
    item: str
    """Type of the item that a delta opens when nothing else did."""
    entry: str = ""
    """Type of the entry, likewise."""


TEXTS: dict[str, TextEvent] = {
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
"""Each text by the type of its events, without ``.delta`` and ``.done``."""

PARTS: dict[str, tuple[str, str, str]] = {
    "response.content_part": ("content", "content_index", "message"),
    "response.reasoning_part": ("content", "content_index", "reasoning"),
    "response.reasoning_summary_part": ("summary", "summary_index", "reasoning"),
}
"""Events about an entry as a whole: the list, the key of the index, and the type of item they open."""

_PROGRESS: dict[str, tuple[str, ...]] = {
    "code_interpreter_call": ("in_progress", "interpreting", "completed"),
    "file_search_call": ("in_progress", "searching", "completed"),
    "web_search_call": ("in_progress", "searching", "completed"),
    "image_generation_call": ("in_progress", "generating", "completed"),
    "mcp_call": ("in_progress", "completed", "failed"),
    "mcp_list_tools": ("in_progress", "completed", "failed"),
    "compaction": ("compacting",),
}


def _known() -> dict[str, frozenset[str]]:
    """The keys of each event, those aside that every event may have."""
    item = {"output_index", "item_id"}
    known: dict[str, set[str]] = {kind: {"response"} for kind in SNAPSHOTS}
    known |= {f"response.output_item.{step}": {"output_index", "item"} for step in ("added", "done")}
    for kind, (_, index, _) in PARTS.items():
        known |= {f"{kind}.{step}": {*item, index, "part"} for step in ("added", "done")}
    for kind, text in TEXTS.items():
        place = item if text.index is None else {*item, text.index}
        more = {"logprobs"} if kind == "response.output_text" else set()
        named = {"name"} if kind == "response.function_call_arguments" else set()
        known[f"{kind}.delta"] = {*place, *more, "delta"}
        known[f"{kind}.done"] = {*place, *more, *named, text.whole}
    known["response.shell_call_command.added"] = known["response.shell_call_command.done"]
    output = {*item, "command_index"}
    known["response.shell_call_output_content.delta"] = {*output, "delta"}
    known["response.shell_call_output_content.done"] = {*output, "output"}
    known["response.output_text.annotation.added"] = {
        *item,
        "content_index",
        "annotation_index",
        "annotation",
    }
    for audio in ("response.audio", "response.audio.transcript"):
        known |= {f"{audio}.delta": {"delta"}, f"{audio}.done": set()}
    for tool, states in _PROGRESS.items():
        known |= {f"response.{tool}.{state}": item for state in states}
    picture = {"partial_image_index", "partial_image_b64", "size", "quality", "background", "output_format"}
    known["response.image_generation_call.partial_image"] = item | picture
    known["keepalive"] = set()
    return {kind: frozenset(keys | {"type"} | ANYWHERE) for kind, keys in known.items()}


ANYWHERE = frozenset(("sequence_number", "usage", "error"))
"""Keys that are read of any event."""

KNOWN = _known()
"""Type of each event, but for ``error``, to the keys that the rules name; all others are kept."""

EVENTS = frozenset(KNOWN) - {"keepalive"}
"""Types that only this wire has, and Realtime, whose events all have an ``event_id``."""
