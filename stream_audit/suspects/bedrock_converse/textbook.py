"""The textbook fold of ``bedrock-converse``: ``docs/folding/bedrock-converse.md``, sentence by sentence.

Plain and slow on purpose, to be checked by eye. Every step is a small method,
so that a suspect can get exactly one of them wrong. It keeps no notes: the
reference reports what is odd on the wire, this one only says what it means.

The surprising rule: text and reasoning need no start. Their first delta opens
the block, and a delta of another kind under the same index opens the next.
"""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.model import Payload
from stream_audit.suspects.bedrock_converse.textbook_block import Block, said
from stream_audit.suspects.bedrock_converse.textbook_message import ConverseSoFar
from stream_audit.suspects.every_dialect import is_integer

__all__ = ["TextbookConverse"]

EVENTS: dict[str, frozenset[str]] = {
    "messageStart": frozenset({"role"}),
    "contentBlockStart": frozenset({"contentBlockIndex", "start"}),
    "contentBlockDelta": frozenset({"contentBlockIndex", "delta"}),
    "contentBlockStop": frozenset({"contentBlockIndex"}),
    "messageStop": frozenset({"stopReason"}),
    "metadata": frozenset({"usage", "serviceTier"}),
}
"""Every event, and the keys of it that a rule names."""


class TextbookConverse(ConverseSoFar):
    """One response, event by event."""

    name: ClassVar[str] = "textbook-converse"
    dialects: ClassVar[tuple[str, ...]] = ("bedrock-converse",)
    failure: ClassVar[str] = ""
    touches: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    kin: ClassVar[tuple[str, ...]] = ()
    widespread: ClassVar[bool] = False

    # ---------------------------------------------------------------- events

    def add(self, payload: Payload) -> None:
        """Fold one chunk: nearly always one event under its name."""
        for key, value in payload.items():
            if key in EVENTS:
                self.on_event(key, value)
            elif key.endswith("Exception"):
                self.on_exception(key, value)
            elif key == "error":
                self.on_error(value)
            else:
                self.on_unknown(key, value)

    def on_event(self, name: str, event: Any) -> None:
        """Do what an event asks for."""
        if not isinstance(event, dict):
            self.extra.keep(name, event)
            return
        match name:
            case "messageStart":
                self.on_message_start(event)
            case "contentBlockStart":
                self.on_block_start(event)
            case "contentBlockDelta":
                self.on_block_delta(event)
            case "contentBlockStop":
                self.on_block_stop(event)
            case "messageStop":
                self.on_message_stop(event)
            case "metadata":
                self.on_metadata(event)
        self.keep_event_fields(event, EVENTS[name])

    def keep_event_fields(self, event: dict[str, Any], known: frozenset[str]) -> None:
        """Keep what an event says that no rule names."""
        self.extra.keep_unknown(event, known)

    def on_unknown(self, key: str, value: Any) -> None:
        """Something beside the event, or an event that nobody has written down."""
        self.extra.keep(key, value)

    def on_message_start(self, event: dict[str, Any]) -> None:
        """Begin the message."""
        self.role = self.first_name(self.role, event, "role")

    def on_block_start(self, event: dict[str, Any]) -> None:
        """Open the blocks that a start announces; usually one."""
        index = self.index_of(event)
        if index is None:
            index = len(self.blocks)
        members = said(self.object_in(event, "start"))
        if not members:
            self.open_block(Block(None, index))
        for kind, seed in members.items():
            self.start_block(kind, index, seed)

    def on_block_delta(self, event: dict[str, Any]) -> None:
        """Apply what a delta brings to the block of its index."""
        index = self.index_of(event)
        if index is None:
            index = self.blocks[-1].index if self.blocks else 0
        for member, value in said(self.object_in(event, "delta")).items():
            self.apply(member, index, value)

    def on_block_stop(self, event: dict[str, Any]) -> None:
        """Close a block. It counts all the same without this."""
        index = self.index_of(event)
        block = self.by_index.get(index) if index is not None else self.blocks[-1] if self.blocks else None
        if block is not None:
            block.stopped = True

    def on_message_stop(self, event: dict[str, Any]) -> None:
        """The end of the message, and why. Its metadata is yet to come."""
        self.stop_reason = self.first_name(self.stop_reason, event, "stopReason")

    def on_metadata(self, event: dict[str, Any]) -> None:
        """What the request cost. It may come before the end as well."""
        usage = event.get("usage")
        if isinstance(usage, dict):
            self.fold_report(usage)
        else:
            self.extra.keep("usage", usage)
        self.take_tier(event)

    def take_tier(self, event: dict[str, Any]) -> None:
        """The tier that served the request."""
        tier = self.object_in(event, "serviceTier")
        name = tier.get("type")
        if name is None or isinstance(name, str):
            self.service_tier = self.service_tier or name or None
        else:
            self.extra.keep("type", name)
        rest = {key: value for key, value in said(tier).items() if key != "type"}
        if rest:
            self.extra.keep("serviceTier", rest)

    def on_exception(self, name: str, value: Any) -> None:
        """The stream failed."""
        if value is not None and self.error is None:
            self.error = {name: value}

    def on_error(self, error: Any) -> None:
        """The stream failed, and not in Amazon's words."""
        if isinstance(error, str):
            error = {"message": error}
        if not isinstance(error, dict):
            self.extra.keep("error", error)
        elif self.error is None:
            self.error = error

    # ---------------------------------------------------------------- starts

    def start_block(self, kind: str, index: int, seed: Any) -> None:
        """Open one block with what its start says."""
        match kind:
            case "text" if isinstance(seed, str):
                self.open_block(Block("text", index)).add("text", seed)
            case "reasoningContent" if isinstance(seed, dict):
                block = self.open_block(Block("reasoningContent", index))
                for key, piece in self.reasoning_pieces(seed).items():
                    self.append_reasoning(block, key, piece)
            case "toolUse" if isinstance(seed, dict):
                self.start_tool(index, seed)
            case "toolResult" if isinstance(seed, dict):
                self.start_result(index, seed)
            case "image" if isinstance(seed, dict):
                fields = {key: value for key, value in said(seed).items() if key not in ("source", "error")}
                self.see_image(self.open_block(Block("image", index, fields)), seed)
            case "text" | "reasoningContent" | "toolUse" | "toolResult" | "image":
                self.message_extra.keep(kind, seed)
            case _:
                self.open_block(Block(kind, index, {kind: seed}))

    def start_tool(self, index: int, seed: dict[str, Any]) -> None:
        """A tool is to be run."""
        block = self.open_block(Block("toolUse", index, said(seed)))
        if block.fields.get("type") == "server_tool_use":
            self.message_extra.keep_unknown(block.misfits(), frozenset())

    def start_result(self, index: int, seed: dict[str, Any]) -> None:
        """A tool that the server ran gave something."""
        fields = said(seed)
        content = fields.pop("content", None)
        block = self.open_block(Block("toolResult", index, fields))
        if isinstance(content, list):
            block.entries.extend(content)
        else:
            self.message_extra.keep("content", content)

    # ---------------------------------------------------------------- deltas

    def apply(self, member: str, index: int, value: Any) -> None:
        """Apply one member of a delta."""
        match member:
            case "text" if isinstance(value, str):
                self.append_text(index, value)
            case "citation" if isinstance(value, dict):
                self.append_citation(index, value)
            case "reasoningContent" if isinstance(value, dict):
                self.on_reasoning(index, value)
            case "toolUse" if isinstance(value, dict):
                self.on_input(index, value)
            case "toolResult" if isinstance(value, list):
                self.append_result(index, value)
            case "image" if isinstance(value, dict):
                self.on_image(index, value)
            case _:
                self.message_extra.keep(member, value)

    def append_text(self, index: int, piece: str) -> None:
        """More text."""
        block = self.block_for("text", index)
        if block is not None:
            block.add("text", piece)

    def append_citation(self, index: int, citation: dict[str, Any]) -> None:
        """One more source of a text."""
        block = self.block_for("text", index)
        if block is not None:
            block.entries.append(citation)

    def on_reasoning(self, index: int, value: dict[str, Any]) -> None:
        """More reasoning, its signature, or reasoning that is sealed."""
        pieces = self.reasoning_pieces(value)
        block = self.block_for("reasoningContent", index) if pieces else None
        if block is not None:
            for key, piece in pieces.items():
                self.append_reasoning(block, key, piece)

    def reasoning_pieces(self, value: dict[str, Any]) -> dict[str, str]:
        """What can be taken; the rest is kept aside."""
        pieces = {}
        for key, piece in said(value).items():
            if key in ("text", "signature", "redactedContent") and isinstance(piece, str):
                pieces[key] = piece
            else:
                self.message_extra.keep(key, piece)
        return pieces

    def append_reasoning(self, block: Block, key: str, piece: str) -> None:
        """One piece of it."""
        block.add(key, piece)

    def on_input(self, index: int, value: dict[str, Any]) -> None:
        """More of the JSON text of a tool's input."""
        piece = value.get("input")
        if isinstance(piece, str):
            block = self.block_for("toolUse", index)
            if block is not None:
                block.add("input", piece)
        else:
            self.message_extra.keep("input", piece)
        self.message_extra.keep_unknown(value, frozenset({"input"}))

    def append_result(self, index: int, entries: list[Any]) -> None:
        """More of what a tool of the server gave."""
        block = self.block_for("toolResult", index)
        for entry in entries:
            if not isinstance(entry, dict):
                self.message_extra.keep("toolResult", entry)
            elif block is not None:
                block.entries.append(entry)

    def on_image(self, index: int, value: dict[str, Any]) -> None:
        """More of a picture."""
        speaks = isinstance(value.get("source"), dict) or isinstance(value.get("error"), dict)
        block = self.block_for("image", index) if speaks else None
        self.see_image(block or Block("image", index), value)
        self.message_extra.keep_unknown(value, frozenset({"source", "error"}))

    def see_image(self, block: Block, value: dict[str, Any]) -> None:
        """What is said of a picture's source, or why there is none."""
        error, source = value.get("error"), value.get("source")
        if isinstance(error, dict):
            block.fields["error"] = error
        else:
            self.message_extra.keep("error", error)
        if not isinstance(source, dict):
            self.message_extra.keep("source", source)
            return
        block.fields.setdefault("source", {})
        for key, part in said(source).items():
            if key != "bytes":
                block.fields["source"][key] = part
            elif isinstance(part, str):
                block.add("bytes", part)
            else:
                self.message_extra.keep("bytes", part)

    # ---------------------------------------------------------------- blocks

    def open_block(self, block: Block) -> Block:
        """Open a block, behind all that were opened before."""
        self.blocks.append(block)
        self.by_index[block.index] = block
        return block

    def block_for(self, kind: str, index: int) -> Block | None:
        """The block that a delta of a kind belongs to."""
        block = self.by_index.get(index)
        if block is not None and block.kind is None:
            block.kind = kind
        if block is None or block.kind != kind:
            return self.open_missing_block(kind, index)
        return block

    def open_missing_block(self, kind: str, index: int) -> Block | None:
        """Open the block that a delta takes for granted: as usual for text, against the rules for a tool."""
        return self.open_block(Block(kind, index))

    # ---------------------------------------------------------------- values of the wrong type

    def object_in(self, fields: dict[str, Any], key: str) -> dict[str, Any]:
        """The object under a key, an empty one when it is not there."""
        value = fields.get(key)
        if isinstance(value, dict):
            return value
        self.extra.keep(key, value)
        return {}

    def index_of(self, event: dict[str, Any]) -> int | None:
        """The block index of an event, ``None`` when it names none."""
        index = event.get("contentBlockIndex")
        if is_integer(index):
            return int(index)
        self.extra.keep("contentBlockIndex", index)
        return None

    def first_name(self, so_far: str | None, fields: dict[str, Any], key: str) -> str | None:
        """``so_far`` if there is one, else the name under ``key`` if there is one."""
        value = fields.get(key)
        if not isinstance(value, str):
            self.extra.keep(key, value)
        return so_far or self.name_in(fields, key)
