"""The calls that a client must carry out, read from finished items."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stream_audit.dialects.unknown import PADDING
from stream_audit.dialects.values import silent
from stream_audit.model import ToolCall

__all__ = ["is_json", "tool_call"]

CALLS: dict[str, tuple[str, tuple[str, ...]]] = {
    "function_call": ("", ("arguments",)),
    "custom_tool_call": ("", ("input",)),
    "local_shell_call": ("local_shell", ("action",)),
    "shell_call": ("shell", ("action",)),
    "apply_patch_call": ("apply_patch", ("operation",)),
    "computer_call": ("computer", ("actions", "action")),
    "tool_search_call": ("tool_search", ("arguments",)),
}
"""Type of item to the name of its tool, where the item has no name, and the keys that may hold arguments."""

FILLED = frozenset(("action", "actions", "operation"))
"""Arguments that the provider fills up with nulls."""

SEARCH_OF_XAI = "xs_call_"
"""How the ids of calls begin that xAI's own search of X makes: they look like a client's custom tools."""

IDENTITY = frozenset(("type", "id", "status", "call_id"))


def tool_call(part: Mapping[str, Any]) -> ToolCall | None:
    """The call that an item asks the client for; ``None`` when it is none."""
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in CALLS or _is_served(part):
        return None
    name, keys = CALLS[kind]
    known = {*IDENTITY, *keys, *PADDING} | (set() if name else {"name"})
    extra = {key: value for key, value in part.items() if key not in known and value is not None}
    identity, given = part.get("call_id"), part.get("name")
    extra |= {"call_id": identity} if _odd(identity) else {}
    extra |= {"name": given} if not name and _odd(given) else {}
    key = next((key for key in keys if not silent(part.get(key))), keys[0])
    held = part.get(key)
    arguments = held if isinstance(held, str) else "" if silent(held) else _compact(held, key in FILLED)
    if arguments is None:
        extra[keys[0]] = held
    return ToolCall(
        id=identity if isinstance(identity, str) and identity else None,
        name=name or (given if isinstance(given, str) and given else None),
        arguments=arguments or "",
        extra=extra,
    )


def is_json(text: str) -> bool:
    """Whether a text is JSON, as strictly as other readers take it."""
    try:
        STRICT.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_served(part: Mapping[str, Any]) -> bool:
    """Whether the provider carries the call out itself."""
    kind, identity, environment = part.get("type"), part.get("call_id"), part.get("environment")
    if kind == "shell_call":
        return isinstance(environment, dict) and environment.get("type") == "container_reference"
    if kind == "custom_tool_call":
        return isinstance(identity, str) and identity.startswith(SEARCH_OF_XAI)
    return kind == "tool_search_call" and part.get("execution") != "client"


def _odd(value: Any) -> bool:
    return value is not None and not isinstance(value, str)


def _compact(value: Any, filled: bool) -> str | None:
    """A value as JSON text, one that was filled up without its nulls; ``None`` when it nests too deeply."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return _compact(json.loads(text, object_pairs_hook=_present), False) if filled else text
    except RecursionError:
        return None


def _present(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in pairs if value is not None}


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


STRICT = json.JSONDecoder(parse_constant=_no_constant)
"""Python's own decoder takes ``NaN`` and ``Infinity`` for numbers; no other reader of JSON has to."""
