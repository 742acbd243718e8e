"""Shapes of a stream's frame: choices, names, how it ends, what stands beside the answer."""

from __future__ import annotations

from typing import Any

from stream_audit.model import Response
from stream_audit.model.tag import Tag
from stream_audit.tags.marks import Marks
from stream_audit.tags.saying import ABSENT, Said, Saying

__all__ = ["TAGS", "Endings"]

TAGS: tuple[Tag, ...] = (
    Tag(
        "text-in-finish-chunk",
        "text in the chunk with the finish reason",
        ("mixed-delta-field-lost", "finish-early-exit"),
        "finish-in-delta",
    ),
    Tag("chunks-behind-finish", "chunks behind the finish reason", ("finish-early-exit",), "finish"),
    Tag(
        "finish-repeated",
        "the finish reason in more than one chunk",
        ("metadata-string-concat", "finish-emitted-twice"),
        "finish",
    ),
    Tag(
        "finish-at-a-limit",
        "an answer ended by a limit or a filter",
        ("finish-incomplete-mapping", "finish-not-surfaced"),
        "finish",
    ),
    Tag("done-absent", "no [DONE] at the end", ("truncation-undetected",), "done"),
    Tag(
        "stream-cut-off",
        "no end of the dialect's own",
        ("truncation-undetected", "finish-fabricated-on-truncation", "usage-lost-on-abort"),
        "stream",
        noted=("truncation-undetected",),
    ),
    Tag("choices-empty", "a chunk without any choice", ("choices-empty-chunk",), "choices"),
    Tag(
        "choices-empty-first",
        "a first chunk without any choice",
        ("role-lost-with-first-chunk", "choices-empty-chunk"),
        "choices",
    ),
    Tag(
        "choices-several",
        "two answers or more in one stream",
        ("choices-n-merged", "choices-first-only"),
        "choices",
    ),
    Tag(
        "choice-not-in-order",
        "a choice whose index is not its place",
        ("choices-index-as-position",),
        "choices",
    ),
    Tag("choice-without-delta", "a choice without a delta", ("delta-missing",), "choices"),
    Tag("id-starts-empty", "an empty id or model before the real one", ("id-empty-preamble",), "names"),
    Tag(
        "names-repeated",
        "id or model in more than one chunk",
        ("metadata-string-concat", "metadata-int-summed"),
        "names",
    ),
    Tag("tier-or-fingerprint", "a service tier or a fingerprint", ("fingerprint-tier-lost",), "names"),
    Tag("logprobs", "log probabilities", ("logprobs-last-only",), "logprobs"),
    Tag("refusal", "a refusal", ("refusal-dropped",), "refusal"),
    Tag("audio", "audio", ("audio-overwritten",), "audio"),
    Tag("citations", "citations", ("citations-dropped",), "citations"),
    Tag("citation-repeated", "a citation that was there before", ("citations-duplicated",), "citations"),
    Tag(
        "unknown-fields", "fields that no rule of the dialect reads", ("extension-fields-dropped",), "stream"
    ),
    Tag(
        "equal-chunks",
        "a chunk that equals the one before, byte for byte",
        ("events-duplicated", "content-delta-as-cumulative"),
        "stream",
    ),
)

LIMITS = frozenset(
    (
        *("length", "content_filter", "content-filter", "max_tokens", "model_context_window_exceeded"),
        *("refusal", "pause_turn", "guardrail_intervened", "content_filtered", "max_output_tokens"),
        *("MAX_TOKENS", "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "incomplete"),
        *("ERROR_LIMIT", "ERROR_TOXIC", "LANGUAGE", "OTHER", "IMAGE_SAFETY", "MALFORMED_FUNCTION_CALL"),
        *("ERROR", "TIMEOUT"),
    )
)
"""Finish reasons of any dialect that say that the answer is not whole."""


class Endings:
    """Watches the frame of one recording."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._choices: list[Any] = []
        self._finished: dict[Any, Any] = {}
        self._named = self._nameless = False
        self._last = b""
        self._cited: list[Any] = []

    def look(self, said: Said, raw: bytes) -> None:
        """A chunk passes by."""
        mark = self._marks.mark
        if raw == self._last:
            mark("equal-chunks")
        self._last = raw
        if self._finished and len(self._finished) == len(self._choices) and not said.ends:
            mark("chunks-behind-finish")
        if said.choices == 0:
            mark("choices-empty" if self._marks.index else "choices-empty-first")
        self._names(said)
        for saying in said.sayings:
            self._choice(saying)
            self._finish(saying)
            self._beside(saying)

    def end(self, response: Response, line: int, *, complete: bool, done: bool) -> None:
        """No further chunk comes.

        Args:
            response: What all fold into.
            line: Line of the first chunk.
            complete: The dialect's end was seen.
            done: An end marker outside of chunks was read.
        """
        if not complete:
            self._marks.whole("stream-cut-off", self._marks.line)
        if not done:
            self._marks.whole("done-absent", self._marks.line)
        if response.system_fingerprint or response.service_tier:
            self._marks.whole("tier-or-fingerprint", line)
        if _strange(response):
            self._marks.whole("unknown-fields", line)

    def _names(self, said: Said) -> None:
        told = [name for name in (said.id, said.model) if name is not ABSENT]
        if not told:
            return
        if not any(told):
            self._nameless = self._nameless or not self._named
            return
        if self._nameless and not self._named:
            self._marks.mark("id-starts-empty")
        if self._named:
            self._marks.mark("names-repeated")
        self._named = True

    def _choice(self, saying: Saying) -> None:
        if saying.bare:
            self._marks.mark("choice-without-delta")
        if saying.choice in self._choices:
            return
        if self._choices:
            self._marks.mark("choices-several")
        if type(saying.choice) is int and saying.choice != len(self._choices):
            self._marks.mark("choice-not-in-order")
        self._choices.append(saying.choice)

    def _finish(self, saying: Saying) -> None:
        finish, mark = saying.finish, self._marks.mark
        if not isinstance(finish, str) or not finish:
            return
        if saying.choice in self._finished:
            mark("finish-repeated")
        self._finished[saying.choice] = finish
        if finish in LIMITS:
            mark("finish-at-a-limit")
        if isinstance(saying.text, str) and saying.text:
            mark("text-in-finish-chunk")

    def _beside(self, saying: Saying) -> None:
        mark = self._marks.mark
        for name, value in (
            ("logprobs", saying.logprobs),
            ("refusal", saying.refusal),
            ("audio", saying.audio),
        ):
            if value:
                mark(name)
        for citation in saying.citations:
            mark("citations")
            if citation in self._cited:
                mark("citation-repeated")
            elif len(self._cited) < 1_000:  # of more, nobody needs to know which was there before
                self._cited.append(citation)


def _strange(response: Response) -> bool:
    """Whether anything in it is known by no rule of its dialect."""
    messages = [choice.message for choice in response.choices]
    return bool(
        response.extra
        or any(choice.extra for choice in response.choices)
        or any(message.extra for message in messages)
        or any(call.extra for message in messages for call in message.tool_calls)
    )
