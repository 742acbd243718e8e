"""Streams for the benchmarks: invented, seeded, in the shapes that real servers send.

A chat chunk is about 330 bytes; one stream in ten makes two parallel tool
calls. With ``padded`` each chunk carries the random padding field that OpenAI
sends by default, so that no two chunks are alike outside their text.
"""

from __future__ import annotations

import json
import random
import string
from collections.abc import Iterable, Iterator

TEXT = "the river bends where old stones keep their quiet council and a heron waits for small silver fish"
WORDS = TEXT.split()


def chat(number: int, chunks: int, *, padded: bool = False) -> Iterator[bytes]:
    """One chat completion of ``chunks`` chunks, as JSON lines without line ends."""
    rng = random.Random(number)
    with_tools = number % 10 == 0
    identity = f"chatcmpl-{''.join(rng.choices(string.ascii_letters + string.digits, k=29))}"

    def line(delta: dict[str, object], *, finish: str | None = None, usage: object = None) -> bytes:
        payload: dict[str, object] = {
            "id": identity,
            "object": "chat.completion.chunk",
            "created": 1_780_000_000 + number,
            "model": "gpt-4o-mini-2024-07-18",
            "service_tier": "default",
            "system_fingerprint": f"fp_{number:010x}",
            "choices": []
            if usage
            else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
            "usage": usage,
        }
        if padded:
            payload["obfuscation"] = "".join(rng.choices(string.ascii_letters, k=rng.randint(4, 12)))
        return json.dumps(payload, separators=(",", ":")).encode()

    yield line({"role": "assistant", "content": "", "refusal": None})
    for i in range(chunks - 3):
        if with_tools and i % 10 == 0:
            call = i // 10 % 2
            entry: dict[str, object] = {"index": call, "function": {"arguments": ""}}
            if i in (0, 10):
                entry |= {
                    "id": f"call_{number}_{call}",
                    "type": "function",
                    "function": {"name": f"look_up_{call}", "arguments": ""},
                }
            yield line({"tool_calls": [entry]})
        elif with_tools:
            yield line({"tool_calls": [{"index": i // 10 % 2, "function": {"arguments": rng.choice(WORDS)}}]})
        else:
            yield line({"content": " " + rng.choice(WORDS)})
    yield line({}, finish="tool_calls" if with_tools else "stop")
    yield line(
        {},
        usage={
            "prompt_tokens": 120,
            "completion_tokens": chunks - 3,
            "total_tokens": 117 + chunks,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        },
    )


def anthropic(number: int, chunks: int) -> Iterator[bytes]:
    """One Anthropic message of ``chunks`` events, as JSON lines without line ends."""
    rng = random.Random(number)

    def line(payload: dict[str, object]) -> bytes:
        return json.dumps(payload, separators=(",", ":")).encode()

    message: dict[str, object] = {
        "id": f"msg_01{''.join(rng.choices(string.ascii_letters + string.digits, k=22))}",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 120, "cache_read_input_tokens": 0, "output_tokens": 1},
    }
    yield line({"type": "message_start", "message": message})
    yield line({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
    for _ in range(chunks - 5):
        delta = {"type": "text_delta", "text": " " + rng.choice(WORDS)}
        yield line({"type": "content_block_delta", "index": 0, "delta": delta})
    yield line({"type": "content_block_stop", "index": 0})
    stop = {"stop_reason": "end_turn", "stop_sequence": None}
    yield line({"type": "message_delta", "delta": stop, "usage": {"output_tokens": chunks}})
    yield line({"type": "message_stop"})


def converse(number: int, chunks: int, *, padded: bool = False) -> Iterator[bytes]:
    """One Converse response of ``chunks`` events, as JSON lines without line ends."""
    rng = random.Random(number)

    def line(name: str, event: dict[str, object]) -> bytes:
        if padded:
            event["p"] = "".join(rng.choices(string.ascii_letters, k=rng.randint(2, 50)))
        return json.dumps({name: event}, separators=(",", ":")).encode()

    yield line("messageStart", {"role": "assistant"})
    for _ in range(chunks - 4):
        yield line("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": " " + rng.choice(WORDS)}})
    yield line("contentBlockStop", {"contentBlockIndex": 0})
    yield line("messageStop", {"stopReason": "end_turn"})
    usage = {"inputTokens": 120, "outputTokens": chunks, "totalTokens": 120 + chunks}
    yield line("metadata", {"usage": usage, "metrics": {"latencyMs": 800}})


def responses(number: int, chunks: int, *, padded: bool = True) -> Iterator[bytes]:
    """One Responses stream of ``chunks`` events, as JSON lines without line ends: one message."""
    rng = random.Random(number)
    text, count = "", 0
    identity = "".join(rng.choices("0123456789abcdef", k=50))
    place: dict[str, object] = {"item_id": f"msg_{identity}", "output_index": 0, "content_index": 0}

    def line(kind: str, fields: dict[str, object]) -> bytes:
        nonlocal count
        payload = {"type": f"response.{kind}", "sequence_number": count, **fields}
        if padded and kind.endswith(".delta"):
            payload["obfuscation"] = "".join(rng.choices(string.ascii_letters, k=rng.randint(4, 12)))
        count += 1
        return json.dumps(payload, separators=(",", ":")).encode()

    def response(status: str, **fields: object) -> dict[str, object]:
        settings = {"temperature": 1, "top_p": 1, "tools": [], "tool_choice": "auto", "store": True}
        whole = {"id": f"resp_{identity}", "object": "response", "created_at": 1_780_000_000 + number}
        return {"response": {**whole, "status": status, "model": "gpt-5", **settings, **fields}}

    def part() -> dict[str, object]:
        return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}

    def item(status: str) -> dict[str, object]:
        content = [part()] if status == "completed" else []
        kind = {"id": f"msg_{identity}", "type": "message", "role": "assistant"}
        return {**kind, "status": status, "content": content}

    yield line("created", response("in_progress", output=[], usage=None))
    yield line("in_progress", response("in_progress", output=[], usage=None))
    yield line("output_item.added", {"output_index": 0, "item": item("in_progress")})
    yield line("content_part.added", {**place, "part": part()})
    for _ in range(chunks - 8):
        delta = " " + rng.choice(WORDS)
        text += delta
        yield line("output_text.delta", {**place, "delta": delta, "logprobs": []})
    yield line("output_text.done", {**place, "text": text, "logprobs": []})
    yield line("content_part.done", {**place, "part": part()})
    yield line("output_item.done", {"output_index": 0, "item": item("completed")})
    usage = {"input_tokens": 120, "output_tokens": chunks, "total_tokens": 120 + chunks}
    yield line("completed", response("completed", output=[item("completed")], usage=usage))


def cohere(number: int, chunks: int) -> Iterator[bytes]:
    """One Cohere message of ``chunks`` events, as JSON lines without line ends."""
    rng = random.Random(number)

    def line(payload: dict[str, object]) -> bytes:
        return json.dumps(payload, separators=(",", ":")).encode()

    empty = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    yield line({"id": f"answer-{number:032x}", "type": "message-start", "delta": {"message": empty}})
    seed = {"type": "text", "text": ""}
    yield line({"type": "content-start", "index": 0, "delta": {"message": {"content": seed}}})
    for _ in range(chunks - 4):
        text = {"text": " " + rng.choice(WORDS)}
        yield line({"type": "content-delta", "index": 0, "delta": {"message": {"content": text}}})
    yield line({"type": "content-end", "index": 0})
    counts = {"input_tokens": 520, "output_tokens": chunks}
    usage = {"billed_units": counts, "tokens": counts, "cached_tokens": 448}
    yield line({"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": usage}})


def ollama(number: int, chunks: int) -> Iterator[bytes]:
    """One answer of Ollama's chat in ``chunks`` chunks, each with its own clock, as lines without ends."""
    rng = random.Random(number)

    def line(second: int, content: str, **fields: object) -> bytes:
        payload = {
            "model": "llama3.2:3b",
            "created_at": f"2026-03-01T08:{second // 60:02}:{second % 60:02}.{rng.randint(0, 999999):06}Z",
            "message": {"role": "assistant", "content": content},
            "done": bool(fields),
            **fields,
        }
        return json.dumps(payload, separators=(",", ":")).encode()

    for i in range(chunks - 1):
        yield line(i, " " + rng.choice(WORDS))
    durations = {"total_duration": 4_218_611_084, "prompt_eval_duration": 167_135_000}
    yield line(chunks, "", done_reason="stop", **durations, prompt_eval_count=120, eval_count=chunks)


def writer(number: int, chunks: int) -> Iterator[bytes]:
    """``chunks`` calls of one writer, as JSON lines without line ends: reasoning, then text, then counts."""
    rng = random.Random(number)
    usage = {"prompt_tokens": 120, "reasoning_tokens": 20, "answer_tokens": chunks}
    yield json.dumps({"op": "StreamContext", "message_id": f"msg_{number}"}).encode()
    for i in range(chunks - 3):
        op = "write_text" if i > chunks // 3 else "write_reasoning"
        yield json.dumps({"op": op, "delta": " " + rng.choice(WORDS)}).encode()
    yield json.dumps({"op": "set_usage", **usage}).encode()
    yield json.dumps({"op": "finish", "finish_reason": "stop"}).encode()


def ui_message(number: int, chunks: int) -> Iterator[bytes]:
    """One UI message in ``chunks`` chunks, as JSON lines without line ends: thoughts, then text."""
    rng = random.Random(number)
    identity = "".join(rng.choices(string.ascii_letters + string.digits, k=16))

    def line(kind: str, **fields: object) -> bytes:
        return json.dumps({"type": kind, **fields}, separators=(",", ":")).encode()

    yield line("start", messageId=f"msg-{identity}")
    yield line("start-step")
    for kind, own, size in (("reasoning", "rs_1:0", chunks // 3), ("text", f"msg_{identity}", chunks)):
        yield line(f"{kind}-start", id=own)
        for _ in range(size - (4 if kind == "reasoning" else chunks // 3 + 4)):
            yield line(f"{kind}-delta", id=own, delta=" " + rng.choice(WORDS))
        yield line(f"{kind}-end", id=own)
    yield line("finish-step")
    usage = {"inputTokens": 520, "outputTokens": chunks, "totalTokens": 520 + chunks, "reasoningTokens": 90}
    yield line("finish", finishReason="stop", messageMetadata={"totalUsage": usage})


def gemini(number: int, chunks: int) -> Iterator[bytes]:
    """One Gemini response of ``chunks`` chunks, as JSON lines without line ends: usage in every one."""
    rng = random.Random(number)
    identity = "".join(rng.choices(string.ascii_letters + string.digits, k=23))
    for i in range(chunks):
        last = i == chunks - 1
        candidate: dict[str, object] = {
            "content": {"parts": [{"text": "" if last else " " + rng.choice(WORDS)}], "role": "model"},
            **({"finishReason": "STOP"} if last else {}),
            "index": 0,
        }
        usage = {
            "promptTokenCount": 120,
            "candidatesTokenCount": i + 1,
            "totalTokenCount": 321 + i,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 120}],
            "thoughtsTokenCount": 200,
        }
        payload = {"candidates": [candidate], "usageMetadata": usage}
        yield json.dumps(
            {**payload, "modelVersion": "gemini-3-flash-preview", "responseId": identity},
            separators=(",", ":"),
        ).encode()


def restless(stream: Iterable[bytes]) -> Iterator[bytes]:
    """The same chunks with a number that changes in each, so that none repeats the one before."""
    for number, line in enumerate(stream):
        yield line[:-1] + b',"token_id":%d}' % (1000 + 7 * number)


def jsonl(stream: Iterable[bytes]) -> bytes:
    """One chunk a line."""
    return b"\n".join(stream) + b"\n"


def events(stream: Iterable[bytes]) -> bytes:
    """Server-sent events; those of Anthropic have names and spaces before the last brace."""
    rng = random.Random(0)
    parts = []
    for line in stream:
        if line.startswith(b'{"type":"'):
            name = line[9 : line.index(b'"', 9)]
            parts.append(b"event: %b\ndata: %b%b}\n\n" % (name, line[:-1], b" " * rng.randint(0, 15)))
        else:
            parts.append(b"data: %b\n\n" % line)
    return b"".join(parts)
