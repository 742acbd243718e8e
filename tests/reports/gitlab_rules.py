"""What GitLab asks of a code quality report, in our own words: no package carries a schema of it.

From the table of properties in GitLab's documentation of code quality: an array of objects, each with
a description, the name of the check, a fingerprint that no other has, one of five severities, and a
place: a relative path without ``./`` in front, and the line where it begins.
"""

from __future__ import annotations

from typing import Any

SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": r"^(/|\./)"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def repeated(issues: list[dict[str, Any]]) -> list[str]:
    """Fingerprints that more than one object has."""
    marks = [issue["fingerprint"] for issue in issues]
    return sorted({mark for mark in marks if marks.count(mark) > 1})
