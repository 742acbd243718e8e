"""Two small dialects, real enough to read by, and short ways to write and read recordings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from stream_audit.model import (
    Batch,
    Dialect,
    End,
    Fold,
    Payload,
    Policies,
    Problem,
    Recording,
    Usage,
    Volatile,
)
from stream_audit.model.trail import Sighting
from stream_audit.recordings import Source, read


class _Double:
    name: ClassVar[str] = ""
    title: ClassVar[str] = "A double"
    decisive: ClassVar[bool] = False
    volatile: ClassVar[Volatile] = Volatile()

    def recognises(self, payload: Payload) -> bool:
        raise NotImplementedError

    def knows(self, payload: Payload) -> bool:
        return self.recognises(payload)

    def identity(self, payload: Payload) -> str | None:
        value = payload.get("id")
        return value if isinstance(value, str) and value else None

    def starts(self, payload: Payload) -> bool:
        raise NotImplementedError

    def next_break(self, items: Sequence[Payload | str], begin: int, identity: str | None) -> int:
        for position in range(begin, len(items)):
            item = items[position]
            if isinstance(item, str):
                continue
            found = self.identity(item)
            if (found is not None and found != identity) or self.starts(item):
                return position
        return len(items)

    def fold(self, policies: Policies) -> Fold:
        raise NotImplementedError

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        raise NotImplementedError

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        raise NotImplementedError


class ChatDouble(_Double):
    name: ClassVar[str] = "chat"
    decisive: ClassVar[bool] = False

    def recognises(self, payload: Payload) -> bool:
        return payload.get("object") == "chat.completion.chunk"

    def _choice(self, payload: Payload) -> dict[str, Any]:
        choices = payload.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        return first if isinstance(first, dict) else {}

    def starts(self, payload: Payload) -> bool:
        delta = self._choice(payload).get("delta")
        return isinstance(delta, dict) and bool(delta.get("role"))

    def ends(self, payload: Payload) -> bool:
        return bool(self._choice(payload).get("finish_reason"))

    def echo(self, payload: Payload) -> str | None:
        choice = self._choice(payload)
        delta = choice.get("delta")
        if choice.get("finish_reason") or not isinstance(delta, dict) or set(delta) != {"content"}:
            return None
        return delta["content"] if isinstance(delta["content"], str) else None


class EventsDouble(_Double):
    name: ClassVar[str] = "events"
    decisive: ClassVar[bool] = True

    def recognises(self, payload: Payload) -> bool:
        return str(payload.get("type", "")).startswith(("message_", "content_block_"))

    def identity(self, payload: Payload) -> str | None:
        return super().identity(payload.get("message") or {})

    def starts(self, payload: Payload) -> bool:
        return payload.get("type") == "message_start"

    def ends(self, payload: Payload) -> bool:
        return payload.get("type") == "message_stop"

    def echo(self, payload: Payload) -> str | None:
        text = payload.get("delta", {}).get("text") if payload.get("type") == "content_block_delta" else None
        return text if isinstance(text, str) else None


CHAT = ChatDouble()
EVENTS = EventsDouble()
DOUBLES: tuple[Dialect, ...] = (CHAT, EVENTS)

Event = Batch | End | Problem


def chat(
    text: str | None = None,
    *,
    id: str | None = "a",
    role: str | None = None,
    finish: str | None = None,
    **more: Any,
) -> Payload:
    """One chat chunk."""
    delta: dict[str, Any] = {"role": role} if role else {}
    if text is not None:
        delta["content"] = text
    payload: Payload = {} if id is None else {"id": id}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return payload | {"object": "chat.completion.chunk", "choices": [choice]} | more


def answer(id: str | None, *texts: str) -> list[Payload]:
    """The chunks of one whole chat answer."""
    return [
        chat("", id=id, role="assistant"),
        *(chat(text, id=id) for text in texts),
        chat(id=id, finish="stop"),
    ]


def jsonl(payloads: Iterable[Payload]) -> bytes:
    return b"".join(json.dumps(payload).encode() + b"\n" for payload in payloads)


def sse(payloads: Iterable[Payload]) -> bytes:
    return b"".join(b"data: " + json.dumps(payload).encode() + b"\n\n" for payload in payloads)


def enveloped(payloads: Iterable[Payload], stream: object = "s") -> bytes:
    return jsonl({"stream": stream, "at": 0.5, "chunk": payload} for payload in payloads)


def events(
    folder: Path, content: bytes, *, name: str = "r.jsonl", block: int = 1 << 18, echoes: bool = True
) -> list[Event]:
    """Everything that reading ``content`` yields."""
    path = folder / name
    path.write_bytes(content)
    return list(read(Source(str(path)), DOUBLES, block=block, echoes=echoes))


def described(found: Iterable[Event]) -> list[object]:
    """Events without what depends on how they were batched."""
    rows: list[object] = []
    for event in found:
        if isinstance(event, Batch):
            rows += [
                (event.recording.id, line, raw) for line, raw in zip(event.lines, event.raws, strict=True)
            ]
        elif isinstance(event, End):
            recording = event.recording
            rows.append(
                (recording.id, recording.chunks, recording.last_line, recording.done, recording.damaged)
            )
        else:
            rows.append((event.rule, event.line, event.message, event.excerpt))
    return rows


def payloads(found: Iterable[Event]) -> dict[str, list[Payload]]:
    """Payloads by recording, every echo spelled out from what was recorded."""
    result: dict[str, list[Payload]] = {}
    lasts: dict[str, Payload] = {}
    for event in found:
        if isinstance(event, Batch):
            rows = result.setdefault(event.recording.id.rpartition("/")[2], [])
            assert not isinstance(event.items[0], str), "a batch never begins with an echo"
            assert len(event.items) == len(event.lines) == len(event.raws)
            for item, raw in zip(event.items, event.raws, strict=True):
                value = json.loads(raw)
                if isinstance(item, str):
                    assert any(dialect.echo(value) == item for dialect in DOUBLES)
                    assert without_text(value) == without_text(lasts[event.recording.id])
                else:
                    lasts[event.recording.id] = item
                    if "NaN" not in raw.decode():
                        assert item == value
                rows.append(value)
    return result


def without_text(payload: Payload) -> str:
    """What an echo must share with the chunk it repeats: everything but the text and the padding."""
    copy = json.loads(json.dumps(payload))
    copy.pop("obfuscation", None)
    copy.pop("p", None)
    if "choices" in copy:
        copy["choices"][0]["delta"]["content"] = ""
    else:
        copy["delta"]["text"] = ""
    return json.dumps(copy)


def problems(found: Iterable[Event]) -> list[tuple[str, int]]:
    return [(event.rule, event.line) for event in found if isinstance(event, Problem)]


def ends(found: Iterable[Event]) -> list[Recording]:
    return [event.recording for event in found if isinstance(event, End)]


def texts(found: Iterable[Event]) -> dict[str, str]:
    """The content of each recording."""
    return {
        name: "".join(row["choices"][0]["delta"].get("content") or "" for row in rows if row.get("choices"))
        for name, rows in payloads(found).items()
    }
