"""One JSON text as it was recorded, with nothing in it that is anybody's own.

The text is not parsed and written again: strings and numbers are replaced where
they stand, so white space, escapes, the order of fields and whatever is wrong
with the text stay as they are.
"""

from __future__ import annotations

import re

from stream_audit.redaction import strings
from stream_audit.redaction.channels import Channels, Way
from stream_audit.redaction.fields import (
    ARGUMENTS,
    MODELS,
    NAMES,
    NEEDLES,
    PATHS,
    SAID,
    TEXTS,
    TIMES,
    is_id,
    is_number,
)  # fmt: skip
from stream_audit.redaction.json_text import LITERALS, NUMBER, JsonText
from stream_audit.redaction.mask import Mask
from stream_audit.redaction.prose import Prose
from stream_audit.redaction.respelled import parsed, spelled_out
from stream_audit.redaction.scan import Token, scan
from stream_audit.redaction.tally import Kind, Tally
from stream_audit.redaction.words import Words
from stream_audit.redaction.zones import FORMAT, OWN_KEYS, Keeping, Zone, Zones

__all__ = ["Payloads"]

_STEP = re.compile(r"(?<!\[)[^\W\d][\w ]*|(?<=')[^']+(?=')")
"""A name on the way to a place in JSON; positions in lists stay."""


class Payloads:
    """Replaces what the JSON texts of a run say.

    Args:
        mask: Gives texts their stand-ins.
        words: Replaces what names say.
        keeping: What the user wants to be left as it is.
    """

    def __init__(self, mask: Mask, words: Words, keeping: Keeping) -> None:
        self._mask = mask
        self._keeping = keeping
        self._words = words
        self._json = JsonText(mask, keep_keys=keeping.names)
        self._prose = Prose(mask)
        self._channels: dict[object, Channels] = {}
        self._keys: dict[tuple[str, bool], str] = {}
        """Name of a field, and whether it is a user's own, to what stands in for it; both as written."""
        self.kept: set[str] = set()
        """The fields to be left as they are that were met."""

    def replace(self, text: str, stream: object, tally: Tally) -> str:
        """A JSON text, whole or broken, with stand-ins for what it says.

        Args:
            text: The text as recorded.
            stream: Of which stream it is a chunk. Texts of one are pieces of one another.
            tally: Counts what was replaced.
        """
        channels = self._channels.get(stream)
        if channels is None:
            channels = self._channels[stream] = Channels(self._json, self._prose, self._mask)
        tokens, zones = scan(text), Zones(self._keeping.fields)
        owned = {box: zones.owned(box) for box in dict.fromkeys(token.box for token in tokens)}
        again: dict[int, tuple[Kind, str]] = {
            **{at: ("texts", shown) for at, shown in spelled_out(tokens, text, self._prose, self._mask)},
            **{at: ("tool arguments", shown) for at, shown in parsed(tokens, text, owned, channels)},
        }
        out: list[str] = []
        at = 0
        for number, token in enumerate(tokens):
            zone = zones.of(token.box)
            if token.name in self._keeping.fields:
                self.kept.add(token.name)
                continue
            if zone.kept:
                continue
            written = text[token.start : token.end]
            kind, shown = again.get(number) or self._shown(token, written, zone, channels)
            if shown != written:
                tally.add(kind, written, shown)
                out += (text[at : token.start], shown)
                at = token.end
        return "".join((*out, text[at:]))

    def _shown(self, token: Token, written: str, zone: Zone, channels: Channels) -> tuple[Kind, str]:
        """What a token is called in the tally, and what stands in for it."""
        if token.kind == "key":
            return "field names", self._key(written, zone)
        if token.kind == "word":
            shown = written if written in LITERALS else self._mask.said(written)
            return "other lines", strings.restored(written, shown)
        if token.kind == "number":
            return ("labels" if zone.labels else "numbers"), self._number(token, written, zone)
        kind, shown = self._string(token, strings.read(written), zone, channels)
        return kind, strings.rewrite(written, shown)

    def _key(self, written: str, zone: Zone) -> str:
        own = zone.free and not zone.labels
        if self._keeping.names if own else self._keeping.keys:
            return written
        known = self._keys.get((written, own))
        if known is None:
            replaced = self._mask.of if own else self._words.key
            known = strings.rewrite(written, replaced(strings.read(written)))
            self._keys[written, own] = known
        return known

    def _number(self, token: Token, written: str, zone: Zone) -> str:
        wire = token.name in OWN_KEYS if zone.labels else zone.counted or is_number(token.name)
        match = NUMBER.fullmatch(written)
        if match is None or (wire and not zone.free):
            return written
        return self._mask.of(match[1]) + match[2]

    def _string(self, token: Token, said: str, zone: Zone, channels: Channels) -> tuple[Kind, str]:
        if zone.labels:
            return "labels", said if (token.name, said) == ("format", FORMAT) else self._mask.of(said)
        if zone.free:
            return "tool arguments", self._mask.of(said)
        return self._wire(token, said) or self._text(token, said, channels)

    def _wire(self, token: Token, said: str) -> tuple[Kind, str] | None:
        """A string that the wire itself says; ``None`` where it does not look like it."""
        name, words = token.name, self._words
        shown = words.said(said) if name in SAID else words.moment(said) if name in TIMES else None
        if shown is not None:
            return "unknown texts", shown
        if name in MODELS or name in NAMES:
            shown = said if self._keeping.names else words.model(said) if name in MODELS else words.tool(said)
        elif is_id(name):
            return "ids", words.id(said)
        return None if shown is None else ("names", shown)

    def _text(self, token: Token, said: str, channels: Channels) -> tuple[Kind, str]:
        """A string that somebody said."""
        name = token.name
        if name in NAMES:
            return "names", self._piece(token, said, channels, "name")
        if name in NEEDLES:
            self._prose.find(said)
            return "texts", self._mask.of(said)
        if name in PATHS:
            return "tool arguments", said if self._keeping.names else _STEP.sub(self._step, said)
        if name in ARGUMENTS:
            return "tool arguments", self._piece(token, said, channels, "json")
        return ("texts" if name in TEXTS else "unknown texts"), self._piece(token, said, channels)

    def _step(self, step: re.Match[str]) -> str:
        return self._mask.of(step[0])

    @staticmethod
    def _piece(token: Token, said: str, channels: Channels, way: Way | None = None) -> str:
        owner = next((box for box in token.box.around() if box.parent and box.parent.listed), None)
        identity = owner.marks.get("id", "") if owner is not None and owner.name else ""
        place = (*token.box.place, token.name, token.position)
        return channels.replace(place, said, identity.strip('"'), way)
