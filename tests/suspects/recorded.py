"""Reads the fixtures and the corpus for these tests, without the package's own reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
FIXTURES = ROOT / "fixtures"
CORPUS = ROOT.parent / "shared" / "corpus" / "jsonl"


def payloads(path: Path) -> list[dict[str, Any]]:
    """The chunks of one recording: JSON lines, an array, or the data lines of an event stream."""
    if path.suffix == ".json":
        return [chunk for chunk in json.loads(path.read_text("utf-8")) if isinstance(chunk, dict)]
    lines = path.read_text("utf-8").split("\n")
    if path.suffix == ".sse":
        lines = [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]
    chunks = [json.loads(line) for line in lines if line.strip() and line != "[DONE]"]
    return [chunk for chunk in chunks if isinstance(chunk, dict)]


def fixtures(dialect: str) -> list[Path]:
    """Every fixture of a dialect, in order; the answers without streaming beside them are none."""
    return sorted(p for p in (FIXTURES / dialect).glob("*.*") if not p.name.endswith(".response.json"))


def corpus(dialect: str) -> list[Path]:
    """Every recording of a dialect in the corpus; none where there is no corpus."""
    return sorted((CORPUS / dialect).glob("*.jsonl"))
