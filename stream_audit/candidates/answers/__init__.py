"""What a candidate returned, read into a neutral response: which shape it has and what it claims.

This reads results, not streams, and by its own rules: it shares nothing with
the reference. A string is the content and nothing else; of a mapping, the first
entry of ``SHAPES`` that fits is taken.

A key that is there is claimed, also when it is null. In a provider's whole answer
role, content, tool calls and finish reason are claimed even when they are absent:
there, to leave them out is to say that there are none. What else is absent is not
covered.

To add one: its file and its entry in ``SHAPES``; what its usage object means is a table in ``usage.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from stream_audit.candidates.answers.anthropic import ANTHROPIC
from stream_audit.candidates.answers.choices import CHOICES
from stream_audit.candidates.answers.cohere import COHERE
from stream_audit.candidates.answers.converse import CONVERSE
from stream_audit.candidates.answers.flat import FLAT, WRAPPED
from stream_audit.candidates.answers.gemini import GEMINI
from stream_audit.candidates.answers.messages import Claims, read_message
from stream_audit.candidates.answers.ollama import OLLAMA
from stream_audit.candidates.answers.openai_responses import OPENAI_RESPONSES
from stream_audit.candidates.answers.shape import Shape, UnknownShape
from stream_audit.candidates.answers.ui_message import UI_MESSAGE
from stream_audit.candidates.answers.usage import read_usage
from stream_audit.model import FIELDS, Choice, Response

__all__ = ["SHAPES", "Reader", "UnknownShape", "claims_of", "read", "read_totals"]

Reader = Callable[[Any, "Iterable[str] | None"], "tuple[Response, frozenset[str]]"]
"""From a result and the claims of its code to what was answered."""

SHAPES: tuple[Shape, ...] = (
    CHOICES,
    OPENAI_RESPONSES,
    CONVERSE,
    ANTHROPIC,
    GEMINI,
    COHERE,
    OLLAMA,
    UI_MESSAGE,
    WRAPPED,
    FLAT,
)
"""Every shape of an answer, in the order in which they are tried."""

_EXPECTED = (
    "expected text, a completion, a response, a message, candidates, parts, or a mapping of content, role..."
)
_USAGE_EXPECTED = "expected a usage mapping with prompt_tokens, input_tokens... or None"


def read(value: Any, covers: Iterable[str] | None = None) -> tuple[Response, frozenset[str]]:
    """Read a candidate's result.

    Args:
        value: The result as plain JSON values.
        covers: What the candidate itself says that it returns; ``None`` leaves it to the result.

    Returns:
        The neutral response, and the members of ``FIELDS`` that the candidate claims.

    Raises:
        UnknownShape: It fits none of the shapes.
    """
    claims: Claims = set()
    response = _read(value, claims)
    return response, frozenset(claims) if covers is None else claims_of(covers)


def read_totals(value: Any, covers: Iterable[str] | None = None) -> tuple[Response, frozenset[str]]:
    """Read an accumulator's result: a usage object, a mapping with ``usage`` in it, or ``None`` for none.

    An empty usage object claims nothing.

    Returns:
        A response with nothing but usage, and the ``usage.*`` fields that are claimed.

    Raises:
        UnknownShape: There is something in it and no count.
    """
    claims: Claims = set()
    usage = value["usage"] if isinstance(value, Mapping) and "usage" in value else value
    if usage is not None and not isinstance(usage, Mapping):
        raise UnknownShape(f"got {type(usage).__name__}; {_USAGE_EXPECTED}")
    response = Response(usage=read_usage(usage, claims))
    if usage and not claims:
        keys = ", ".join(list(usage)[:8])
        raise UnknownShape(f"got a mapping with the keys {keys[:200]}; {_USAGE_EXPECTED}")
    stated = claims if covers is None else claims_of(covers)
    return response, frozenset(field for field in stated if field.startswith("usage."))


def claims_of(covers: Iterable[str]) -> frozenset[str]:
    """Field names with ``usage`` written out. Names that are no field are kept, for the caller to refuse."""
    names = set(covers)
    if "usage" in names:
        names = (names - {"usage"}) | {field for field in FIELDS if field.startswith("usage.")}
    return frozenset(names)


def _read(value: Any, claims: Claims) -> Response:
    if isinstance(value, str):
        claims.add("content")
        return Response(choices=(Choice(message=read_message({"content": value}, claims)),))
    if not isinstance(value, Mapping):
        kind = "None" if value is None else type(value).__name__
        raise UnknownShape(f"got {kind}; {_EXPECTED}")
    for shape in SHAPES:
        if shape.fits(value):
            return shape.read(value, claims)
    keys = ", ".join(list(value)[:8]) or "none"
    raise UnknownShape(f"got a mapping with the keys {keys[:200]}; {_EXPECTED}")
