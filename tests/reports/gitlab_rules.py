"""What GitLab does with a code quality report, and what it asks of one, in our own words.

GitLab publishes both: the schema that its own parser holds every object to
(``app/validators/json_schemas/codeclimate.json`` of its source), with the
parser and the report beside it (``lib/gitlab/ci/parsers/codequality/code_climate.rb``,
``lib/gitlab/ci/reports/codequality_reports.rb``); and the table of properties in its documentation of
code quality. No package carries the schema, so its demands are stated here again, and the table's, which
go further. ``READ`` is what the parser asks, and ``DOCUMENTED`` what the documentation asks beyond that.
"""

from __future__ import annotations

from typing import Any

import jsonschema  # type: ignore[import-untyped]

__all__ = ["complaints", "repeated", "shown"]

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}


def _object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


READ = _object(
    ("description", "fingerprint", "severity", "location"),
    description=_TEXT,
    fingerprint=_TEXT,
    severity=_TEXT,
    location=_object(
        path=_TEXT, lines=_object(begin=_NUMBER), positions=_object(begin=_object(line=_NUMBER))
    ),
)

DOCUMENTED = _object(
    ("description", "check_name", "fingerprint", "severity", "location"),
    description={"minLength": 1},
    check_name={**_TEXT, "minLength": 1},
    fingerprint={"minLength": 1},
    severity={"enum": ["info", "minor", "major", "critical", "blocker"]},
    location=_object(
        ("path", "lines"),
        path={"minLength": 1, "not": {"pattern": r"^(/|\./)"}},
        lines=_object(("begin",), begin={"minimum": 1}),
    ),
)


def complaints(issues: Any) -> list[str]:
    """Everything that a report has wrong."""
    schema = {"type": "array", "items": {"allOf": [READ, DOCUMENTED]}}
    found = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(issues)]
    return found + repeated(issues)


def repeated(issues: list[dict[str, Any]]) -> list[str]:
    """Fingerprints that more than one object has."""
    marks = [issue["fingerprint"] for issue in issues]
    return sorted({mark for mark in marks if marks.count(mark) > 1})


def shown(issues: list[dict[str, Any]]) -> list[tuple[str, str, str, int]]:
    """What a merge request shows of a report: severity, description, path and line of each object.

    The parser stops at the first object that it cannot read, of two with one fingerprint it keeps the
    later one, and the worst come first.
    """
    kept: dict[str, dict[str, Any]] = {}
    for issue in issues:
        if not jsonschema.Draft202012Validator(READ).is_valid(issue):
            break
        kept[issue["fingerprint"]] = issue
    ranks = ("blocker", "critical", "major", "minor", "info")
    ordered = sorted(kept.values(), key=lambda issue: ranks.index(issue["severity"]))
    return [
        (one["severity"], one["description"], one["location"]["path"], one["location"]["lines"]["begin"])
        for one in ordered
    ]
