"""Binary content that arrives in pieces, each of them Base64 by itself."""

from __future__ import annotations

import base64

__all__ = ["Binary"]


class Binary:
    """Binary content in the making.

    Pieces end where the sender cut, so that their Base64 texts cannot simply be put one behind the other.
    """

    __slots__ = ("_pieces", "sent")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.sent = False
        """There was a piece, be it an empty one."""

    def append(self, piece: str) -> None:
        """Add one piece."""
        self.sent = True
        if piece:
            self._pieces.append(piece)

    def joined(self) -> str:
        """All of it as Base64 text; the pieces as they are if one of them is no Base64."""
        text = "".join(self._pieces)
        if len(self._pieces) < 2:
            return text
        try:
            return base64.b64encode(
                b"".join(base64.b64decode(piece, validate=True) for piece in self._pieces)
            ).decode()
        except ValueError:
            return text
