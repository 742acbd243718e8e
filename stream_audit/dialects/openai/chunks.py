"""What an OpenAI chunk says about its response, without folding it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from stream_audit.dialects.openai.sightings import sight_chunks
from stream_audit.dialects.openai.usage import neutral_usage
from stream_audit.model import Payload, Usage, Volatile
from stream_audit.model.trail import Sighting

__all__ = ["OpenAIChunks", "quiet_choice", "quiet_top"]

NAME = frozenset((str, type(None)))
INTEGER = frozenset((int, type(None)))


class OpenAIChunks:
    """How both OpenAI dialects cut a file into responses. Stateless."""

    chat: ClassVar[bool] = True
    """Texts stand in ``delta``."""
    decisive: ClassVar[bool] = False  # Some servers send the role with every chunk.
    volatile: ClassVar[Volatile] = Volatile()

    def recognises(self, payload: Payload) -> bool:
        """True when ``payload`` can only be a chunk of this dialect."""
        raise NotImplementedError

    def knows(self, payload: Payload) -> bool:
        """Also what has no choices: usage, filter results; servers give it either dialect's name, or none."""
        return self.recognises(payload) or payload.get("choices") == []

    def identity(self, payload: Payload) -> str | None:
        """The response id, ``None`` when absent or empty."""
        identity = payload.get("id")
        return identity if isinstance(identity, str) and identity else None

    def starts(self, payload: Payload) -> bool:
        """True for a chunk with a role, or with the results of a filter on the prompt."""
        if payload.get("prompt_filter_results") is not None:
            return True
        choices = payload.get("choices")
        return isinstance(choices, list) and any(_has_role(choice) for choice in choices)

    def ends(self, payload: Payload) -> bool:
        """True when a choice has its finish reason."""
        choices = payload.get("choices")
        if not isinstance(choices, list):
            return False
        for choice in choices:
            if isinstance(choice, dict):
                reason = choice.get("finish_reason")
                if isinstance(reason, str) and reason:
                    return True
        return False

    def next_break(self, items: Sequence[Payload | str], begin: int, identity: str | None) -> int:
        """Position of the first item that may belong to another response, ``len(items)`` if none."""
        for position in range(begin, len(items)):
            item = items[position]
            if isinstance(item, str):
                continue
            id_ = item.get("id")
            if id_.__class__ is str and id_:
                if id_ != identity:
                    return position
            elif self.starts(item):
                return position
        return len(items)

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        """For each chunk: its texts, then its usage reports."""
        return sight_chunks(payloads, chat=self.chat)

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        """Read a folded usage object."""
        return neutral_usage(raw)


def quiet_top(payload: Payload) -> bool:
    """True when the top level of ``payload``, folded again, changes nothing and is noted nowhere."""
    get = payload.get
    return (
        get("usage") is None
        and get("error") is None
        and get("x_groq") is None
        and get("created").__class__ in INTEGER
        and get("id").__class__ in NAME
        and get("model").__class__ in NAME
        and get("object").__class__ in NAME
        and get("system_fingerprint").__class__ in NAME
        and get("service_tier").__class__ in NAME
    )


def quiet_choice(choice: Mapping[str, Any]) -> bool:
    """True when the choice, but for its text or delta, changes nothing when it is folded again."""
    get = choice.get
    return get("finish_reason") is None and get("logprobs") is None and get("usage") is None


def _has_role(choice: Any) -> bool:
    delta = choice.get("delta") if isinstance(choice, dict) else None
    role = delta.get("role") if isinstance(delta, dict) else None
    return isinstance(role, str) and bool(role)
