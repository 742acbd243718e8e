"""The textbook fold of ``ai-sdk-ui``: ``docs/folding/ai-sdk-ui.md``, sentence by sentence.

Plain on purpose, to be checked by eye. Every step is a small method, so that a
suspect can get exactly one of them wrong.

The surprising rule: a text's id is good until the text is ended. The same id behind
that is another part.
"""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.model import Payload
from stream_audit.suspects.ai_sdk_ui.textbook_message import MessageSoFar, PartSoFar, laid_over
from stream_audit.suspects.ai_sdk_ui.textbook_table import keys_of, names_a_type, said_by
from stream_audit.suspects.every_dialect import fold_usage

__all__ = ["TextbookUI"]

WHOLE = ("custom", "source-url", "source-document", "file", "reasoning-file", "steering-message")
"""Parts that come in one chunk, besides the application's own."""


class TextbookUI(MessageSoFar):
    """One message, chunk by chunk."""

    name: ClassVar[str] = "textbook-ai-sdk-ui"
    dialects: ClassVar[tuple[str, ...]] = ("ai-sdk-ui",)
    failure: ClassVar[str] = ""
    touches: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    kin: ClassVar[tuple[str, ...]] = ()
    widespread: ClassVar[bool] = False

    def add(self, payload: Payload) -> None:
        """Fold one chunk, or keep what is none."""
        name = names_a_type(payload)
        if name is None:
            self.on_stranger(payload)
            return
        required, optional = keys_of(name)
        if not all(payload.get(key) is not None and said_by(key, payload[key]) for key in required):
            self.keep(payload)
            return
        said = {}
        for key, value in payload.items():
            if key in (*required, *optional) and (value is None or said_by(key, value)):
                said[key] = value
            elif key != "type":
                self.extra.keep(key, value)
        self.on_chunk(name, {key: value for key, value in said.items() if value is not None})

    def on_stranger(self, payload: Payload) -> None:
        """An object of no known type is kept whole."""
        self.extra.keep_unknown(payload, frozenset())

    def keep(self, said: dict[str, Any]) -> None:
        """A chunk that does nothing: what it says is kept."""
        self.extra.keep_unknown(said, frozenset({"type"}))

    def on_chunk(self, name: str, said: dict[str, Any]) -> None:
        """Do what the chunk says."""
        if name.startswith("data-"):
            self.on_data(name, said)
        elif name.startswith("tool-"):
            self.on_tool_chunk(name, said)
        elif name.endswith("-step"):
            self.on_step(name)
        elif name in WHOLE:
            self.on_whole_part(name, said)
        elif name.startswith(("text-", "reasoning-")):
            kind, _, what = name.partition("-")
            self.on_text_chunk(kind, what, said)
        else:
            self.on_message_chunk(name, said)

    def on_text_chunk(self, kind: str, what: str, said: dict[str, Any]) -> None:
        """A text begins, goes on or ends."""
        match what:
            case "start":
                self.open_text(kind, said)
            case "delta":
                self.on_delta(kind, said)
            case "end":
                self.on_text_end(kind, said)

    def on_tool_chunk(self, name: str, said: dict[str, Any]) -> None:
        """A call begins, goes on, or comes to something."""
        match name:
            case "tool-input-delta":
                self.on_input_delta(said)
            case "tool-input-start" | "tool-input-available" | "tool-input-error":
                self.on_input(name, said)
            case "tool-approval-response":
                self.on_approval(said)
            case _:
                self.on_outcome(name, said)

    def on_message_chunk(self, name: str, said: dict[str, Any]) -> None:
        """Something about the message as a whole."""
        match name:
            case "start":
                self.on_start(said)
            case "message-metadata":
                self.on_metadata(said)
            case "finish":
                self.on_finish(said)
            case "abort":
                self.extra.keep("reason", said.get("reason"))
            case "error":
                self.on_error(said)

    def on_step(self, name: str) -> None:
        """A step begins or is done again; that it is over says nothing."""
        match name:
            case "start-step":
                self.parts.append(PartSoFar({"type": "step-start"}))
            case "reset-step":
                self.on_reset_step()

    # ---------------------------------------------------------------- the message

    def on_start(self, said: dict[str, Any]) -> None:
        """The message begins, or another stream is merged into it."""
        self.id = self.id or said.get("messageId") or None
        self.is_over = False
        self.on_metadata(said)

    def on_metadata(self, said: dict[str, Any]) -> None:
        """What is said of the message as a whole, usage among it."""
        metadata = said.get("messageMetadata")
        if metadata is None:
            return
        self.metadata = self.with_metadata(metadata)
        report = next(
            (metadata[key] for key in ("totalUsage", "usage") if isinstance(metadata.get(key), dict)), None
        )
        if report is not None:
            self.usage = self.with_usage(report)

    def with_metadata(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """The metadata so far with more laid over it."""
        return laid_over(self.metadata or {}, metadata)

    def with_usage(self, report: dict[str, Any]) -> dict[str, Any]:
        """The usage so far with a report laid over it."""
        return fold_usage(self.usage or {}, report)

    def on_finish(self, said: dict[str, Any]) -> None:
        """The answer is over, or a stream that was merged into it; its first reason counts."""
        if not self.is_over or self.finish_reason is None:
            self.finish_reason = said.get("finishReason") or self.finish_reason
        self.is_over = True
        self.on_metadata(said)

    def on_error(self, said: dict[str, Any]) -> None:
        """The first error counts."""
        self.error = self.error or {"message": said["errorText"]}

    # ---------------------------------------------------------------- steps and whole parts

    def on_reset_step(self) -> None:
        """The step is done again: what it said is gone."""
        for _ in self.step():
            self.parts.pop()
        self.active.clear()
        self.started.clear()

    def on_whole_part(self, name: str, said: dict[str, Any]) -> None:
        """A part in one chunk."""
        self.parts.append(PartSoFar({"type": name, **said}))

    def on_data(self, name: str, said: dict[str, Any]) -> None:
        """A part of the application's own, or what is new in it."""
        if said.get("transient"):
            return
        fields = {key: value for key, value in said.items() if key != "transient"}
        before = self.data_part(name, fields.get("id"))
        if before is None:
            self.parts.append(PartSoFar({"type": name, **fields}))
        else:
            before.fields.pop("data", None)
            before.fields.update(fields)

    def data_part(self, name: str, identity: str | None) -> PartSoFar | None:
        """The part that a data part replaces."""
        alike = (
            part
            for part in self.parts
            if identity is not None and part.type == name and part.fields.get("id") == identity
        )
        return next(alike, None)

    # ---------------------------------------------------------------- texts

    def open_text(self, kind: str, said: dict[str, Any]) -> PartSoFar:
        """A text begins."""
        named = {"id": said["id"]} if kind == "reasoning" else {}
        part = PartSoFar({"type": kind, **named, "text": "", "state": "streaming"}, said["id"])
        self.on_provider(part, said)
        self.active[kind, said["id"]] = part
        self.parts.append(part)
        return part

    def on_delta(self, kind: str, said: dict[str, Any]) -> None:
        """A text goes on."""
        part = self.text_of(kind, said["id"]) or self.open_text(kind, said)
        self.append(part, said["delta"])
        self.on_provider(part, said)

    def text_of(self, kind: str, identity: str) -> PartSoFar | None:
        """The text that is being written under an id."""
        return self.active.get((kind, identity))

    def append(self, part: PartSoFar, delta: str) -> None:
        """One more piece."""
        part.pieces.append(delta)

    def on_text_end(self, kind: str, said: dict[str, Any]) -> None:
        """A text is over."""
        part = self.active.pop((kind, said["id"]), None)
        if part is not None:
            part.fields["state"] = "done"
            self.say(part, said, {"citations"})
            self.on_provider(part, said)

    def on_provider(self, part: PartSoFar, said: dict[str, Any]) -> None:
        """What the provider adds replaces what it added before."""
        if "providerMetadata" in said:
            part.fields["providerMetadata"] = said["providerMetadata"]

    # ---------------------------------------------------------------- tool calls

    def on_input(self, name: str, said: dict[str, Any]) -> None:
        """A call is started, or its input is there, or wrong."""
        part = self.call_in_step(said["toolCallId"]) or self.open_call(said)
        if said["toolName"] not in ("", part.tool_name):
            self.extra.keep("toolName", said["toolName"])
        for key in ("input", "inputEncoding", "output", "errorText", "preliminary"):
            part.fields.pop(key, None)
        part.is_whole = name != "tool-input-start"
        match name:
            case "tool-input-start":
                part.fields["state"] = "input-streaming"
                part.pieces = []
                self.started[said["toolCallId"]] = part
            case "tool-input-available":
                part.fields["state"] = "input-available"
            case "tool-input-error":
                part.fields["state"] = "output-error"
                said = {key: value for key, value in said.items() if key != "title"}
        self.say(part, said, {"title", "toolMetadata", "providerExecuted", "inputEncoding"})
        self.say(part, said, {"input", "errorText"})
        if "providerMetadata" in said:
            whose = "resultProviderMetadata" if name == "tool-input-error" else "callProviderMetadata"
            part.fields[whose] = said["providerMetadata"]

    def open_call(self, said: dict[str, Any]) -> PartSoFar:
        """A call that the step does not have."""
        if said.get("dynamic"):
            fields = {"type": "dynamic-tool", "toolName": said["toolName"]}
        else:
            fields = {"type": f"tool-{said['toolName']}"}
        part = PartSoFar({**fields, "toolCallId": said["toolCallId"]})
        self.parts.append(part)
        return part

    def on_input_delta(self, said: dict[str, Any]) -> None:
        """A piece of the input of a call that was started."""
        part = self.started.get(said["toolCallId"])
        if part is None or part.is_whole:
            self.keep(said)
        else:
            part.pieces.append(said["inputTextDelta"])

    def call_in_step(self, identity: str) -> PartSoFar | None:
        """The call of an id in the step."""
        return next((part for part in self.step() if part.fields.get("toolCallId") == identity), None)

    def call_anywhere(self, identity: str) -> PartSoFar | None:
        """The call of an id in the step, else the last one before."""
        before = [part for part in self.parts if part.fields.get("toolCallId") == identity]
        return self.call_in_step(identity) or (before[-1] if before else None)

    def on_outcome(self, name: str, said: dict[str, Any]) -> None:
        """What came of a call."""
        part = self.call_anywhere(said["toolCallId"])
        if part is None:
            self.keep(said)
        elif name == "tool-output-denied":
            part.fields["state"] = "output-denied"
        elif name == "tool-approval-request":
            part.fields["state"] = "approval-requested"
            part.fields["approval"] = self.asked(said)
        else:
            self.on_output(part, name, said)

    def asked(self, said: dict[str, Any]) -> dict[str, Any]:
        """What somebody is asked to approve."""
        approval = {"id": said["approvalId"]}
        for key in ("approvalDescriptor", "inputSchemaInput", "reason", "signature"):
            name = {"approvalDescriptor": "descriptor", "reason": "requestReason"}.get(key, key)
            if key in said:
                approval[name] = said[key]
        if said.get("isAutomatic"):
            approval["isAutomatic"] = True
        return approval

    def on_output(self, part: PartSoFar, name: str, said: dict[str, Any]) -> None:
        """An output, or why there is none."""
        for key in ("output", "errorText", "preliminary"):
            part.fields.pop(key, None)
        part.fields["state"] = name.removeprefix("tool-")
        self.say(part, said, {"output", "errorText", "preliminary", "providerExecuted", "toolMetadata"})
        if "providerMetadata" in said:
            part.fields["resultProviderMetadata"] = said["providerMetadata"]

    def on_approval(self, said: dict[str, Any]) -> None:
        """Somebody allowed a call, or did not."""
        asked = [part for part in self.parts if "approval" in part.fields]
        part = next((one for one in asked if one.fields["approval"]["id"] == said["approvalId"]), None)
        if part is None:
            self.keep(said)
            return
        part.fields["state"] = "approval-responded"
        answer = {key: said[key] for key in ("approved", "reason") if key in said}
        part.fields["approval"] = {**part.fields["approval"], **answer}
        self.say(part, said, {"providerExecuted"})
        if "providerMetadata" in said:
            part.fields["callProviderMetadata"] = said["providerMetadata"]

    def say(self, part: PartSoFar, said: dict[str, Any], keys: set[str]) -> None:
        """Set what is said of a part."""
        for key in said:  # In its order: a set has another one in each process.
            if key in keys:
                part.fields[key] = said[key]
