"""The function calls of one candidate: sent in one part, or in many of which only the first has a name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from stream_audit.dialects.gemini.arguments import Arguments
from stream_audit.dialects.gemini.spelling import CALL, FRAGMENT, spelt
from stream_audit.dialects.noting import Noting
from stream_audit.dialects.unknown import Unknown
from stream_audit.model import ToolCall

__all__ = ["Call", "fragment_of"]

VALUES: dict[str, tuple[type, ...]] = {
    "stringValue": (str,),
    "numberValue": (int, float),
    "boolValue": (bool,),
}
"""What a leaf may hold, and its types; of several the first present counts."""
NULL = "nullValue"
CALL_KEYS = frozenset(("id", "name", "args", "partialArgs", "willContinue"))
FRAGMENT_KEYS = frozenset((*VALUES, NULL, "jsonPath", "willContinue"))


class Call:
    """One call. The part it stands in is its own: what is beside ``functionCall`` belongs to the call."""

    __slots__ = ("_arguments", "_at", "_beside", "_extra", "_inside", "_noting", "id", "name", "open")

    def __init__(self, at: str, noting: Noting) -> None:
        self.id: str | None = None
        self.name: str | None = None
        self.open = False
        """More fragments of it were announced."""
        self._arguments = Arguments()
        self._inside: dict[str, Any] = {}
        """Unknown keys of ``functionCall``; the first value of each."""
        self._beside: dict[str, Any] = {}
        """Keys of the part beside ``functionCall``; the first value of each."""
        self._extra = Unknown()
        self._at = at
        self._noting = noting

    def add(self, call: dict[str, Any], beside: dict[str, Any]) -> None:
        """Fold one fragment.

        Args:
            call: Its ``functionCall``, in the provider's spelling.
            beside: The other keys of its part; no nulls.
        """
        self.open = call.get("willContinue") is True
        self._take("args", call.get("args"), dict, self._arguments.replace)
        self._take("partialArgs", call.get("partialArgs"), list, self._fragments)
        self._take("willContinue", call.get("willContinue"), bool)
        for key in ("id", "name"):
            self._take(key, call.get(key), str, partial(self._name, key))
        for key, value in call.items():
            if key not in CALL_KEYS and value is not None:
                self._inside.setdefault(key, value)
                self._extra.add(key, value)
        for key, value in beside.items():
            self._beside.setdefault(key, value)
            self._extra.add(key, value)

    def part(self) -> dict[str, Any]:
        """The part as the provider's non-streamed answer would show it. A new dict."""
        named = {key: value for key, value in (("id", self.id), ("name", self.name)) if value is not None}
        return {"functionCall": {**self._inside, **named, "args": self._arguments.value()}, **self._beside}

    def tool_call(self) -> ToolCall:
        """The call that the client must make."""
        extra, text = self._extra.fields(), self._arguments.text()
        if text is None:
            extra["args"] = self._arguments.value()
        return ToolCall(id=self.id, name=self.name, arguments=text or "", extra=extra)

    def close(self) -> None:
        """Note what is wrong with the call as a whole."""
        if self.open:
            self._noting.note("block-stop-missing", self._at, "announced to go on, and never closed")
        if self._arguments.text() is None:
            self._noting.note("unknown-event", f"{self._at}.arguments", "nested too deeply to be written")

    def _take(self, key: str, value: Any, kind: type, do: Callable[[Any], None] | None = None) -> None:
        """Do with a value what is to be done with one of its type; keep it when it is of another."""
        if value is None:
            return
        if not isinstance(value, kind):
            self._odd(key, value)
        elif do is not None:
            do(value)

    def _name(self, key: str, value: str) -> None:
        if value and getattr(self, key) is None:
            setattr(self, key, value)

    def _fragments(self, fragments: list[Any]) -> None:
        for fragment in fragments:
            if isinstance(fragment, dict):
                self._fragment(spelt(fragment, FRAGMENT), fragment)
            elif fragment is not None:
                self._odd("partialArgs", fragment)

    def _fragment(self, fragment: dict[str, Any], sent: dict[str, Any]) -> None:
        """Lay one leaf to its place."""
        for key, value in fragment.items():
            if key not in FRAGMENT_KEYS:
                self._extra.add(key, value)
        path = fragment.get("jsonPath")
        present = [(key, value) for key in VALUES if (value := fragment.get(key)) is not None]
        if present:
            key, value = present[0]
            fits = isinstance(value, VALUES[key]) and (key == "boolValue" or not isinstance(value, bool))
        elif fragment.get(NULL) is not None or NULL in sent:
            # JSON's own null is how the provider may write this one; a dump that spells all keys out
            # does so in snake case, and there null means that there is no value.
            value, fits = None, True
        else:
            return
        if not (fits and isinstance(path, str) and self._arguments.lay(path, value)):
            self._noting.note("unknown-event", f"{self._at}.partialArgs", f"no place for a leaf at {path!r}")
            self._extra.add("partialArgs", sent)

    def _odd(self, key: str, value: Any) -> None:
        """Note and keep what the dialect does not allow there."""
        self._noting.odd(self._extra, key, value, f"{self._at}.{key}")


def fragment_of(call: dict[str, Any]) -> dict[str, Any]:
    """A ``functionCall`` in the provider's spelling."""
    return spelt(call, CALL)
