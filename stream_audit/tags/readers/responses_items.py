"""What an item of a response says wherever it is shown: in its own events, and in the closing one."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from stream_audit.tags.saying import ABSENT, Fragment, Saying, object_of, objects_of, pick

__all__ = ["entry_saying", "fragment", "index_of", "shapes_of", "shown"]

TEXTUAL = {"function_call": "arguments", "custom_tool_call": "input"}
TYPED = frozenset(("local_shell_call", "shell_call", "apply_patch_call", "computer_call", "tool_search_call"))
SERVED = frozenset(
    (
        *("web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call"),
        *("mcp_call", "mcp_list_tools"),
    )
)
THOUGHTS = ("reasoning_text", "summary_text")


def index_of(payload: Mapping[str, Any]) -> int | None:
    """The ``output_index`` of an event."""
    index = payload.get("output_index")
    return index if type(index) is int else None


def shown(item: Mapping[str, Any], index: int | None) -> Iterator[Saying]:
    """What an item that is no call says as a whole."""
    content = item.get("content")
    if item.get("type") == "message":
        for position, entry in enumerate(content if isinstance(content, list) else ()):
            yield entry_saying(object_of(entry), (index, position))
    elif item.get("type") == "reasoning":
        thought = _texts(content) or _texts(item.get("summary"))
        yield Saying(part=(index,), thinking=thought)


def entry_saying(entry: Mapping[str, Any], place: tuple[int | None, Any]) -> Saying:
    """What an entry of an item's content, or of its summary, says as a whole.

    Args:
        entry: The entry.
        place: Where it stands: the index of the item, and its own.
    """
    kind = entry.get("type")
    if kind == "output_text":
        cited = list(objects_of(entry.get("annotations")))
        return Saying(part=place, whole=pick(entry, "text"), citations=cited)
    if kind == "refusal":
        return Saying(part=place, refusal=pick(entry, "refusal"))
    if kind in THOUGHTS:
        return Saying(part=place[:1], thinking=pick(entry, "text"))
    return Saying()


def fragment(item: Mapping[str, Any], index: int | None, key: Hashable, *, is_shown: bool) -> Fragment | None:
    """The call that an item asks the client for; ``None`` where it is none.

    Args:
        item: The item, as it begins or as it is by now.
        index: Its place in the output.
        key: What tells it from other calls.
        is_shown: The item is shown as it is by now: it does not begin.
    """
    kind = item.get("type")
    if not isinstance(kind, str) or kind not in {*TEXTUAL, *TYPED} or _is_served(item):
        return None
    arguments = pick(item, TEXTUAL[kind]) if kind in TEXTUAL else ABSENT
    return Fragment(
        key,
        ABSENT if index is None else index,
        id=pick(item, "call_id"),
        name=pick(item, "name"),
        arguments=ABSENT if is_shown else arguments,
        shown=is_shown,
        whole=arguments if is_shown else ABSENT,
        free=kind == "custom_tool_call",
    )


def shapes_of(item: Mapping[str, Any]) -> Iterator[str]:
    """The shapes that only this dialect has, and those of which the item's type is all there is to see."""
    kind = item.get("type")
    if not isinstance(kind, str):
        return
    if kind in SERVED or _is_served(item):
        yield "server-tool"
    elif kind in TYPED or kind == "custom_tool_call":
        yield "call-not-a-function"
    elif kind == "message" and not item.get("role"):
        yield "message-without-role"
    elif kind == "reasoning":
        if item.get("encrypted_content"):
            yield "reasoning-sealed"
        if _texts(item.get("content")) and _texts(item.get("summary")):
            yield "reasoning-and-summary"


def _is_served(item: Mapping[str, Any]) -> bool:
    """Whether the provider carries the call out itself."""
    if item.get("type") == "custom_tool_call":
        return str(item.get("call_id")).startswith("xs_call_")  # a search of xAI's own
    if item.get("type") == "shell_call":
        return object_of(item.get("environment")).get("type") == "container_reference"
    return item.get("type") == "tool_search_call" and item.get("execution") != "client"


def _texts(entries: Any) -> str:
    texts = [entry.get("text") for entry in objects_of(entries) if entry.get("type") in THOUGHTS]
    return "".join(text for text in texts if isinstance(text, str))
