from __future__ import annotations

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]

from stream_audit.reports.schema import schema

DOCUMENT = Path(__file__).parents[2] / "docs" / "report-schema.json"


def test_the_document_is_what_the_command_prints() -> None:
    hint = "run: stream-audit schema > docs/report-schema.json"

    assert json.loads(DOCUMENT.read_text("utf-8")) == schema(), hint


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
