"""A provider that is not there: it answers every request of an SDK with the recorded stream.

For the adapters beside it: the library under audit and its SDK do all they do in
production but for the network. What they read is the recorded stream itself, byte
for byte, where the recording has it; else the recorded JSON texts, framed as the
dialect's providers do. Standard library only; runs in the candidate's process.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

from . import _aws_event_stream

NOWHERE: dict[str, Any] = {"api_key": "none", "base_url": "http://recorded.invalid"}
"""What a client needs to be made at all; the address cannot be reached."""

_SSE = "text/event-stream"


def _event(_: Any, text: bytes) -> bytes:
    return b"data: " + text + b"\n\n"


def _named_event(chunk: Any, text: bytes) -> bytes:
    return f"event: {chunk.get('type', 'message')}\n".encode() + _event(chunk, text)


def _line(_: Any, text: bytes) -> bytes:
    return text + b"\n"


class Framing:
    """How the providers of a dialect send chunks.

    Args:
        content_type: What the response says it is.
        frame: A chunk and its JSON text to the bytes it is sent in.
        end: What is sent behind the last chunk.
    """

    def __init__(
        self, content_type: str = _SSE, frame: Callable[[Any, bytes], bytes] = _event, end: bytes = b""
    ) -> None:
        self.content_type = content_type
        self.frame = frame
        self.end = end

    def frames(self, chunks: list[Any], texts: list[bytes]) -> list[bytes]:
        """The bytes that each chunk is sent in; a JSON text that was printed over several lines, in one."""
        return [self.frame(chunk, b" ".join(text.splitlines())) for chunk, text in zip(chunks, texts)]

    def carries(self, data: bytes) -> bool:
        """Whether recorded bytes were sent like this: one model is served by several providers."""
        return not _aws_event_stream.is_message(data)


class _Lines(Framing):
    """One JSON text a line."""

    def __init__(self) -> None:
        super().__init__("application/x-ndjson", _line)

    def carries(self, data: bytes) -> bool:
        return data.lstrip().startswith(b"{")


class _AwsEventStream(Framing):
    """How Amazon sends chunks."""

    def __init__(self) -> None:
        super().__init__(_aws_event_stream.CONTENT_TYPE)

    def frames(self, chunks: list[Any], texts: list[bytes]) -> list[bytes]:
        return _aws_event_stream.messages(chunks, texts)

    def carries(self, data: bytes) -> bool:
        return _aws_event_stream.is_message(data)


_DONE = b"data: [DONE]\n\n"
_PLAIN = Framing(end=_DONE)
_FRAMINGS = {
    "anthropic-messages": Framing(frame=_named_event),
    "bedrock-converse": _AwsEventStream(),
    "cohere-v2": Framing(frame=_named_event, end=_DONE),
    "gemini": Framing(),
    "ollama": _Lines(),
    "openai-responses": Framing(frame=_named_event),
}
"""Dialects that are sent otherwise than as plain events with ``[DONE]`` behind them."""


class Provider:
    """Plays recorded chunks to the clients of SDKs."""

    def __init__(self) -> None:
        self.content_type = _SSE
        self.body = b""

    def play(self, chunks: list[dict[str, Any]], dialect: str) -> None:
        """Answer with these chunks from now on.

        Args:
            chunks: As the adapter's fold got them: the list knows what its chunks were sent as.
            dialect: Decides the framing where the recording does not know it.
        """
        framing = _FRAMINGS.get(dialect, _PLAIN)
        self.content_type = framing.content_type
        frames = getattr(chunks, "frames", None)
        if frames is None or not framing.carries(b"".join(frames[:1])):
            texts = getattr(chunks, "texts", None) or [json.dumps(chunk).encode() for chunk in chunks]
            frames = framing.frames(chunks, texts)
            ended = False
        else:
            ended = chunks.whole  # type: ignore[attr-defined]
        self.body = b"".join(frames) + (b"" if ended else framing.end)

    def http(self, sdk: str, *, asynchronous: bool = False) -> Any:
        """An HTTP client for the client of an SDK, of the library that its version is built on."""
        maker = importlib.import_module(sdk).DefaultHttpxClient
        names = (kind.__module__.partition(".")[0] for kind in maker.__mro__)
        return self.client(
            next(name for name in names if name.startswith("httpx")), asynchronous=asynchronous
        )

    def client(self, library: str = "httpx", *, asynchronous: bool = False) -> Any:
        """An HTTP client of that library (``httpx`` or one made like it)."""
        module = importlib.import_module(library)
        made = module.AsyncClient if asynchronous else module.Client
        return made(transport=self.transport(library))

    def transport(self, library: str = "httpx") -> Any:
        """What such a client sends its requests by, for SDKs that make their clients themselves."""
        module = importlib.import_module(library)

        def answer(_: Any) -> Any:
            return module.Response(200, headers={"content-type": self.content_type}, content=self.body)

        return module.MockTransport(answer)
