"""A reconciliation for programs: one JSON document, or one CSV row a key and measure."""

from __future__ import annotations

import csv
from typing import Any, TextIO

from stream_audit.model.statement import Item, Sheet, Statement
from stream_audit.reports.objects import finding_object
from stream_audit.reports.plain import encode
from stream_audit.reports.printable import printable

__all__ = ["SCHEMA_VERSION", "write_csv", "write_json"]

SCHEMA_VERSION = 1

_COLUMNS = (
    "books", "by", "key", "total", "measure", "bucket", "recordings", "ledger", "difference", "rules",
)  # fmt: skip


def write_json(statement: Statement, stream: TextIO) -> None:
    """Write the whole statement as one object."""
    summary = statement.summary
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "stream-audit", "version": statement.version},
        "command": statement.command,
        "sheets": [_sheet(sheet) for sheet in statement.sheets],
        "findings": [_finding(finding) for finding in statement.findings],
        "counts": statement.counts,
        "remarks": statement.remarks,
        "recordings": {
            "found": summary.counts.found,
            "unreadable": summary.counts.unreadable,
            "skipped": summary.counts.skipped,
            "damaged": summary.damaged,
            "unreported": statement.unreported,
            "repeated": statement.repeated,
        },
        "left_out": [
            {"path": one.path, "line": one.line, "reason": one.reason, "skipped": one.skipped}
            for one in summary.unreadable
        ],
        "exit_code": summary.exit_code,
        "exit_reason": summary.stop_reason,
    }
    stream.write(encode(document, ascii_only=_ascii(stream)).decode("utf-8") + "\n")
    stream.flush()


def _ascii(stream: TextIO) -> bool:
    return not (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")


def _finding(finding: Any) -> dict[str, Any]:
    found = finding_object(finding)
    names = ("rule", "severity", "path", "line", "count", "message")
    return {
        **{name: found[name] for name in names},
        "key": finding.recording,
        "measure": finding.field,
        "recordings": finding.reference,
        "ledger": finding.got,
        "causes": finding.diagnosis,
    }


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {
        "books": sheet.path,
        "by": sheet.by,
        "items": [_item(item) for item in sheet.items],
        "later_recordings": sheet.unbooked,
        "only_recordings": sheet.only_recordings,
        "only_ledger": sheet.only_books,
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "key": item.key,
        "bucket": item.bucket,
        "total": item.total,
        "requests": item.requests,
        "rules": item.rules,
        "remark": item.remark,
        "path": item.path,
        "line": item.line,
        "measures": {
            one.measure: {
                "bucket": one.bucket,
                "recordings": one.recordings,
                "ledger": one.books,
                "difference": one.difference,
            }
            for one in item.measures
        },
    }


def write_csv(statement: Statement, stream: TextIO) -> None:
    """Write one row for each key and measure, and what stands beside it."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for sheet in statement.sheets:
        for item in sheet.items:
            key = " ".join(f"{label}={value}" for label, value in item.key.items())
            for one in item.measures:
                writer.writerow(
                    [
                        printable(sheet.path),
                        " ".join(sheet.by),
                        printable(key),
                        "yes" if item.total else "no",
                        one.measure,
                        one.bucket,
                        "" if one.recordings is None else one.recordings,
                        "" if one.books is None else one.books,
                        "" if one.difference is None else one.difference,
                        " ".join(item.rules),
                    ]
                )
    stream.flush()
