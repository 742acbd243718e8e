"""Suspects that get the texts of a response wrong: answers, refusals, reasoning.

The trap they share: every text is sent twice and more, in deltas and whole.
Code that counts both, or waits for the one that a server does not send, is
right with the server it was written for.
"""

from __future__ import annotations

from typing import Any

from stream_audit.suspects.openai_responses.textbook import TextbookResponses
from stream_audit.suspects.openai_responses.textbook_item import Item, Place, says_nothing
from stream_audit.suspects.openai_responses.textbook_response import joined

__all__ = ["RESPONSES_TEXTS"]

TEXT = ("content", "refusal", "reasoning", "parts")
EVERY_ITEM = (*TEXT, "tool_calls", "annotations", "logprobs")


class WholeTextAppended(TextbookResponses):
    """Appends the text of ``response.output_text.done`` to the deltas that it repeats.

    In the wild: ``text += getattr(event, "delta", None) or getattr(event, "text", "")`` over all events.
    The answer is there twice, and so it goes into the history.
    """

    name = "whole-text-appended"
    failure = "snapshot-plus-delta-double"
    kin = ("reads-until-text-done",)
    touches = TEXT
    sources = (
        "https://github.com/get-convex/agent/pull/281",
        "https://github.com/zhukunpenglinyutong/jetbrains-cc-gui/pull/1205",
    )

    def see_whole_text(self, item: Item, place: Place, whole: str, *, closing: bool) -> None:
        if place[0] in ("content", "summary"):
            self.append(item, place, whole)
        else:
            super().see_whole_text(item, place, whole, closing=closing)


class WholeTextsIgnored(TextbookResponses):
    """Listens to deltas alone; a text that comes only whole is lost.

    In the wild: one branch for ``response.output_text.delta`` and ``pass`` for the rest. Servers that do not
    stream send an item with its text, and the answer is empty.
    """

    name = "whole-texts-ignored"
    failure = "stream-vs-nonstream"
    touches = ("content", "parts")
    sources = ("https://github.com/vllm-project/agentic-api/issues/62",)

    def see_whole_text(self, item: Item, place: Place, whole: str, *, closing: bool) -> None:
        if place[0] != "content" or item.type != "message":
            super().see_whole_text(item, place, whole, closing=closing)

    def lay_entry(self, item: Item, name: str, index: int, entry: dict[str, Any], *, closing: bool) -> None:
        if name == "content" and entry.get("type") == "output_text":
            entry = {**entry, "text": ""}
        super().lay_entry(item, name, index, entry, closing=closing)


class ClosingOutputTrusted(TextbookResponses):
    """Takes the output of the closing event for the answer, also when it is empty.

    In the wild: ``if event.response.output is not None: message = event.response.output``. Gateways close
    with ``"output": []``, and the answer is gone in the moment it is complete.
    """

    name = "closing-output-trusted"
    failure = "terminal-snapshot-wipes"
    touches = EVERY_ITEM
    sources = (
        "https://github.com/open-webui/open-webui/pull/27800",
        "https://github.com/QuantumNous/new-api/issues/4362",
    )

    def lay_output(self, entries: list[dict[str, Any]], matched: dict[int, Item], *, closing: bool) -> None:
        if closing:
            self.items, matched = {}, {}
        super().lay_output(entries, matched, closing=closing)


class ClosingTextWins(TextbookResponses):
    """Puts the whole text of a later event in the place of the deltas that say something else.

    In the wild: ``snapshot.text = event.text`` where a text is done. A server that closes after the last
    token with that token alone leaves one word of the answer.
    """

    name = "closing-text-wins"
    failure = "terminal-snapshot-disagrees"
    kin = ("closing-output-trusted",)
    touches = (*TEXT, "tool_calls")
    sources = (
        "https://github.com/vllm-project/vllm/pull/30223",
        "https://github.com/diegosouzapw/OmniRoute/issues/13693",
    )

    def on_disagreement(self, item: Item, place: Place, whole: str, *, closing: bool) -> None:
        if closing:
            del item.streamed[place]
            item.show(place, whole)


class FirstPartOnly(TextbookResponses):
    """Reads ``output[0].content[0].text`` and nothing after it.

    In the wild: the first example of a quickstart. Reasoning models put an item before the message, and an
    answer may have several parts.
    """

    name = "first-part-only"
    failure = "content-parts-first-only"
    touches = ("content",)
    sources = ("https://github.com/LibreChat-AI/agents/pull/350",)

    def content(self) -> str | None:
        return joined(self.entries_of_type("content", "output_text")[:1], "text")


class LastMessageOnly(TextbookResponses):
    """Starts the answer anew with every message, so that only the last one is left.

    In the wild: ``text = ""`` in the branch for ``response.output_item.added``. What the model said before
    it called a tool of the provider is gone.
    """

    name = "last-message-only"
    failure = "content-parts-first-only"
    kin = ("first-part-only",)
    touches = ("content",)
    sources = ("https://github.com/LibreChat-AI/agents/pull/350",)

    def content(self) -> str | None:
        messages = [item for item in self.in_order() if item.type == "message"]
        entries = [entry for item in messages[-1:] for entry in item.entries("content")]
        return joined([entry for entry in entries if entry.get("type") == "output_text"], "text")


class BlankDeltasDropped(TextbookResponses):
    """Skips deltas that are only blanks or line ends.

    In the wild: ``if not event.delta.strip(): continue``, to be rid of empty deltas. Words and paragraphs
    run together.
    """

    name = "blank-deltas-dropped"
    failure = "content-whitespace-dropped"
    touches = (*TEXT, "tool_calls")
    sources = (
        "https://github.com/BerriAI/litellm/issues/14106",
        "https://github.com/microsoft/Agents-for-js/pull/997",
    )

    def append(self, item: Item, place: Place, delta: str) -> None:
        super().append(item, place, delta if delta.strip() else "")


class EqualDeltasDropped(TextbookResponses):
    """Takes a delta that is equal to the one before for the same delta.

    In the wild: ``if event.delta == last: continue``, against servers that send events again. "knock knock"
    becomes "knock". What is sent again has the same number, and real repetition has not.
    """

    name = "equal-deltas-dropped"
    failure = "content-delta-as-cumulative"
    touches = (*TEXT, "tool_calls")
    sources = (
        "https://github.com/d-kuro/kirocc/issues/112",
        "https://github.com/agno-agi/agent-ui/pull/151",
    )

    def append(self, item: Item, place: Place, delta: str) -> None:
        before = item.streamed[place].deltas[-1:] if place in item.streamed else []
        super().append(item, place, "" if before == [delta] else delta)


class RefusalDeltasDropped(TextbookResponses):
    """Does not know that a model may refuse; the message comes out empty.

    In the wild: branches for ``output_text`` only. The user sees nothing, and no reason for it.
    """

    name = "refusal-deltas-dropped"
    failure = "refusal-dropped"
    touches = ("refusal",)
    sources = (
        "https://github.com/openai/openai-python/pull/3387",
        "https://github.com/BerriAI/litellm/issues/39203",
    )

    def refusal(self) -> str | None:
        return None


class SummaryIntoAnswer(TextbookResponses):
    """Puts the summary of the reasoning into the answer.

    In the wild: ``if event.type.endswith("text.delta"): text += event.delta``.
    """

    name = "summary-into-answer"
    failure = "reasoning-leaks-into-content"
    touches = ("content", "reasoning")
    sources = ("https://github.com/farion1231/cc-switch/pull/6319",)

    def content(self) -> str | None:
        said = [self.summary_of(item) or "" for item in self.in_order()]
        answer = super().content()
        return "".join([*said, answer or ""]) if any(said) else answer

    def summary_of_all(self) -> list[str]:
        return [summary for item in self.in_order() if (summary := self.summary_of(item))]

    def reasoning(self) -> str | None:
        return None if self.summary_of_all() else super().reasoning()


class ReasoningTextMissed(TextbookResponses):
    """Reads summaries of reasoning alone; servers of open models send the reasoning itself.

    In the wild: a branch for ``response.reasoning_summary_text.delta`` and none for
    ``response.reasoning_text.delta``, because OpenAI sends no such event.
    """

    name = "reasoning-text-missed"
    failure = "reasoning-field-alias-missed"
    touches = ("reasoning",)
    sources = ("https://github.com/diegosouzapw/OmniRoute/issues/13620",)

    def thoughts_of(self, item: Item) -> str | None:
        return None


class SummaryBesideText(TextbookResponses):
    """Joins the reasoning and the summary that retells it.

    In the wild: both deltas are appended to one string. The model's thoughts go into the history twice.
    """

    name = "summary-beside-text"
    failure = "reasoning-duplicated"
    kin = ("reasoning-text-missed", "summary-into-answer")
    touches = ("reasoning",)
    sources = ("https://github.com/maximhq/bifrost/issues/6427",)

    def reasoning_of(self, item: Item) -> str | None:
        text, summary = self.thoughts_of(item), self.summary_of(item)
        return None if text is None and summary is None else (text or "") + (summary or "")


class ReasoningDoneIgnored(TextbookResponses):
    """Knows the reasoning that came in deltas, and not what an item has only when it is done.

    In the wild: ``reasoning += event.delta``, and the item that ends it is thrown away. Not every server
    streams its summaries.
    """

    name = "reasoning-done-ignored"
    failure = "reasoning-only-in-done-event"
    kin = ("summary-into-answer",)
    touches = ("reasoning",)
    sources = ("https://github.com/diegosouzapw/OmniRoute/pull/5832",)

    def reasoning_of(self, item: Item) -> str | None:
        streamed = any(place[0] in ("content", "summary") for place in item.streamed)
        return super().reasoning_of(item) if streamed else None


class LogprobsReplaced(TextbookResponses):
    """Keeps the log probabilities of the last delta.

    In the wild: ``part.logprobs = event.logprobs``, copied from where the text is done.
    """

    name = "logprobs-replaced"
    failure = "logprobs-last-only"
    touches = ("logprobs", "parts")
    sources = ("https://github.com/Menci/Floway/issues/481",)

    def take_logprobs(self, item: Item, entry: int, logprobs: Any) -> None:
        if not says_nothing(logprobs):
            item.logprobs.pop(entry, None)
        super().take_logprobs(item, entry, logprobs)


RESPONSES_TEXTS: tuple[type[TextbookResponses], ...] = (
    WholeTextAppended,
    WholeTextsIgnored,
    ClosingOutputTrusted,
    ClosingTextWins,
    FirstPartOnly,
    LastMessageOnly,
    BlankDeltasDropped,
    EqualDeltasDropped,
    RefusalDeltasDropped,
    SummaryIntoAnswer,
    ReasoningTextMissed,
    SummaryBesideText,
    ReasoningDoneIgnored,
    LogprobsReplaced,
)
