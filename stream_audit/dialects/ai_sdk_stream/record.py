"""What a context that collects has recorded, but for tool calls: texts, counts, what stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.dialects.ai_sdk_stream.calls import COUNTS
from stream_audit.dialects.text import Text
from stream_audit.model import Payload, Usage

__all__ = ["Beside", "Writes", "neutral_usage"]


class Writes:
    """The text of one kind of write, and how much of it was counted."""

    __slots__ = ("counted", "plain", "text")

    def __init__(self) -> None:
        self.text = Text()
        self.counted = 0
        self.plain: list[str] = []
        """Deltas that count by their characters and are not yet counted. Always the same list."""

    def settle(self) -> None:
        """Count and join the plain deltas."""
        if self.plain:
            joined = "".join(self.plain)
            self.plain.clear()
            self.counted += len(joined)
            self.text.append(joined)
            self.text.compact()

    def add(self, text: str, tokens: int) -> None:
        """Take a delta that counts for so many tokens."""
        self.settle()
        self.text.append(text)
        self.counted += tokens


class Beside:
    """What stands beside the text: files, data parts, sources, each in order."""

    __slots__ = ("data", "files", "sources")

    def __init__(self) -> None:
        self.files: list[dict[str, Any]] = []
        self.data: list[dict[str, Any]] = []
        self.sources: list[dict[str, Any]] = []

    def take_file(self, item: Payload) -> None:
        """Fold a ``write_file``."""
        if item.get("collect") is not False:
            self.files.append({"type": "file", "url": item["url"], "media_type": item["media_type"]})

    def take_data(self, item: Payload) -> None:
        """Fold a ``write_data``."""
        if item.get("collect") is not False and item.get("transient") is not True:
            named = {"id": item["id"]} if item.get("id") is not None else {}
            self.data.append({"type": "data", "name": item["name"], "data": item.get("data"), **named})

    def take_source(self, item: Payload) -> None:
        """Fold a ``write_source``."""
        if item.get("collect") is not False:
            titled = {"title": item["title"]} if item.get("title") is not None else {}
            self.sources.append({"source_id": item["source_id"], "url": item["url"], **titled})


def neutral_usage(counted: Mapping[str, int], passed: Mapping[str, int]) -> Usage:
    """The final counts: of each field what was passed to ``set_usage`` last, else what was counted."""
    final = {field: passed.get(field, counted.get(field)) for field in COUNTS}
    prompt, reasoning = final["prompt_tokens"], final["reasoning_tokens"] or 0
    output = reasoning + (final["answer_tokens"] or 0)
    return Usage(
        input_tokens=prompt,
        output_tokens=output,
        total_tokens=None if prompt is None else prompt + output,
        reasoning_tokens=reasoning,
        raw=final,
    )
