"""Suspects that get items and events of a response wrong: which belongs to which, and which count.

The trap they share: an event names its item twice, by index and by id, and is
itself numbered. Each of the three fails with some server.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload
from stream_audit.suspects.openai_responses.textbook import TextbookResponses
from stream_audit.suspects.openai_responses.textbook_item import Item, Place, says_nothing

__all__ = ["RESPONSES_ITEMS"]

EVERY_ITEM = ("content", "refusal", "reasoning", "parts", "tool_calls", "annotations", "logprobs")


class ItemsById(TextbookResponses):
    """Looks items up by ``item_id``; an id that nobody announced leads nowhere.

    In the wild: ``items[event.item_id]``. Some gateways make up an id for every event, so no delta finds
    its item.
    """

    name = "items-by-id"
    failure = "item-id-mismatch"
    touches = EVERY_ITEM
    sources = (
        "https://github.com/Wei-Shaw/sub2api/pull/6118",
        "https://github.com/openai/openai-python/pull/3126",
    )

    def item_for(self, payload: Payload, kind: str) -> Item:
        identity = self.name_in(payload, "item_id")
        if identity is None:
            return super().item_for(payload, kind)
        known = [item for item in self.in_order() if item.fields.get("id") == identity]
        return known[0] if known else Item(-1)


class ItemsByPosition(TextbookResponses):
    """Takes ``output_index`` for a position in the list of the items opened so far.

    In the wild: ``snapshot.output[event.output_index]``. Where a server leaves an index out, for an item
    that it does not show, the index is out of range.
    """

    name = "items-by-position"
    failure = "tool-index-as-list-position"
    touches = EVERY_ITEM
    sources = (
        "https://github.com/openai/openai-python/pull/3126",
        "https://github.com/openai/openai-python/pull/3245",
    )

    def item_for(self, payload: Payload, kind: str) -> Item:
        index = self.index_in(payload, "output_index")
        return super().item_for(payload, kind) if index is None else self.in_order()[index]


class DeltasToLastItem(TextbookResponses):
    """Gives every delta to the item that was opened last.

    In the wild: ``current = event.item`` where one is added, and ``current.arguments += event.delta``. When
    two calls are open, the pieces of the first go into the second.
    """

    name = "deltas-to-last-item"
    failure = "tool-fragments-interleaved"
    kin = ("first-part-only", "last-message-only")
    touches = EVERY_ITEM
    sources = ("https://github.com/QwenLM/Qwen-Agent/pull/943",)

    def item_for(self, payload: Payload, kind: str) -> Item:
        return super().item_for(payload, kind) if self.last is None else self.last


class UnannouncedItemDropped(TextbookResponses):
    """Ignores whatever is about an item that no ``response.output_item.added`` announced.

    In the wild: ``item = items.get(event.output_index)`` and ``if item is None: return``. Some servers
    announce the first item only.
    """

    name = "unannounced-item-dropped"
    failure = "block-start-missing"
    kin = ("items-by-position",)
    touches = EVERY_ITEM
    sources = ("https://github.com/vllm-project/agentic-api/issues/62",)

    def open_unannounced(self, index: int | None, seed: dict[str, Any]) -> Item:
        return Item(-1)


class OpenItemDropped(TextbookResponses):
    """Hands over an item where it is done; one that never is, is left out.

    In the wild: ``output.append(event.item)`` in the branch for ``response.output_item.done``. A stream
    that breaks off leaves nothing of the text that was read.
    """

    name = "open-item-dropped"
    failure = "block-stop-missing"
    touches = EVERY_ITEM
    sources = ("https://github.com/maximhq/bifrost/issues/4262",)

    def shown_items(self) -> list[Item]:
        return [item for item in self.in_order() if item.done]


class SentAgainApplied(TextbookResponses):
    """Applies an event that is sent again once more.

    In the wild: a loop over all events that never looks at ``sequence_number``. After a reconnect the end
    of the answer is there twice.
    """

    name = "sent-again-applied"
    failure = "events-duplicated"
    touches = (*EVERY_ITEM, "extra")
    sources = ("https://github.com/diegosouzapw/OmniRoute/pull/5832",)

    def is_sent_again(self, payload: Payload) -> bool:
        super().is_sent_again(payload)
        return False


class LateEventsIgnored(TextbookResponses):
    """Drops every event whose number is not higher than the last.

    In the wild: ``if event.sequence_number <= last: continue``, against events that are sent again. One that
    a relay let fall behind was not sent before, and its text is lost.
    """

    name = "late-events-ignored"
    failure = "events-out-of-order"
    touches = (*EVERY_ITEM, "finish_reason", "extra")
    sources = ("https://github.com/maximhq/bifrost/pull/692",)

    def is_sent_again(self, payload: Payload) -> bool:
        number, highest = payload.get("sequence_number"), self.highest
        late = isinstance(number, int) and highest is not None and number <= highest
        return super().is_sent_again(payload) or late


class GapsOverlooked(TextbookResponses):
    """Goes on with the deltas that it has when numbers say that some are missing.

    In the wild: code that does not read ``sequence_number``. The whole text comes with the item, and half
    of it is stored.
    """

    name = "gaps-overlooked"
    failure = "events-out-of-order"
    kin = ("whole-texts-ignored",)
    touches = EVERY_ITEM
    sources = ("https://github.com/twentyhq/twenty/pull/22484",)

    def on_missing_events(self) -> None:
        pass


class EncryptedContentOfBeginning(TextbookResponses):
    """Keeps the ``encrypted_content`` that a reasoning item begins with.

    In the wild: ``items[index] = event.item`` where it is added, and no branch for where it is done. What
    is encrypted at the beginning is not whole, and the next turn is refused.
    """

    name = "encrypted-content-of-beginning"
    failure = "stream-vs-nonstream"
    touches = ("parts",)
    sources = ()

    def lay_value(self, item: Item, place: Place, value: Any, *, closing: bool) -> None:
        if place[2] != "encrypted_content" or says_nothing(item.shown(place)):
            super().lay_value(item, place, value, closing=closing)


class AnnotationEventsIgnored(TextbookResponses):
    """Does not know the event that adds an annotation.

    In the wild: citations are read from the finished part. Where a gateway leaves them out there, the
    answer has no sources.
    """

    name = "annotation-events-ignored"
    failure = "citations-dropped"
    touches = ("annotations", "parts")
    sources = (
        "https://github.com/maximhq/bifrost/issues/5061",
        "https://github.com/openai/openai-agents-python/pull/4252",
    )

    def on_annotation(self, payload: Payload) -> None:
        pass


class AnnotationsTwice(TextbookResponses):
    """Collects annotations where they are added, and again from the finished part.

    In the wild: ``sources += part.annotations`` beside ``sources.append(event.annotation)``.
    """

    name = "annotations-twice"
    failure = "citations-duplicated"
    touches = ("annotations",)
    sources = ("https://github.com/laravel/ai/pull/1012",)
    collected: tuple[dict[str, Any], ...] = ()

    def on_annotation(self, payload: Payload) -> None:
        super().on_annotation(payload)
        if isinstance(payload.get("annotation"), dict):
            self.collected = (*self.collected, payload["annotation"])

    def annotations(self) -> tuple[dict[str, Any], ...]:
        entries = [entry for item in self.in_order() for entry in item.lists.get("content", {}).values()]
        lists = [entry.get("annotations") for entry in entries]
        finished = [one for some in lists if isinstance(some, list) for one in some if isinstance(one, dict)]
        return (*self.collected, *finished)


RESPONSES_ITEMS: tuple[type[TextbookResponses], ...] = (
    ItemsById,
    ItemsByPosition,
    DeltasToLastItem,
    UnannouncedItemDropped,
    OpenItemDropped,
    SentAgainApplied,
    LateEventsIgnored,
    GapsOverlooked,
    EncryptedContentOfBeginning,
    AnnotationEventsIgnored,
    AnnotationsTwice,
)
