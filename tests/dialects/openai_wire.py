"""Small OpenAI streams, built by hand."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

from stream_audit.dialects.openai.chat import OPENAI_CHAT
from stream_audit.dialects.openai.completions import OPENAI_COMPLETIONS
from stream_audit.model import Folded, Message, Payload, Policies, Response


def chunk(*choices: Any, **top: Any) -> Payload:
    """A chat chunk with these entries of ``choices``; a top-level field given as ``...`` is left out."""
    fields: Payload = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1700000000,
        "model": "model-1",
        "choices": list(choices),
        **top,
    }
    return {key: value for key, value in fields.items() if value is not ...}


def choice(delta: Any = None, *, index: Any = 0, finish_reason: Any = None, **fields: Any) -> dict[str, Any]:
    """One entry of ``choices``."""
    return {
        "index": index,
        "delta": {} if delta is None else delta,
        "finish_reason": finish_reason,
        **fields,
    }


def says(content: Any, **top: Any) -> Payload:
    """A chunk with a piece of content."""
    return chunk(choice({"content": content}), **top)


def delta(**fields: Any) -> Payload:
    """A chunk whose one delta has these fields."""
    return chunk(choice(fields))


def ends(reason: Any = "stop", **top: Any) -> Payload:
    """A chunk with a finish reason."""
    return chunk(choice({}, finish_reason=reason), **top)


def reports(**usage: Any) -> Payload:
    """A chunk with nothing but usage."""
    return chunk(usage=usage)


def calls(*entries: Any) -> Payload:
    """A chunk with these entries of ``tool_calls``."""
    return delta(tool_calls=list(entries))


def call(
    index: Any = ..., id: Any = ..., name: Any = ..., arguments: Any = ..., **fields: Any
) -> dict[str, Any]:
    """One entry of ``tool_calls``; what is not given is left out."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not ...}
    entry = {"index": index, "id": id, "function": function, **fields}
    return {key: value for key, value in entry.items() if value is not ...}


def completion(text: Any, *, index: int = 0, finish_reason: Any = None, **fields: Any) -> Payload:
    """A chunk of the legacy completions dialect."""
    entry = {"index": index, "text": text, "finish_reason": finish_reason, "logprobs": None, **fields}
    return {
        "id": "cmpl-1",
        "object": "text_completion",
        "created": 1700000000,
        "model": "m",
        "choices": [entry],
    }


def fold(
    items: Iterable[Payload | str],
    *,
    done: bool = True,
    policies: Policies = Policies(),  # noqa: B008 - frozen
    legacy: bool = False,
    cuts: Sequence[int] = (),
) -> Folded:
    """Fold a stream; ``cuts`` are the positions at which a batch ends and the response is looked at."""
    stream = [copy.deepcopy(item) for item in items]  # one by one: a fold takes its chunks apart
    running = (OPENAI_COMPLETIONS if legacy else OPENAI_CHAT).fold(policies)
    begin = 0
    for cut in [*sorted(set(cuts)), len(stream)]:
        running.add(stream[begin:cut])
        begin = max(begin, cut)
        if cuts:
            running.response()
    return running.finish(done=done)


def response(*items: Payload | str, policies: Policies = Policies()) -> Response:  # noqa: B008 - frozen
    """What a chat stream folds into."""
    return fold(items, policies=policies).response


def message(*items: Payload | str, policies: Policies = Policies()) -> Message:  # noqa: B008 - frozen
    """The message of the first choice."""
    return response(*items, policies=policies).choices[0].message


def rules(*items: Payload | str, done: bool = True) -> list[str]:
    """The rules noted, sorted, but for a missing usage and a missing finish reason."""
    notes = fold(items, done=done).notes
    return sorted(note.rule for note in notes if note.rule not in ("usage-absent", "finish-missing"))
