"""What a chunk of ``openai-completions`` says."""

from __future__ import annotations

from stream_audit.model import Payload
from stream_audit.model.tag import Tag
from stream_audit.tags.saying import Said, Saying, objects_of, pick

__all__ = ["OPENAI_COMPLETIONS", "OpenAICompletions"]


class OpenAICompletions:
    """Reads chunks of the older completions."""

    __slots__ = ()

    name = "openai-completions"
    aspects = frozenset(
        ("text", "finish", "finish-in-delta", "done", "choices", "names", "logprobs", "nulls")
    )

    tags: tuple[Tag, ...] = ()

    def read(self, payload: Payload) -> Said:
        """What the chunk says."""
        choices = payload.get("choices")
        sayings = []
        for position, choice in enumerate(objects_of(choices)):
            index = choice.get("index", position)
            sayings.append(
                Saying(
                    choice=index if isinstance(index, int) else position,
                    text=pick(choice, "text"),
                    finish=pick(choice, "finish_reason"),
                    logprobs=pick(choice, "logprobs"),
                )
            )
        return Said(
            sayings=sayings,
            choices=len(choices) if isinstance(choices, list) else None,
            id=pick(payload, "id"),
            model=pick(payload, "model"),
        )


OPENAI_COMPLETIONS = OpenAICompletions()
