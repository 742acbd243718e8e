"""What the textbook fold of ``openai-responses`` knows so far, and the response that this spells.

The second half of the textbook: ``textbook`` fills it, event by event. Each
sentence of ``docs/folding/openai-responses.md`` is one small method here or there.
"""

from __future__ import annotations

import json
from typing import Any

from stream_audit.model import Choice, Message, Response, ToolCall, Usage
from stream_audit.suspects.every_dialect import PADDING, Kept, count, fold_usage, is_name, join_text
from stream_audit.suspects.openai_responses.textbook_item import Item, says_nothing

__all__ = ["CALL_ITEMS", "ResponseSoFar"]

CALL_ITEMS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "function_call": (None, ("arguments",)),
    "custom_tool_call": (None, ("input",)),
    "local_shell_call": ("local_shell", ("action",)),
    "shell_call": ("shell", ("action",)),
    "apply_patch_call": ("apply_patch", ("operation",)),
    "computer_call": ("computer", ("actions", "action")),
    "tool_search_call": ("tool_search", ("arguments",)),
}
"""What the client may have to answer: the tool, where no name stands in the item, and where arguments do."""


class ResponseSoFar:
    """The state of one response, and what follows from it."""

    def __init__(self) -> None:
        self.created_id: str | None = None
        """The id that the last ``response.created`` announced."""
        self.id: str | None = None
        self.model: str | None = None
        self.created: Any = None
        self.role: str | None = None
        self.service_tier: str | None = None
        self.reason: str | None = None
        self.closed = False
        self.items: dict[int, list[Item]] = {}
        """By ``output_index``, in the order of opening."""
        self.last: Item | None = None
        """Opened last."""
        self.usage: dict[str, Any] = {}
        self.reported = False
        """A usage object was sent, be it an empty one."""
        self.error: dict[str, Any] | None = None
        self.audio: dict[str, list[str]] = {}
        self.response_fields: dict[str, Any] = {}
        """Keys of the response that no rule knows; the last value counts."""
        self.extra = Kept()
        self.message_extra = Kept()

    def in_order(self) -> list[Item]:
        """All items."""
        return [item for index in sorted(self.items) for item in self.items[index]]

    # ---------------------------------------------------------------- usage

    def fold_report(self, usage: dict[str, Any]) -> None:
        """One report of token counts over those before it."""
        self.reported = True
        self.usage = fold_usage(self.usage, usage)

    def input_tokens(self) -> int | None:
        """The whole request; what the cache had is inside."""
        return count(self.usage, "input_tokens")

    def output_tokens(self) -> int | None:
        """The whole answer; reasoning is inside."""
        return count(self.usage, "output_tokens")

    def total_tokens(self) -> int | None:
        """What the provider says they are together."""
        return count(self.usage, "total_tokens")

    def cache_read_tokens(self) -> int | None:
        """What came from the prompt cache."""
        return count(self.usage, "input_tokens_details", "cached_tokens")

    def cache_write_tokens(self) -> int | None:
        """What went into the prompt cache."""
        return count(self.usage, "input_tokens_details", "cache_write_tokens")

    def reasoning_tokens(self) -> int | None:
        """What reasoning took of the output."""
        return count(self.usage, "output_tokens_details", "reasoning_tokens")

    def final_usage(self) -> Usage | None:
        """The token counts, ``None`` when the stream reported none at all."""
        if not self.reported:
            return None
        return Usage(
            input_tokens=self.input_tokens(),
            output_tokens=self.output_tokens(),
            total_tokens=self.total_tokens(),
            cache_read_tokens=self.cache_read_tokens(),
            cache_write_tokens=self.cache_write_tokens(),
            reasoning_tokens=self.reasoning_tokens(),
            raw=self.usage,
        )

    # ---------------------------------------------------------------- the result

    def result(self) -> Response:
        """The response so far."""
        return Response(
            id=self.id,
            model=self.model,
            created=self.created,
            choices=(
                Choice(
                    index=0,
                    message=self.message(),
                    finish_reason=self.finish_reason(),
                    logprobs=self.logprobs(),
                ),
            ),
            usage=self.final_usage(),
            service_tier=self.service_tier,
            error=self.final_error(),
            extra={**self.extra.result(), **self.response_fields},
        )

    def message(self) -> Message:
        """What the model said."""
        return Message(
            role=self.role or "assistant",
            content=self.content(),
            reasoning=self.reasoning(),
            refusal=self.refusal(),
            tool_calls=self.tool_calls(),
            parts=self.parts(),
            annotations=self.annotations(),
            audio={key: join_text(pieces) for key, pieces in self.audio.items()} or None,
            extra=self.message_extra.result(),
        )

    def finish_reason(self) -> str | None:
        """Why the answer ended, in its provider's word."""
        return self.reason

    def final_error(self) -> dict[str, Any] | None:
        """The error that ended the stream."""
        return self.error

    def parts(self) -> tuple[dict[str, Any], ...]:
        """Every item, as the answer would show it had it not been streamed."""
        return tuple(item.part() for item in self.shown_items())

    def shown_items(self) -> list[Item]:
        """The items that the answer has."""
        return self.in_order()

    # ---------------------------------------------------------------- what is said

    def content(self) -> str | None:
        """The answer."""
        return joined(self.entries_of_type("content", "output_text"), "text")

    def refusal(self) -> str | None:
        """That the model will not answer."""
        return joined(self.entries_of_type("content", "refusal"), "refusal")

    def entries_of_type(self, name: str, kind: str) -> list[dict[str, Any]]:
        """The entries of one type in the lists of all items."""
        return [
            entry for item in self.shown_items() for entry in item.entries(name) if entry.get("type") == kind
        ]

    def reasoning(self) -> str | None:
        """What the model thought, item by item."""
        found = [self.reasoning_of(item) for item in self.shown_items()]
        said = [text for text in found if text is not None]
        return join_text(said) if said else None

    def reasoning_of(self, item: Item) -> str | None:
        """The thoughts of an item; a summary retells them, and counts only where they are kept back."""
        text, summary = self.thoughts_of(item), self.summary_of(item)
        return text if text or summary is None else summary

    def thoughts_of(self, item: Item) -> str | None:
        """Its reasoning as text."""
        entries = [entry for entry in item.entries("content") if entry.get("type") == "reasoning_text"]
        return joined(entries, "text")

    def summary_of(self, item: Item) -> str | None:
        """Its reasoning in short."""
        entries = [entry for entry in item.entries("summary") if entry.get("type") == "summary_text"]
        return joined(entries, "text")

    def annotations(self) -> tuple[dict[str, Any], ...]:
        """The citations of all texts, in order."""
        return tuple(objects(self.entries_of_type("content", "output_text"), "annotations"))

    def logprobs(self) -> dict[str, Any] | None:
        """The log probabilities of all texts, in order."""
        found = objects(self.entries_of_type("content", "output_text"), "logprobs")
        return {"content": found} if found else None

    # ---------------------------------------------------------------- tools

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """What the client is asked to do."""
        return tuple(self.tool_call(part) for part in self.parts() if self.is_client_call(part))

    def is_client_call(self, part: dict[str, Any]) -> bool:
        """True for what the client must carry out; the provider does the rest itself."""
        kind = part.get("type")
        environment = part.get("environment")
        if kind == "shell_call":
            return not (isinstance(environment, dict) and environment.get("type") == "container_reference")
        if kind == "tool_search_call":
            return part.get("execution") == "client"
        if kind == "custom_tool_call" and str(part.get("call_id")).startswith("xs_call_"):
            return False
        return isinstance(kind, str) and kind in CALL_ITEMS

    def tool_call(self, part: dict[str, Any]) -> ToolCall:
        """The call that an item asks for."""
        tool, places = CALL_ITEMS[str(part.get("type"))]
        known = {"type", "id", "status", "call_id", *places, *([] if tool else ["name"])}
        extra = Kept()
        extra.keep_unknown(part, frozenset(known))
        for key in ("call_id", "name"):
            if key in known and not isinstance(part.get(key), str):
                extra.keep(key, part.get(key))
        arguments = self.arguments(part, places)
        if arguments is None:
            extra.keep(places[0], self.given(part, places))
        return ToolCall(
            id=self.call_id(part),
            name=tool or self.name_in(part, "name"),
            arguments=arguments or "",
            extra=extra.result(),
        )

    def call_id(self, part: dict[str, Any]) -> str | None:
        """What the answer to a call must name."""
        return self.name_in(part, "call_id")

    def name_in(self, fields: dict[str, Any], key: str) -> str | None:
        """The name under a key, ``None`` when it is empty or not there."""
        value = fields.get(key)
        return value if is_name(value) else None

    def given(self, part: dict[str, Any], places: tuple[str, ...]) -> Any:
        """The arguments as the item has them."""
        return next((part[place] for place in places if not says_nothing(part.get(place))), None)

    def arguments(self, part: dict[str, Any], places: tuple[str, ...]) -> str | None:
        """The arguments as text; ``None`` for some that nest too deeply to be written."""
        given = self.given(part, places)
        if given is None or isinstance(given, str):
            return given or ""
        try:
            text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
            if "arguments" in places or "input" in places:
                return text
            present = json.loads(text, object_pairs_hook=without_nulls)
            return json.dumps(present, ensure_ascii=False, separators=(",", ":"))
        except RecursionError:
            return None


def without_nulls(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What providers fill up an object with is not there."""
    return {key: value for key, value in pairs if value is not None}


def joined(entries: list[dict[str, Any]], key: str) -> str | None:
    """The texts of some entries, ``None`` when there are none."""
    said = [entry[key] for entry in entries if isinstance(entry.get(key), str)]
    return join_text(said) if entries else None


def objects(entries: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """The objects in a list that each entry has."""
    lists = [entry[key] for entry in entries if isinstance(entry.get(key), list)]
    return [one for some in lists for one in some if isinstance(one, dict)]


def without_padding(fields: dict[str, Any]) -> dict[str, Any]:
    """The keys that mean something."""
    return {key: value for key, value in fields.items() if key not in PADDING}
