"""What each chunk of a UI message stream says about its message.

Handlers get what a chunk says by the table, and nothing else: what is unknown or
of a wrong type was noted and kept before they are called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stream_audit.dialects.ai_sdk_ui.metadata import lay_over, report_in
from stream_audit.dialects.ai_sdk_ui.parts import CallPart, Part, TextPart
from stream_audit.dialects.noting import Noting
from stream_audit.dialects.text import Text
from stream_audit.dialects.unknown import Unknown
from stream_audit.dialects.usage_fields import fold_usage
from stream_audit.model import Policies

__all__ = ["HANDLERS", "UIMessage"]

Said = dict[str, Any]
"""What a chunk says: its keys by the table, absent ones left out."""

_ALWAYS = frozenset(("start", "finish", "abort", "error", "message-metadata"))
"""Types that may stand behind ``finish``; data parts too."""
_OUTCOME = ("output", "errorText", "preliminary", "providerExecuted", "toolMetadata")
_APPROVAL = {
    "approvalDescriptor": "descriptor",
    "inputSchemaInput": "inputSchemaInput",
    "reason": "requestReason",
    "signature": "signature",
}
"""Keys of a request to their names in the part's ``approval``."""


class UIMessage:
    """The state of one message, and the rules by which a chunk changes it."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._noting = Noting()
        self.notes = self._noting.notes
        self._id: str | None = None
        self._parts: list[Part] = []
        self._step = 0  # position of the first part of the step
        self._active: dict[tuple[str, str], TextPart] = {}
        self._started: dict[str, CallPart] = {}
        self._metadata: dict[str, Any] | None = None
        self._usage: dict[str, Any] | None = None
        self._finished = self._behind = self._aborted = False
        self._finish_reason: str | None = None
        self._error: dict[str, Any] | None = None
        self._extra = Unknown()
        self._text: Text | None = None  # that the last chunk made longer

    def _late(self, name: str) -> None:
        if name not in _ALWAYS and not name.startswith("data-"):
            self._noting.note("events-out-of-order", "", f"{name!r} after 'finish'")

    # ------------------------------------------------------------------ the message

    def _start(self, name: str, said: Said) -> None:
        self._behind = False
        identity = said.get("messageId")
        if identity and self._id is None:
            self._id = identity
        elif identity and identity != self._id:
            self._noting.note("id-changes", "id", f"{identity!r} after {self._id!r}")
            if self._policies.identity == "last":
                self._id = identity
        self._meta(name, said)

    def _meta(self, name: str, said: Said) -> None:
        metadata = said.get("messageMetadata")
        if metadata is None:
            return
        if self._metadata is None:
            self._metadata = {}
        lay_over(self._metadata, metadata)
        report = report_in(metadata)
        if report is not None:
            if self._usage is None:
                self._usage = {}
            fold_usage(self._usage, report[1], self._policies.later_zero)

    def _finish(self, name: str, said: Said) -> None:
        reason, field = said.get("finishReason"), "choices[0].finish_reason"
        if reason == "":
            self._noting.note("finish-empty-string", field, "in 'finish'")
        elif reason and (self._finish_reason is None or not self._behind):
            self._finish_reason = reason
        elif reason and reason != self._finish_reason:
            self._noting.note("finish-emitted-twice", field, f"{reason!r} after {self._finish_reason!r}")
        self._finished = self._behind = True
        self._meta(name, said)

    def _abort(self, name: str, said: Said) -> None:
        self._aborted = True
        self._extra.add("reason", said.get("reason"))

    def _fail(self, name: str, said: Said) -> None:
        if self._error is None:
            self._error = {"message": said["errorText"]}
        self._noting.note("error-event-ignored", "error", said["errorText"] or "unnamed")

    # ------------------------------------------------------------------ steps and whole parts

    def _open(self, part: Part) -> None:
        self._parts.append(part)

    def _start_step(self, name: str, said: Said) -> None:
        self._open(Part({"type": "step-start"}))
        self._step = len(self._parts)

    def _finish_step(self, name: str, said: Said) -> None:
        """Says nothing: another step may run at the same time."""

    def _reset_step(self, name: str, said: Said) -> None:
        del self._parts[self._step :]
        self._active.clear()
        self._started.clear()

    def _whole(self, name: str, said: Said) -> None:
        self._open(Part({"type": name, **said}))

    def _data(self, name: str, said: Said) -> None:
        if said.pop("transient", False):
            return
        identity = said.get("id")
        for part in self._parts if identity is not None else ():
            if part.kind == name and part.fields.get("id") == identity:
                part.fields.pop("data", None)
                part.fields.update(said)
                return
        self._whole(name, said)

    # ------------------------------------------------------------------ texts

    def _start_text(self, name: str, said: Said) -> None:
        kind = name.partition("-")[0]
        if (kind, said["id"]) in self._active:
            self._noting.note("events-duplicated", "", f"{name!r} again for {said['id']!r}")
        self._open_text(kind, said)

    def _open_text(self, kind: str, said: Said) -> TextPart:
        named = {"id": said["id"]} if kind == "reasoning" else {}
        part = TextPart({"type": kind, **named, "text": "", "state": "streaming"})
        self._provide(part, said)
        self._active[kind, said["id"]] = part
        self._open(part)
        return part

    def _delta(self, name: str, said: Said) -> None:
        kind = name.partition("-")[0]
        part = self._active.get((kind, said["id"]))
        if part is None:
            self._noting.note("block-start-missing", "", f"{name!r} for {said['id']!r}")
            part = self._open_text(kind, said)
        part.text.append(said["delta"])
        self._provide(part, said)
        self._text = part.text

    def _end_text(self, name: str, said: Said) -> None:
        part = self._active.pop((name.partition("-")[0], said["id"]), None)
        if part is None:
            self._noting.note("block-start-missing", "", f"{name!r} for {said['id']!r}")
            return
        part.fields["state"] = "done"
        if "citations" in said:
            part.fields["citations"] = said["citations"]
        self._provide(part, said)

    @staticmethod
    def _provide(part: Part, said: Said) -> None:
        if "providerMetadata" in said:
            part.fields["providerMetadata"] = said["providerMetadata"]

    # ------------------------------------------------------------------ tool calls

    def _in_step(self, identity: str) -> CallPart | None:
        for part in self._parts[self._step :]:
            if isinstance(part, CallPart) and part.fields["toolCallId"] == identity:
                return part
        return None

    def _call_of(self, name: str, said: Said) -> CallPart:
        """The part that an input goes to, opened where the step has none of its id."""
        part = self._in_step(said["toolCallId"])
        if part is None:
            part = CallPart(said["toolCallId"], said["toolName"], dynamic=said.get("dynamic", False))
            self._open(part)
        elif name == "tool-input-start":
            self._noting.note("events-duplicated", "", f"{name!r} again for {said['toolCallId']!r}")
        if said["toolName"] and said["toolName"] != part.name:
            self._noting.note("unknown-event", "toolName", f"{said['toolName']!r} for {part.name!r}")
            self._extra.add("toolName", said["toolName"])
        return part

    def _start_call(self, name: str, said: Said) -> None:
        part = self._call_of(name, said)
        part.start({**_about(said), "inputEncoding": said.get("inputEncoding")})
        self._started[said["toolCallId"]] = part

    def _grow_call(self, name: str, said: Said) -> None:
        part = self._started.get(said["toolCallId"])
        if part is None:
            self._homeless(name, said["toolCallId"], said)
        elif part.whole:
            self._noting.note("events-out-of-order", "", f"{name!r} after the input was whole")
            self._extra.keep(said, ())
        else:
            part.text.append(said["inputTextDelta"])
            self._text = part.text

    def _whole_call(self, name: str, said: Said) -> None:
        part = self._call_of(name, said)
        about = {**_about(said), "input": said.get("input")}
        if name == "tool-input-error":
            del about["title"]
            about["resultProviderMetadata"] = about.pop("callProviderMetadata")
            about["errorText"] = said["errorText"]
        part.enter("input-available" if name == "tool-input-available" else "output-error", about)

    def _come_out(self, name: str, said: Said) -> None:
        part = self._in_step(said["toolCallId"]) or next(
            (
                one
                for one in reversed(self._parts)
                if isinstance(one, CallPart) and one.fields["toolCallId"] == said["toolCallId"]
            ),
            None,
        )
        if part is None:
            self._homeless(name, said["toolCallId"], said)
            return
        if name == "tool-output-denied":
            part.say("output-denied", {})
        elif name == "tool-approval-request":
            part.say("approval-requested", {"approval": _approval(said)})
        else:
            for key in ("output", "preliminary", "errorText"):
                part.fields.pop(key, None)
            about = {key: said.get(key) for key in _OUTCOME}
            about["resultProviderMetadata"] = said.get("providerMetadata")
            part.say(name.removeprefix("tool-"), about)

    def _approve(self, name: str, said: Said) -> None:
        asked = (part for part in self._parts if isinstance(part, CallPart))
        for part in asked:
            approval = part.fields.get("approval")
            if approval is not None and approval["id"] == said["approvalId"]:
                answer = {key: said[key] for key in ("approved", "reason") if key in said}
                part.say(
                    "approval-responded",
                    {
                        "approval": {**approval, **answer},
                        "providerExecuted": said.get("providerExecuted"),
                        "callProviderMetadata": said.get("providerMetadata"),
                    },
                )
                return
        self._homeless(name, said["approvalId"], said)

    def _homeless(self, name: str, identity: str, said: Said) -> None:
        self._noting.note("block-start-missing", "", f"{name!r} for {identity!r}")
        self._extra.keep(said, ())


def _about(said: Said) -> Said:
    """What an input says of its call besides the input."""
    return {
        "title": said.get("title"),
        "toolMetadata": said.get("toolMetadata"),
        "providerExecuted": said.get("providerExecuted"),
        "callProviderMetadata": said.get("providerMetadata"),
    }


def _approval(said: Said) -> Said:
    automatic = {"isAutomatic": True} if said.get("isAutomatic") else {}
    told = {_APPROVAL[key]: value for key, value in said.items() if key in _APPROVAL}
    return {"id": said["approvalId"], **told, **automatic}


HANDLERS: dict[str, Callable[[UIMessage, str, Said], None]] = {
    "start": UIMessage._start,
    "text-start": UIMessage._start_text,
    "text-delta": UIMessage._delta,
    "text-end": UIMessage._end_text,
    "reasoning-start": UIMessage._start_text,
    "reasoning-delta": UIMessage._delta,
    "reasoning-end": UIMessage._end_text,
    "tool-input-start": UIMessage._start_call,
    "tool-input-delta": UIMessage._grow_call,
    "tool-input-available": UIMessage._whole_call,
    "tool-input-error": UIMessage._whole_call,
    "tool-approval-request": UIMessage._come_out,
    "tool-approval-response": UIMessage._approve,
    "tool-output-available": UIMessage._come_out,
    "tool-output-error": UIMessage._come_out,
    "tool-output-denied": UIMessage._come_out,
    "custom": UIMessage._whole,
    "source-url": UIMessage._whole,
    "source-document": UIMessage._whole,
    "file": UIMessage._whole,
    "reasoning-file": UIMessage._whole,
    "steering-message": UIMessage._whole,
    "start-step": UIMessage._start_step,
    "finish-step": UIMessage._finish_step,
    "reset-step": UIMessage._reset_step,
    "message-metadata": UIMessage._meta,
    "finish": UIMessage._finish,
    "abort": UIMessage._abort,
    "error": UIMessage._fail,
}
