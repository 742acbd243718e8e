"""Reads the fixtures and the corpus for these tests, without the package's own reader."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

from botocore.eventstream import EventStreamBuffer

ROOT = Path(__file__).parent.parent.parent
FIXTURES = ROOT / "fixtures"
CORPUS = ROOT.parent / "shared" / "corpus" / "jsonl"


def payloads(path: Path) -> list[dict[str, Any]]:
    """The chunks of one recording: JSON lines, an array, data lines of an event stream, Amazon's messages."""
    if path.suffix == ".eventstream":
        return messages(path.read_bytes())
    if path.suffix == ".json":
        return [chunk for chunk in json.loads(path.read_text("utf-8")) if isinstance(chunk, dict)]
    lines = path.read_text("utf-8").split("\n")
    if path.suffix == ".sse":
        lines = [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]
    chunks = [json.loads(line) for line in lines if line.strip() and line != "[DONE]"]
    return [chunk for chunk in chunks if isinstance(chunk, dict)]


def messages(body: bytes) -> list[dict[str, Any]]:
    """What Amazon's binary messages hold, by what each is called; a ``chunk`` is what it wraps."""
    buffer = EventStreamBuffer()
    buffer.add_data(body)
    chunks = []
    for message in buffer:
        name = message.headers.get(":event-type") or message.headers[":exception-type"]
        held = json.loads(message.payload)
        chunks.append(json.loads(b64decode(held["bytes"])) if name == "chunk" else {name: held})
    return chunks


def fixtures(dialect: str) -> list[Path]:
    """Every fixture of a dialect, in order; the answers without streaming beside them are none."""
    return sorted(p for p in (FIXTURES / dialect).glob("*.*") if not p.name.endswith(".response.json"))


def corpus(dialect: str) -> list[Path]:
    """Every recording of a dialect in the corpus; none where there is no corpus."""
    return sorted((CORPUS / dialect).glob("*.jsonl"))
