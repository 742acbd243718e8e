"""``--policy NAME=VALUE``: choose what the reference does where the field disagrees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, get_args, get_type_hints

from stream_audit.errors import UnknownName, UsageError
from stream_audit.model import Policies

__all__ = ["parse_policies"]


def parse_policies(texts: Iterable[str]) -> Policies:
    """Read ``NAME=VALUE`` words; dashes and underscores in a name are the same.

    Raises:
        UsageError: A word has no ``=``.
        UnknownName: There is no such policy, or it has no such value.
    """
    hints = get_type_hints(Policies)
    names = [field.name for field in fields(Policies)]
    chosen: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"--policy takes NAME=VALUE, not {text!r}; the names are {', '.join(names)}.")
        name = name.strip().replace("-", "_")
        if name not in names:
            raise UnknownName("policy", name, names)
        value = value.strip()
        if value not in get_args(hints[name]):
            raise UnknownName(f"value of policy {name}", value, get_args(hints[name]))
        chosen[name] = value
    return Policies(**chosen)
