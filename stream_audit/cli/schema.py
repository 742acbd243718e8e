"""``stream-audit schema``: the JSON Schema of the JSON report."""

from __future__ import annotations

__all__ = ["schema"]


def schema() -> int:
    """Print the JSON Schema of the JSON report."""
    import json

    from stream_audit.cli.output import say
    from stream_audit.reports.schema import schema as made

    say(json.dumps(made(), indent=2))
    return 0
