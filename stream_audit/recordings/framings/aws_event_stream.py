"""AWS event streams, as Amazon Bedrock answers: each binary message is a chunk ``{"<event>": payload}``.

So an SDK names the members of a stream, and so Bedrock's own JSON has them. What
``InvokeModelWithResponseStream`` sends is another provider's chunk in base64: that chunk is handed
on, and an exception behind such chunks is an ``error``, which every provider's format has.
There are no lines; the number of the message stands for the line.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator

from stream_audit.model import Framed
from stream_audit.recordings.chunks import Chunks
from stream_audit.recordings.framings.aws_messages import Damage, Message, is_prelude, messages
from stream_audit.recordings.parsing import NOTHING, parse
from stream_audit.recordings.source import Source

__all__ = ["read", "recognises"]

_HEADER = re.compile(rb"\x0b:event-type\x07|\r:message-type\x07|\x0f:exception-type\x07")
_EARLY = 256
"""Where the first message has its headers, should its lengths be damaged."""
_AT_ONCE = 64


def recognises(start: bytes) -> bool:
    """Whether the first bytes are a message's."""
    if b"\0" not in start[:_EARLY]:
        return False
    return is_prelude(start) or _HEADER.search(start, 0, _EARLY) is not None


def read(
    blocks: Iterable[bytes], chunks: Chunks, source: Source, *, echoes: bool, frames: bool
) -> Iterator[None]:
    """Hand on the chunk of every message, with a pause after so many."""
    wrapped = False
    for message in messages(blocks):
        if not source.holds(message.number):
            continue
        chunks.empty = False
        if isinstance(message, Damage):
            chunks.problem(message.rule, message.number, message.message, message.start)
        else:
            wrapped |= _take(message, chunks, framed=frames, wrapped=wrapped)
        if message.number % _AT_ONCE == 0:
            chunks.flush()
            yield
    chunks.flush()
    yield


def _take(message: Message, chunks: Chunks, *, framed: bool, wrapped: bool) -> bool:
    """Hand on the chunk of a message; whether it was another provider's. ``wrapped``: those before were."""
    name, payload = _named(message)
    if name is None:
        complaint = "it does not say of which event it is"
        chunks.problem("message-broken", message.number, complaint, message.payload)
        return False
    value, flaw = parse(payload)
    if value is NOTHING and flaw is not None:
        chunks.problem(flaw.rule, message.number, f"its payload is {flaw.message}", payload)
        return False
    text = inner = None
    if name == "chunk" and type(value) is dict and type(value.get("bytes")) is str:
        try:
            inner = b64decode(value["bytes"], validate=True).strip()
        except (Base64Error, ValueError):
            chunks.problem("message-broken", message.number, "its bytes are not base64", payload)
            return False
        text = inner if inner.startswith(b"{") else None
        more = sorted(value.keys() - {"bytes", "p"})
        if text is not None and more:
            complaint = f"beside another provider's chunk it says {more[0][:40]!r}, which is not read"
            chunks.problem("message-broken", message.number, complaint, payload)
    elif wrapped and type(value) is dict and message.headers.get(":message-type") == "exception":
        named = b'%b"type":%b}' % (b"," if value else b"", json.dumps(name).encode())
        text = b'{"error":%b}' % (payload.rstrip()[:-1] + named)
    handed = b"{%s:%s}" % (json.dumps(name).encode(), payload) if text is None else text
    chunks.take(Framed(handed, message.sent) if framed else handed, message.number)
    return inner is not None and text is not None


def _named(message: Message) -> tuple[str | None, bytes]:
    """What the message is an event of, and its payload as JSON.

    An exception is named as an event is. An error, which no service declares, is an ``error`` as in every
    dialect.
    """
    headers = message.headers
    kind = headers.get(":message-type", "event")
    name: str | bytes | None
    if kind == "error":
        name, said = "error", {"code": ":error-code", "message": ":error-message"}
        payload = json.dumps({key: str(headers.get(header, "")) for key, header in said.items()}).encode()
    else:
        name = headers.get(f":{kind}-type") if kind in ("event", "exception") else None
        payload = message.payload or b"{}"
    return (name if isinstance(name, str) else None), payload
