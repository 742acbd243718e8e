"""What each event of an Anthropic Messages stream says about its message.

The wire is a small state machine, but recordings break it: starts that are
repeated or missing, blocks never stopped, events after the end. Nothing of
that stops the fold; it is noted and what was said is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stream_audit.dialects.anthropic.blocks import Block, Text
from stream_audit.dialects.unknown import PADDING, Unknown
from stream_audit.dialects.usage_fields import count, fold_usage
from stream_audit.model import Note, Payload, Policies

__all__ = ["NOWHERE", "TEXT_KEYS", "AnthropicEvents", "message_id"]

TOP_KEYS = frozenset(("type", "message", "index", "content_block", "delta", "usage", "error"))
MESSAGE_KEYS = frozenset(("id", "type", "role", "content", "model", "stop_reason", "usage"))

TEXT_KEYS = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "signature_delta": "signature",
    "input_json_delta": "partial_json",
}
"""Delta type to the key that holds its text."""

OPENED_BY = {"thinking_delta": "thinking", "signature_delta": "thinking", "input_json_delta": "tool_use"}
"""Type of the block that a delta opens when no start did; ``text`` for all others."""

NOWHERE = object()
"""Stands for the index of no block."""


class AnthropicEvents:
    """The state of one message, and the rules by which an event changes it."""

    def __init__(self, policies: Policies) -> None:
        self.notes: list[Note] = []
        self._policies = policies
        self._at = 0  # index of the chunk being folded
        self._started = False
        self._stopped = False
        self._running: str | None = None  # id of the last message_start
        self._names: dict[str, str] = {}  # id, model, role, stop_reason
        self._blocks: list[Block] = []
        self._by_index: dict[int, Block] = {}
        self._last: Block | None = None
        self._usage: dict[str, Any] | None = None
        self._error: dict[str, Any] | None = None
        self._extra = Unknown()
        self._restless: dict[str, Callable[[Any], object]] = {}  # of ``_extra``: what keeps changing
        self._message_fields: dict[str, Any] = {}  # of message_start and message_delta: the last wins
        self._message_extra = Unknown()
        # What the next chunk most probably is: a delta of this kind for this index.
        self._text = Text()
        self._index: object = NOWHERE
        self._kind = self._key = ""

    def _event(self, item: Payload) -> None:
        kind = item.get("type")
        handler = HANDLERS.get(kind) if isinstance(kind, str) else None
        if handler is None:
            self._stranger(item)
        else:
            if self._stopped and kind != "ping":
                self._note("events-out-of-order", "", f"{kind!r} after 'message_stop'")
            handler(self, item)
            for key in item:
                if key not in TOP_KEYS and self._extra.add(key, item[key]):
                    self._restless[key] = self._extra.adder(key)
        self._take_usage(item.get("usage"), kind)
        self._take_error(item.get("error"), item)

    def _stranger(self, item: Payload) -> None:
        """An object of no known type. Its error and usage count, all else is kept."""
        if item.get("error") is None and item.get("usage") is None:
            self._note("unknown-event", "", f"type {_named(item.get('type'))}")
        for key, value in item.items():
            if key not in ("error", "usage"):  # these two are taken from any event
                self._extra.add(key, value)

    def _message_start(self, item: Payload) -> None:
        message = item.get("message")
        if not isinstance(message, dict):
            self._odd(self._extra, "message", message)
            return
        usage = message.get("usage")
        identity = message_id(message)
        if self._started and identity is not None and identity == self._running:
            self._note("events-duplicated", "", f"a second 'message_start' for {identity!r}")
            self._take_usage(usage, "message_start")
            return
        self._started, self._running = True, identity
        self._name("id", message.get("id"), "id-changes")
        self._name("model", message.get("model"), "model-changes")
        self._name("role", message.get("role"), "role-changes-mid-stream")
        self._name("stop_reason", message.get("stop_reason"), "finish-emitted-twice")
        self._take_usage(usage, "message_start")
        self._keep(message, MESSAGE_KEYS)
        content = message.get("content")
        if isinstance(content, list):
            for index, seed in enumerate(content):
                if isinstance(seed, dict):
                    self._open(index, Block(seed, started=False)).stopped = True
                else:
                    self._odd(self._extra, "content", seed)
        else:
            self._odd(self._extra, "content", content)

    def _block_start(self, item: Payload) -> None:
        seed = item.get("content_block")
        index = self._index_of(item)
        if not isinstance(seed, dict):
            self._odd(self._extra, "content_block", seed)
            seed = {}
        if index is None:
            index = len(self._blocks)
        before = self._by_index.get(index)
        if before is not None and before.started:
            self._note("events-duplicated", "", f"a second 'content_block_start' for index {index}")
        self._open(index, Block(seed))

    def _block_delta(self, item: Payload) -> None:
        delta = item.get("delta")
        index = self._index_of(item)
        if not isinstance(delta, dict):
            self._odd(self._extra, "delta", delta)
            return
        if not delta:
            return
        kind = delta.get("type")
        if not isinstance(kind, str):
            kind = ""
        block = self._last if index is None else self._by_index.get(index)
        if block is None:
            index = len(self._blocks) if index is None else index
            self._note("block-start-missing", "", f"{kind!r} for index {index}")
            block = self._open(index, Block({"type": OPENED_BY.get(kind, "text")}))
        if kind in TEXT_KEYS:
            self._append(block, index, kind, delta)
        elif kind == "citations_delta":
            self._cite(block, delta)
        elif kind == "compaction_delta":
            self._compact(block, delta)
        else:
            self._note("unknown-event", "", f"delta type {_named(delta.get('type'))}")
            for key, value in delta.items():
                if key != "type":
                    block.assign(key, value)

    def _append(self, block: Block, index: int | None, kind: str, delta: dict[str, Any]) -> None:
        key = TEXT_KEYS[kind]
        value = delta.get(key)
        if isinstance(value, str):
            text = block.json_text() if kind == "input_json_delta" else block.text(key)
            text.append(value)
            if kind == "signature_delta":
                self._count_signature(block, value)
            else:
                self._text, self._kind, self._key = text, kind, key
                if index is not None and not self._stopped:
                    self._index = index
        else:
            self._odd(self._message_extra, key, value)
        self._keep_delta(delta, ("type", key))

    def _count_signature(self, block: Block, fragment: str) -> None:
        block.fragments += bool(fragment)
        if block.fragments == 2 and fragment:
            at = f"choices[0].message.parts[{block.position}].signature"
            self._note("thinking-signature-fragment", at, "more than one signature_delta")

    def _cite(self, block: Block, delta: dict[str, Any]) -> None:
        citation = delta.get("citation")
        if isinstance(citation, dict):
            block.cite(citation)
        else:
            self._odd(self._message_extra, "citation", citation)
        self._keep_delta(delta, ("type", "citation"))

    def _compact(self, block: Block, delta: dict[str, Any]) -> None:
        for key, value in delta.items():
            if key == "content" and isinstance(value, str) and isinstance(block.fields.get(key), str):
                block.text(key).append(value)
            elif key != "type":
                block.assign(key, value)

    def _block_stop(self, item: Payload) -> None:
        index = self._index_of(item)
        block = self._last if index is None else self._by_index.get(index)
        if block is None:
            self._note("block-start-missing", "", f"'content_block_stop' for index {index}")
        else:
            block.stopped = True

    def _message_delta(self, item: Payload) -> None:
        delta = item.get("delta")
        if isinstance(delta, dict):
            self._name("stop_reason", delta.get("stop_reason"), "finish-emitted-twice")
            self._keep(delta, frozenset(("stop_reason",)))
        else:
            self._odd(self._extra, "delta", delta)

    def _message_stop(self, item: Payload) -> None:
        if self._stopped:
            return
        self._stopped = True
        for block in self._blocks:
            if not block.stopped:
                at = f"choices[0].message.parts[{block.position}]"
                self._note("block-stop-missing", at, "never stopped")

    def _nothing(self, item: Payload) -> None:
        """A ping says nothing; what an error says is taken from any event."""

    # ------------------------------------------------------------------ pieces of an event

    def _open(self, index: int, block: Block) -> Block:
        block.position = len(self._blocks)
        for key, value in block.odd_seeds().items():
            self._note("unknown-event", f"choices[0].message.parts[{block.position}].{key}", _kind_of(value))
            if block.kind != "tool_use" or key not in ("id", "name", "input"):
                self._message_extra.add(key, value)
        self._blocks.append(block)
        self._by_index[index] = self._last = block
        return block

    def _index_of(self, item: Payload) -> int | None:
        index = item.get("index")
        if type(index) is int:
            return index
        self._odd(self._extra, "index", index)
        return None

    def _name(self, key: str, value: Any, changed: str) -> None:
        """Take a scalar that names something: the first present one counts."""
        if value is None or value == "":
            return
        if not isinstance(value, str):
            self._odd(self._extra, key, value)
            return
        held = self._names.setdefault(key, value)
        if held != value:
            self._note(changed, NAMED_FIELDS[key], f"{value!r} after {held!r}")
            if self._policies.identity == "last" and key in ("id", "model"):
                self._names[key] = value

    def _keep(self, fields: dict[str, Any], known: frozenset[str]) -> None:
        for key, value in fields.items():
            if value is not None and key not in known and key not in PADDING:
                self._message_fields[key] = value

    def _keep_delta(self, delta: dict[str, Any], known: tuple[str, ...]) -> None:
        for key, value in delta.items():
            if key not in known:
                self._message_extra.add(key, value)

    def _take_usage(self, report: Any, source: Any) -> None:
        """Fold one report. ``source``: the type of the event it came with."""
        if not isinstance(report, dict):
            self._odd(self._extra, "usage", report)
            return
        if source != "message_start" and self._policies.message_delta_input == "ignore":
            report = {
                key: value
                for key, value in report.items()
                if key != "input_tokens" and not key.startswith("cache_")
            }
        held = self._usage = {} if self._usage is None else self._usage
        zeros = self._policies.later_zero
        if source != "message_delta":
            fold_usage(held, report, zeros)
            return
        if count(report.get("input_tokens")):
            zeros = "honour"  # it restates the request; the filler of a gateway has no input
        fold_usage(held, report, zeros)
        output = report.get("output_tokens")
        if output == 0:
            held["output_tokens"] = output  # a running total: 0 is news

    def _take_error(self, error: Any, item: Payload) -> None:
        if isinstance(error, str):
            error = {"message": error}
        elif not isinstance(error, dict):
            self._odd(self._extra, "error", error)
            if item.get("type") != "error":
                return
            error = {key: value for key, value in item.items() if key not in ("type", "error")}
        if self._error is None:
            self._error = error
        self._note("error-event-ignored", "error", _titled(error))

    def _odd(self, level: Unknown, key: str, value: Any) -> None:
        """Keep a value whose type the dialect does not allow there. ``null`` is absent, not odd."""
        if value is not None:
            self._note("unknown-event", key, _kind_of(value))
            level.add(key, value)

    def _note(self, rule: str, field: str, detail: str) -> None:
        self.notes.append(Note(rule, self._at, field, detail[:200]))


NAMED_FIELDS = {
    "id": "id",
    "model": "model",
    "role": "choices[0].message.role",
    "stop_reason": "choices[0].finish_reason",
}

HANDLERS: dict[str, Callable[[AnthropicEvents, Payload], None]] = {
    "message_start": AnthropicEvents._message_start,
    "content_block_start": AnthropicEvents._block_start,
    "content_block_delta": AnthropicEvents._block_delta,
    "content_block_stop": AnthropicEvents._block_stop,
    "message_delta": AnthropicEvents._message_delta,
    "message_stop": AnthropicEvents._message_stop,
    "ping": AnthropicEvents._nothing,
    "error": AnthropicEvents._nothing,
}


def message_id(message: Any) -> str | None:
    """The id of a ``message_start``'s message, ``None`` when absent or empty."""
    identity = message.get("id") if isinstance(message, dict) else None
    return identity if isinstance(identity, str) and identity else None


def _named(value: Any) -> str:
    """What an event or delta calls itself, spelt out where that is a word."""
    return repr(value) if value is None or isinstance(value, str) else _kind_of(value)


def _titled(error: dict[str, Any]) -> str:
    """What an error says in short."""
    said = (error.get(key) for key in ("message", "type"))
    return next((one for one in said if isinstance(one, str) and one), "unnamed")


def _kind_of(value: Any) -> str:
    return f"a {type(value).__name__} where the dialect has none"
