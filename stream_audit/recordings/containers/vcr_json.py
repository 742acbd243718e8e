"""VCR cassettes in JSON, one interaction at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stream_audit.recordings.containers.interaction import Damage, Interaction
from stream_audit.recordings.containers.json_list import listed
from stream_audit.recordings.containers.vcr import LOSES, described

__all__ = ["LOSES", "interactions", "recognises"]

_START = re.compile(
    rb'(\xef\xbb\xbf)?\s*\{\s*(?:"(?:version|recorded_with)"\s*:\s*(?:\d+|"[^"\\]*")\s*,\s*)*+'
    rb'"(?:http_)?interactions"\s*:\s*\['
)
_KEYS = ((b"interactions",), (b"http_interactions",))


def recognises(start: bytes) -> bool:
    """Whether a file that begins like this is a cassette in JSON."""
    return _START.match(start) is not None


def interactions(blocks: Iterable[bytes]) -> Iterator[Interaction | Damage]:
    """Every interaction, in order, one that cannot be read as ``lost``; and damage between them."""
    return listed(blocks, _KEYS, described)
