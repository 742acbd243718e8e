"""The textbook fold of ``anthropic-messages``: ``docs/folding.md``, sentence by sentence.

Plain and slow on purpose, to be checked by eye. Every step is a small method,
so that a suspect can get exactly one of them wrong. It keeps no notes: the
reference reports what is odd on the wire, this one only says what it means.

The surprising rule: a block that is opened twice under one index is two
blocks, while a message that starts twice under one id is one message.
"""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.model import Payload
from stream_audit.suspects.anthropic.textbook_block import Block
from stream_audit.suspects.anthropic.textbook_message import INPUT_TYPES, AnthropicSoFar
from stream_audit.suspects.every_dialect import PADDING, is_integer, is_name

__all__ = ["TextbookAnthropic"]

TOP_KEYS = frozenset({"type", "message", "index", "content_block", "delta", "usage", "error"})
MESSAGE_KEYS = frozenset({"id", "type", "role", "content", "model", "stop_reason", "usage"})
APPENDED = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}
"""The delta types whose one key is text that grows, and that key."""
OPENED_BY = {"thinking_delta": "thinking", "signature_delta": "thinking", "input_json_delta": "tool_use"}
"""The type of a block that was never opened, after the first delta for it; ``text`` after any other."""

SEEDS: dict[str, type] = {"type": str, "text": str, "thinking": str, "signature": str, "citations": list}
"""What a block may be opened with, and the type of each."""
TOOL_SEEDS: dict[str, type] = {"id": str, "name": str, "input": dict}


class TextbookAnthropic(AnthropicSoFar):
    """One message, event by event."""

    name: ClassVar[str] = "textbook-anthropic"
    dialects: ClassVar[tuple[str, ...]] = ("anthropic-messages",)
    failure: ClassVar[str] = ""
    touches: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    kin: ClassVar[tuple[str, ...]] = ()
    widespread: ClassVar[bool] = False

    # ---------------------------------------------------------------- events

    def add(self, payload: Payload) -> None:
        """Fold one event."""
        self.see_error(payload)
        self.on_event(payload)
        if payload.get("type") != "message_delta":
            self.see_later_usage(payload)

    def on_event(self, payload: Payload) -> None:
        """Do what the type of the event asks for."""
        match payload.get("type"):
            case "message_start":
                self.on_message_start(payload)
            case "content_block_start":
                self.on_block_start(payload)
            case "content_block_delta":
                self.on_block_delta(payload)
            case "content_block_stop":
                self.on_block_stop(payload)
            case "message_delta":
                self.on_message_delta(payload)
            case "message_stop":
                self.on_message_stop(payload)
            case "ping":
                self.on_ping(payload)
            case "error":
                pass
            case _:
                self.on_stranger(payload)
                return
        self.keep_unknown_fields(payload)

    def on_stranger(self, payload: Payload) -> None:
        """An object of no type that the format has; no surprise if it reports an error or usage."""
        if payload.get("error") is None and payload.get("usage") is None:
            self.on_unknown_event(payload)
        else:
            self.extra.keep_unknown(payload, frozenset({"error", "usage"}))

    def see_error(self, payload: Payload) -> None:
        """Keep the first error that the stream reports."""
        error = payload.get("error")
        if isinstance(error, str):
            error = {"message": error}
        if not isinstance(error, dict):
            self.misfit("error", error)
            if payload.get("type") != "error":
                return
            error = dict(payload)
            for said_already in ("type", "error"):
                error.pop(said_already, None)
        if self.error is None:
            self.error = error

    def on_message_start(self, payload: Payload) -> None:
        """Start the message; one that starts again only reports its usage again."""
        message = payload.get("message")
        if not isinstance(message, dict):
            self.misfit("message", message)
            return
        if is_name(message.get("id")) and message.get("id") == self.running_id:
            self.on_repeated_start(message)
            return
        self.running_id = self.name_in(message, "id")
        self.take_identity(message)
        self.take_prefilled(message)
        self.take_stop_reason(message)
        self.see_start_usage(message)
        self.set_message_fields(message, MESSAGE_KEYS)

    def on_repeated_start(self, message: dict[str, Any]) -> None:
        """The running message is announced again."""
        self.see_start_usage(message)

    def on_block_start(self, payload: Payload) -> None:
        """Open a block with what its start already says."""
        index = self.index_of(payload)
        self.open_block(
            len(self.blocks) if index is None else index, self.object_in(payload, "content_block")
        )

    def on_block_delta(self, payload: Payload) -> None:
        """Apply one delta to the block it belongs to."""
        index = self.index_of(payload)
        delta = self.object_in(payload, "delta")
        if not delta:
            return
        block = self.block_for(index)
        if block is None:
            block = self.open_missing_block(index or 0, delta)
        if block is not None:
            self.apply(delta, block)

    def on_block_stop(self, payload: Payload) -> None:
        """Close a block. It counts all the same without this."""
        block = self.block_for(self.index_of(payload))
        if block is not None:
            block.stopped = True

    def on_message_delta(self, payload: Payload) -> None:
        """What is known about the message only at its end."""
        delta = self.object_in(payload, "delta")
        self.take_stop_reason(delta)
        self.set_message_fields(delta, frozenset({"stop_reason"}))
        self.see_later_usage(payload)

    def on_message_stop(self, payload: Payload) -> None:
        """The end. Whatever comes after it is folded all the same."""

    def on_ping(self, payload: Payload) -> None:
        """A sign of life, nothing more."""

    def on_unknown_event(self, payload: Payload) -> None:
        """An event nobody has written down: all of it is kept."""
        self.extra.keep_unknown(payload, frozenset())

    # ---------------------------------------------------------------- the message

    def take_identity(self, message: dict[str, Any]) -> None:
        """Keep the first id, model and role that say something."""
        self.id = self.first_name(self.id, message, "id")
        self.model = self.first_name(self.model, message, "model")
        self.role = self.first_name(self.role, message, "role")

    def take_stop_reason(self, fields: dict[str, Any]) -> None:
        """Keep the first stop reason that says something."""
        self.stop_reason = self.first_name(self.stop_reason, fields, "stop_reason")

    def take_prefilled(self, message: dict[str, Any]) -> None:
        """Open the blocks that the message already has when it starts."""
        content = message.get("content")
        if not isinstance(content, list):
            self.misfit("content", content)
            return
        for position, block in enumerate(content):
            if isinstance(block, dict):
                self.open_block(position, block)
            else:
                self.misfit("content", block)

    def set_message_fields(self, fields: dict[str, Any], known: frozenset[str]) -> None:
        """Keep the keys that no rule knows; a later value takes the place of an earlier one."""
        for key, value in fields.items():
            if key not in known | PADDING and value is not None:
                self.message_fields[key] = value

    def keep_unknown_fields(self, payload: Payload) -> None:
        """Keep what stands beside the keys of an event that the format has."""
        self.extra.keep_unknown(payload, TOP_KEYS)

    def see_start_usage(self, message: dict[str, Any]) -> None:
        """Fold the token counts that the message starts with, if it has any."""
        usage = message.get("usage")
        if isinstance(usage, dict):
            self.fold_start_usage(usage)
        else:
            self.misfit("usage", usage)

    def see_later_usage(self, payload: Payload) -> None:
        """Fold the token counts of a later event, if it has any."""
        usage = payload.get("usage")
        if not isinstance(usage, dict):
            self.misfit("usage", usage)
        elif payload.get("type") == "message_delta":
            self.fold_later_usage(usage)
        else:
            self.fold_stray_usage(usage)

    # ---------------------------------------------------------------- blocks

    def open_block(self, index: int, fields: dict[str, Any]) -> Block:
        """Open a block, behind all that were opened before."""
        block = Block(fields)
        for key, value in self.misfits_of(block).items():
            self.message_extra.keep(key, value)
        self.blocks.append(block)
        self.by_index[index] = block
        return block

    def open_missing_block(self, index: int, delta: dict[str, Any]) -> Block | None:
        """Open the block that a delta takes for granted."""
        kind = delta.get("type")
        kind = OPENED_BY.get(kind, "text") if isinstance(kind, str) else "text"
        return self.open_block(index, {"type": kind})

    def block_for(self, index: int | None) -> Block | None:
        """The block of an index; the last one opened when no index is given."""
        if index is not None:
            return self.by_index.get(index)
        return self.blocks[-1] if self.blocks else None

    def apply(self, delta: dict[str, Any], block: Block) -> None:
        """Apply one delta to one block."""
        match delta.get("type"):
            case "text_delta" | "thinking_delta" | "signature_delta" as kind:
                self.append_text(block, APPENDED[kind], delta)
            case "input_json_delta":
                self.append_input(block, delta)
            case "citations_delta":
                self.append_citation(block, delta)
            case "compaction_delta":
                self.compact(block, delta)
            case _:
                self.set_fields(block, delta)

    def append_text(self, block: Block, key: str, delta: dict[str, Any]) -> None:
        """More text, thinking or signature."""
        piece = delta.get(key)
        if isinstance(piece, str):
            block.append(key, piece)
        else:
            self.message_extra.keep(key, piece)
        self.message_extra.keep_unknown(delta, frozenset({"type", key}))

    def append_input(self, block: Block, delta: dict[str, Any]) -> None:
        """More of the JSON text of a tool's input."""
        piece = delta.get("partial_json")
        if isinstance(piece, str):
            block.fragments.append(piece)
        else:
            self.message_extra.keep("partial_json", piece)
        self.message_extra.keep_unknown(delta, frozenset({"type", "partial_json"}))

    def append_citation(self, block: Block, delta: dict[str, Any]) -> None:
        """One more source of a text."""
        citation = delta.get("citation")
        if isinstance(citation, dict):
            block.cite(citation)
        else:
            self.message_extra.keep("citation", citation)
        self.message_extra.keep_unknown(delta, frozenset({"type", "citation"}))

    def compact(self, block: Block, delta: dict[str, Any]) -> None:
        """More of the summary that replaces older turns."""
        content = delta.get("content")
        if isinstance(content, str):
            block.append("content", content)
            delta = {key: value for key, value in delta.items() if key != "content"}
        self.set_fields(block, delta)

    def set_fields(self, block: Block, delta: dict[str, Any]) -> None:
        """A delta that no rule knows: its keys are the block's from now on."""
        for key, value in delta.items():
            if key not in PADDING | {"type"} and value is not None:
                block.fields[key] = value

    # ---------------------------------------------------------------- values of the wrong type

    def misfits_of(self, block: Block) -> dict[str, Any]:
        """Known keys that a block was opened with in a type the format does not allow.

        A call shows its own ``id``, ``name`` and ``input`` where it shows what else it has.
        """
        allowed = {**SEEDS}
        if block.type in INPUT_TYPES and not self.is_call(block):
            allowed |= TOOL_SEEDS
        return {key: block.fields[key] for key, kind in allowed.items() if block.has_misfit(key, kind)}

    def misfit(self, key: str, value: Any) -> None:
        """Keep a value of a type that the format does not allow, without folding it."""
        self.extra.keep(key, value)

    def object_in(self, fields: dict[str, Any], key: str) -> dict[str, Any]:
        """The object under a key, an empty one when it is not there."""
        value = fields.get(key)
        if isinstance(value, dict):
            return value
        self.misfit(key, value)
        return {}

    def index_of(self, payload: Payload) -> int | None:
        """The block index of an event, ``None`` when it names none."""
        index = payload.get("index")
        if is_integer(index):
            return int(index)
        self.misfit("index", index)
        return None

    def first_name(self, so_far: str | None, fields: dict[str, Any], key: str) -> str | None:
        """``so_far`` if there is one, else the name under ``key`` if there is one."""
        value = fields.get(key)
        if not isinstance(value, str):
            self.misfit(key, value)
        return so_far or self.name_in(fields, key)
