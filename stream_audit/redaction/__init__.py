"""Take what is somebody's own out of a recording, so that it can be shown and still shows the same.

A fold does not know what a text means. It sees which texts are equal, which
begin with which, where they are cut, how long they are. All of that is kept; what
a text says is not. Whatever is not known to belong to the wire is replaced: a gap
in what is known costs a name its meaning and nobody a secret.
"""

from __future__ import annotations

from collections.abc import Callable

from stream_audit.redaction.document import Document
from stream_audit.redaction.mask import Mask
from stream_audit.redaction.payload import Payloads
from stream_audit.redaction.tally import Tally
from stream_audit.redaction.words import Words
from stream_audit.redaction.zones import Keeping

__all__ = ["Keeping", "Redactor", "Tally"]


class Redactor:
    """Redacts the files of one run: what is equal in any two of them stays equal.

    Args:
        key: Keep it secret, or throw it away: with it, guesses at what was replaced can be tested.
        keeping: What is to be left as it is.
    """

    def __init__(self, key: bytes, keeping: Keeping) -> None:
        mask = Mask(key)
        self._words = Words(mask)
        self._payloads = Payloads(mask, self._words, keeping)

    @property
    def kept(self) -> frozenset[str]:
        """The fields to be left as they are that were met."""
        return frozenset(self._payloads.kept)

    def document(self, tally: Tally, stream: Callable[[int], object]) -> Document:
        """What redacts the lines of one file.

        Args:
            tally: Counts what is replaced.
            stream: Says of which stream the chunk on a line is: texts of one are pieces of one another.
        """
        return Document(self._payloads, self._words, stream, tally)

    def answer(self, text: str, tally: Tally, stream: object) -> str:
        """Redact a JSON text beside a stream: the answer to the same request."""
        return self._payloads.replace(text, stream, tally)
