"""What was written anew, for programs: one JSON document."""

from __future__ import annotations

from typing import Any, TextIO

from stream_audit.model.rewriting import Rewriting, Rewritten
from stream_audit.reports.plain import encode
from stream_audit.reports.rewriting import replaced

__all__ = ["SCHEMA_VERSION", "write_json"]

SCHEMA_VERSION = 1


def write_json(rewriting: Rewriting, stream: TextIO) -> None:
    """Write all of it as one document."""
    ascii_only = not (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "stream-audit", "version": rewriting.version},
        "command": rewriting.command,
        "files": [_file(one, rewriting.what) for one in rewriting.done],
        **({"replaced": _kinds(rewriting.done)} if rewriting.what == "redact" else {}),
        "left_out": [
            {"path": one.path, "line": one.line, "reason": one.reason} for one in rewriting.left_out
        ],
        "passed_over": rewriting.passed_over,
        "remarks": rewriting.remarks,
        "exit_code": rewriting.exit_code,
        "reason": rewriting.reason,
    }
    stream.write(encode(document, ascii_only=ascii_only).decode("utf-8") + "\n")
    stream.flush()


def _file(one: Rewritten, what: str) -> dict[str, Any]:
    return {
        "source": one.source,
        "output": one.output,
        "recordings": one.recordings,
        "chunks": one.chunks,
        "twins": one.twins,
        **({"replaced": _kinds([one])} if what == "redact" else {}),
        "remarks": one.remarks,
        "unlike": one.unlike,
    }


def _kinds(done: Any) -> dict[str, dict[str, int]]:
    return {kind: {"pieces": pieces, "characters": characters} for kind, pieces, characters in replaced(done)}
