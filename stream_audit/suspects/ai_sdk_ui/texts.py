"""Suspects that get the texts of a UI message wrong, and what stands beside them."""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload, Response
from stream_audit.suspects.ai_sdk_ui.textbook import TextbookUI
from stream_audit.suspects.ai_sdk_ui.textbook_message import PartSoFar

__all__ = ["UI_TEXTS"]


class LastPartOnly(TextbookUI):
    """Gives the text of the last text part for the answer.

    In the wild: ``text = ""`` at each ``text-start``.
    """

    name = "ui-last-text-part-only"
    failure = "content-parts-first-only"
    touches = ("content",)
    sources = ("https://github.com/LibreChat-AI/agents/pull/350",)

    def joined(self, kind: str) -> str | None:
        whole = super().joined(kind)
        texts = [part for part in self.parts if part.type == "text"]
        return "".join(texts[-1].pieces) if kind == "text" and texts else whole


class PartsById(TextbookUI):
    """Keeps one part for each id, though ids come again in the next step.

    In the wild: ``parts[chunk["id"]] += chunk["delta"]`` over a whole message; providers count texts from
    0 in each step.
    """

    name = "ui-parts-by-id"
    failure = "item-id-mismatch"
    touches = ("content", "reasoning", "parts")
    kin = ("ui-last-text-part-only",)

    def open_text(self, kind: str, said: dict[str, Any]) -> PartSoFar:
        alike = (part for part in self.parts if part.type == kind and part.opened_as == said["id"])
        known = next(alike, None)
        if known is None:
            return super().open_text(kind, said)
        self.active[kind, said["id"]] = known
        return known


class DeltasToLastPart(TextbookUI):
    """Appends every piece to the text that was opened last.

    In the wild: ``parts[-1]["text"] += chunk["delta"]``.
    """

    name = "ui-deltas-to-last-part"
    failure = "item-id-mismatch"
    touches = ("content", "reasoning", "parts")
    kin = ("ui-last-text-part-only",)

    def text_of(self, kind: str, identity: str) -> PartSoFar | None:
        own = super().text_of(kind, identity)
        texts = [part for part in self.parts if part.type in ("text", "reasoning")]
        return own and texts[-1]


class BlankDeltaDropped(TextbookUI):
    """Drops pieces that are only blanks or line breaks.

    In the wild: ``if chunk["delta"].strip():``.
    """

    name = "ui-blank-delta-dropped"
    failure = "content-whitespace-dropped"
    touches = ("content", "reasoning", "parts")
    sources = ("https://github.com/BerriAI/litellm/issues/14106",)

    def append(self, part: PartSoFar, delta: str) -> None:
        if delta.strip():
            super().append(part, delta)


class ReasoningIntoContent(TextbookUI):
    """Takes the pieces of thinking for the answer's.

    In the wild: ``text += chunk.get("delta", "")`` for every chunk; thinking has the same key.
    """

    name = "ui-reasoning-into-content"
    failure = "reasoning-leaks-into-content"
    touches = ("content",)
    sources = ("https://github.com/farion1231/cc-switch/pull/6319",)
    kin = ("ui-reasoning-dropped",)

    def joined(self, kind: str) -> str | None:
        if kind != "text":
            return super().joined(kind)
        texts = ["".join(part.pieces) for part in self.parts if part.type in ("text", "reasoning")]
        return "".join(texts) if texts else None


class ReasoningDropped(TextbookUI):
    """Leaves thinking out.

    In the wild: a ``match`` on the type with cases for text and tools.
    """

    name = "ui-reasoning-dropped"
    failure = "stream-vs-nonstream"
    touches = ("reasoning", "parts")

    def on_text_chunk(self, kind: str, what: str, said: dict[str, Any]) -> None:
        if kind == "text":
            super().on_text_chunk(kind, what, said)


class UnopenedTextDropped(TextbookUI):
    """Loses the pieces of a text that was never opened.

    In the wild: ``if chunk["id"] in parts:`` around the append; the SDK itself raises.
    """

    name = "ui-unopened-text-dropped"
    failure = "block-start-missing"
    touches = ("content", "reasoning", "parts")
    sources = ("https://github.com/anthropics/anthropic-sdk-python/pull/1273",)

    def on_delta(self, kind: str, said: dict[str, Any]) -> None:
        if self.text_of(kind, said["id"]) is not None:
            super().on_delta(kind, said)


class OpenTextDropped(TextbookUI):
    """Takes a text into the message only when it is ended.

    In the wild: ``message["parts"].append(...)`` under ``text-end``.
    """

    name = "ui-open-text-dropped"
    failure = "block-stop-missing"
    touches = ("content", "reasoning", "parts")
    sources = ("https://github.com/maximhq/bifrost/issues/4262",)

    def result(self) -> Response:
        every, self.parts = self.parts, [p for p in self.parts if p.fields.get("state") != "streaming"]
        try:
            return super().result()
        finally:
            self.parts = every


class ResetIgnored(TextbookUI):
    """Keeps what a step said before it was done again.

    In the wild: readers from before ``reset-step``, to which it is an unknown chunk.
    """

    name = "ui-reset-ignored"
    failure = "retry-text-duplicated"
    touches = ("content", "reasoning", "tool_calls", "parts", "annotations")
    sources = ("https://github.com/HKUDS/nanobot/issues/4038",)

    def on_reset_step(self) -> None:
        self.active.clear()


class SourcesDropped(TextbookUI):
    """Leaves sources out.

    In the wild: a message made of its text parts and tools.
    """

    name = "ui-sources-dropped"
    failure = "citations-dropped"
    touches = ("parts", "annotations")
    sources = ("https://github.com/maximhq/bifrost/issues/5061",)

    def on_whole_part(self, name: str, said: dict[str, Any]) -> None:
        if not name.startswith("source-"):
            super().on_whole_part(name, said)


class DataAppended(TextbookUI):
    """Adds a data part that replaces another as one more.

    In the wild: ``message["parts"].append(chunk)`` for every ``data-*``.
    """

    name = "ui-data-appended"
    failure = "snapshot-plus-delta-double"
    touches = ("parts",)
    sources = ("https://github.com/get-convex/agent/pull/281",)

    def data_part(self, name: str, identity: str | None) -> PartSoFar | None:
        return None


class TransientKept(TextbookUI):
    """Keeps data that was only to be shown.

    In the wild: a record made of everything that was streamed.
    """

    name = "ui-transient-kept"
    failure = "uncollected-recorded"
    touches = ("parts",)

    def on_data(self, name: str, said: dict[str, Any]) -> None:
        super().on_data(name, {key: value for key, value in said.items() if key != "transient"})


class UnknownChunkCrash(TextbookUI):
    """Raises on a chunk of a type that it does not know.

    In the wild: ``HANDLERS[chunk["type"]](chunk)``; the protocol gets new types with each version.
    """

    name = "ui-unknown-chunk-crash"
    failure = "unknown-event"
    touches = ()
    sources = ("https://github.com/Effect-TS/effect/pull/8333",)
    kin = ("ui-unknown-fields-dropped",)

    def on_stranger(self, payload: Payload) -> None:
        raise KeyError(payload.get("type"))


UI_TEXTS: tuple[type[TextbookUI], ...] = (
    LastPartOnly,
    PartsById,
    DeltasToLastPart,
    BlankDeltaDropped,
    ReasoningIntoContent,
    ReasoningDropped,
    UnopenedTextDropped,
    OpenTextDropped,
    ResetIgnored,
    SourcesDropped,
    DataAppended,
    TransientKept,
    UnknownChunkCrash,
)
