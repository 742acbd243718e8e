"""Names word by word: the wire's own words stay, everybody else's are replaced."""

from __future__ import annotations

import re
from collections.abc import Collection

from stream_audit.redaction.fields import ID_PREFIXES, SERVER_TOOLS
from stream_audit.redaction.mask import Mask
from stream_audit.redaction.vocabulary import MODEL_WORDS, WORDS

__all__ = ["Words"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9]+")
_LONGEST = 80
"""Characters of a name; what is longer is text."""
_FEW = 3
"""Digits in a row that a name has: ``ephemeral_5m_input_tokens``, ``http_429``."""
_DATE = 8
"""The same where a known word stands before it: ``web_search_20250305``."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?")


class Words:
    """Replaces the words of names that the wire does not know.

    Args:
        mask: Gives words their stand-ins.
    """

    def __init__(self, mask: Mask) -> None:
        self._mask = mask

    def key(self, name: str) -> str:
        """The name of a field."""
        return self._replaced(name, WORDS)

    def said(self, value: str) -> str | None:
        """A value that is made of the wire's words; ``None`` when it does not look like one."""
        if len(value) > _LONGEST or any(map(str.isspace, value)):
            return None
        return self._replaced(value, WORDS)

    def model(self, value: str) -> str | None:
        """The name of a model; of one that was tuned for somebody only what it was made from stays."""
        if len(value) > 2 * _LONGEST:
            return None
        parts = value.split(":")
        public = 2 if parts[0] == "ft" else 0 if parts[0] == "arn" else len(parts)
        kept = [self._replaced(part, MODEL_WORDS) for part in parts[:public]]
        return ":".join(kept + [self._mask.of(part) for part in parts[public:]])

    @staticmethod
    def tool(value: str) -> str | None:
        """The name of a tool that is a provider's; ``None`` for any other."""
        return value if value in SERVER_TOOLS else None

    def id(self, value: str) -> str:
        """An id, behind the prefix that its provider gives all of its kind."""
        prefix = re.match(r"(?:xs_)?[a-z]+[-_]", value)
        if prefix is None or prefix[0][:-1] not in ID_PREFIXES:
            return self._mask.of(value)
        return prefix[0] + self._mask.of(value[prefix.end() :])

    @staticmethod
    def moment(value: str) -> str | None:
        """A date with or without a time; ``None`` when it is none."""
        return value if _MOMENT.fullmatch(value) else None

    def comment(self, text: str) -> str:
        """A comment of an event stream: prose, in which no digit is the wire's."""
        return self._replaced(text, WORDS, most=0)

    def _replaced(self, name: str, known: Collection[str], most: int = _DATE) -> str:
        """The name word by word; of digits in a row a few may stay, or ``most`` behind a known word."""
        out, digits = [], min(_FEW, most)
        for word in _WORD.findall(name):
            if word.isdigit():
                kept = len(word) <= digits
            else:
                kept = word.lower() in known
                digits = most if kept else digits
            out.append(word if kept else self._mask.of(word))
        return "".join(out)
