"""What a shape of an answer is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from stream_audit.candidates.answers.messages import Claims
from stream_audit.model import Response

__all__ = ["CORE", "Shape", "UnknownShape"]

CORE = ("role", "content", "tool_calls", "finish_reason")
"""What a provider's whole answer claims even where it leaves it out: then it says that there is none."""


class UnknownShape(Exception):
    """A result in which nothing can be found; the message says what it is."""


class Shape(Protocol):
    """One shape of an answer: how it is told, and what it says."""

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Whether an answer has this shape."""

    def read(self, value: Mapping[str, Any], claims: Claims) -> Response:
        """Read an answer that fits; ``claims`` gets the members of ``FIELDS`` that it claims.

        Raises:
            UnknownShape: It fits, but something in it is not as it should be.
        """
