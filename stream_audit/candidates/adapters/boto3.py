"""boto3: recorded events served to its Bedrock client, parsed by botocore, folded by Amazon's own loop.

boto3 has no fold of its own. What is botocore's here is everything up to the events: it reads the
binary messages, checks their checksums, brings every event to the shape that its model of the service
declares (what that does not know is gone), and raises exceptions that come inside the stream. The loop
over the events is the one that Amazon's guide to tools shows, and that many programs have: it begins a
tool at ``contentBlockStart``, adds pieces of text and input, files either away at ``contentBlockStop``
and parses the input there. To that it adds the usage, as the guide's example of streaming reads it from
``metadata``. Recordings of ``InvokeModelWithResponseStream`` are served to that operation.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from ._aws_event_stream import WRAPPED, is_wrapped
from ._provider import Provider

# Nothing of its user's own settings may decide what comes out; nor need there be any.
for _name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_BEARER_TOKEN_BEDROCK"):
    os.environ.pop(_name, None)
for _name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
    os.environ[_name] = os.devnull

DIALECTS = ("bedrock-converse",)
_OPERATIONS = ("ConverseStream", "InvokeModelWithResponseStream")
_provider = Provider()


class Raw(io.BytesIO):
    """A response's body as botocore reads it."""

    def stream(self) -> Iterator[bytes]:
        """All of it."""
        yield self.read()


def version() -> str:
    """Its version, which botocore's follows."""
    return str(boto3.__version__)


def prepare() -> None:
    """Make the client, which reads a model of the service, before any fold's time runs."""
    _client()


def fold(chunks: list[dict[str, Any]], dialect: str) -> dict[str, Any]:
    """Stream the events through the client; what the loop keeps of them."""
    _provider.play(chunks, dialect)
    loop = Loop()
    for event in _events(chunks):
        loop.take(event)
    return loop.answer


class Loop:
    """The loop of Amazon's guide, with what it keeps between two events."""

    def __init__(self) -> None:
        self.content: list[dict[str, Any]] = []
        self.message: dict[str, Any] = {"content": self.content}
        self.answer: dict[str, Any] = {"message": self.message, "stopReason": None, "usage": None}
        self.text = ""
        self.tool: dict[str, Any] = {}

    def take(self, event: dict[str, Any]) -> None:
        """Take one event."""
        if "messageStart" in event:
            self.message["role"] = event["messageStart"]["role"]
        elif "contentBlockStart" in event:
            start = event["contentBlockStart"]["start"]["toolUse"]
            self.tool = {"toolUseId": start["toolUseId"], "name": start["name"]}
        elif "contentBlockDelta" in event:
            self.grow(event["contentBlockDelta"]["delta"])
        elif "contentBlockStop" in event:
            self.content.append(self.block())
        elif "messageStop" in event:
            self.answer["stopReason"] = event["messageStop"]["stopReason"]
        elif "usage" in event.get("metadata", ()):
            self.answer["usage"] = event["metadata"]["usage"]

    def grow(self, delta: dict[str, Any]) -> None:
        """Take one piece of text or of a tool's input."""
        if "toolUse" in delta:
            self.tool["input"] = self.tool.get("input", "") + delta["toolUse"]["input"]
        elif "text" in delta:
            self.text += delta["text"]

    def block(self) -> dict[str, Any]:
        """The block that has stopped: a tool if there was input, else text."""
        if "input" in self.tool:
            tool, self.tool = self.tool, {}
            return {"toolUse": {**tool, "input": json.loads(tool["input"])}}
        text, self.text = self.text, ""
        return {"text": text}


def _events(chunks: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The events that the client gives out."""
    if not _wrapped(chunks):
        yield from _client().converse_stream(modelId="recorded", messages=[])["stream"]
        return
    stream = _client().invoke_model_with_response_stream(modelId="recorded", body=b"{}")["body"]
    yield from (json.loads(event["chunk"]["bytes"]) for event in stream)


def _wrapped(chunks: list[dict[str, Any]]) -> bool:
    return is_wrapped(chunks) or f":event-type\7\0\5{WRAPPED}".encode() in _provider.body


@cache
def _client() -> Any:
    client = boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url="http://recorded.invalid",
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(retries={"total_max_attempts": 1}),
    )
    for operation in _OPERATIONS:
        client.meta.events.register(f"before-send.bedrock-runtime.{operation}", _answer)
    return client


def _answer(request: Any, **_: Any) -> AWSResponse:
    """The recorded stream in place of a response from the network."""
    headers = {"content-type": _provider.content_type}
    return AWSResponse(request.url, 200, headers, Raw(_provider.body))
