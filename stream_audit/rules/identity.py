"""Id, model, time and other labels: set once, never computed with."""

from __future__ import annotations

from stream_audit.model import Rule
from stream_audit.rules.wires import (
    ANTHROPIC,
    BEDROCK,
    CHAT,
    COHERE,
    COMPLETIONS,
    GEMINI,
    OLLAMA,
    RESPONSES,
    UI,
)

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="id-changes",
        severity="error",
        family="identity",
        title="One stream has one id; the first that is not empty counts.",
        why=(
            "Some servers make a new id for every chunk. Clients that group by id store one message per word."
        ),
        wrong=(
            '{"id": "a", "delta": {"content": "Hel"}}\n'
            '{"id": "b", "delta": {"content": "lo"}}\n'
            '-> two messages, "Hel" and "lo"'
        ),
        right='-> one message with id "a", content "Hello", and a finding',
        dialects=(CHAT, COMPLETIONS, RESPONSES, ANTHROPIC, GEMINI, COHERE, UI),
        sources=(
            "https://github.com/BerriAI/litellm/pull/38106",
            "https://github.com/sgl-project/sglang/issues/39864",
        ),
        seen="The id changes",
        wire_severity="warning",
    ),
    Rule(
        slug="id-empty-preamble",
        severity="error",
        family="identity",
        title=("An empty id or model in an opening chunk neither counts nor opens a message of its own."),
        why=(
            'Azure and routers open with a chunk whose labels are "". First-wins code keeps the '
            '"", id-grouping code makes an empty message.'
        ),
        wrong=(
            '{"id": "", "model": "", "choices": []}\n'
            '{"id": "a", "model": "m", "choices": [{"delta": {"content": "Hi"}}]}\n'
            '-> id "", model ""'
        ),
        right='-> id "a", model "m"',
        dialects=(CHAT,),
        sources=(
            "https://github.com/BerriAI/litellm/pull/11006",
            "https://github.com/openai/openai-node/pull/1982",
        ),
    ),
    Rule(
        slug="created-changes",
        severity="note",
        family="identity",
        title="created is the same in every chunk; the first value counts.",
        why=(
            "Servers that stamp each chunk anew make the time of a message depend on which chunk one reads."
        ),
        wrong=('{"created": 1700000000}\n{"created": 1700000003}'),
        right=('{"created": 1700000000}\n{"created": 1700000000}'),
        dialects=(
            CHAT,
            COMPLETIONS,
        ),
        sources=("https://github.com/sgl-project/sglang/issues/39864",),
        seen="The time changes",
    ),
    Rule(
        slug="metadata-string-concat",
        severity="error",
        family="identity",
        title=("Labels that repeat are the same label: model, fingerprint and finish reason never grow."),
        why=(
            'A general merge that joins all strings makes "stopstop" and a doubled model name, '
            "which no price list and no if-statement knows."
        ),
        wrong=(
            '{"model": "m", "finish_reason": "stop"}\n'
            '{"model": "m", "finish_reason": "stop"}\n'
            '-> model "mm", finish reason "stopstop"'
        ),
        right='-> model "m", finish reason "stop"',
        dialects=(CHAT, OLLAMA),
        sources=(
            "https://github.com/langchain-ai/langchain/issues/38366",
            "https://github.com/langchain-ai/langchain/issues/36993",
        ),
    ),
    Rule(
        slug="metadata-int-summed",
        severity="error",
        family="identity",
        title="Numbers that are labels (created, index) are never added up.",
        why=(
            "A general merge that adds all numbers moves the time of the answer some hundred "
            "years ahead, and gives calls an index that does not exist."
        ),
        wrong=('{"created": 1700000000}\n{"created": 1700000000}\n-> created 3400000000'),
        right="-> created 1700000000",
    ),
    Rule(
        slug="model-changes",
        severity="error",
        family="identity",
        title=(
            "A model that changes during a stream is reported; its tokens are priced by the model"
            " that made them."
        ),
        why=(
            "Routers fall back to another model on the way. Priced by the first name, or by the "
            "last, the bill is wrong."
        ),
        wrong=(
            '{"model": "large", "delta": {"content": "Hel"}}\n'
            '{"model": "small", "delta": {"content": "lo"}}\n'
            '-> model "small", nothing said'
        ),
        right='-> model "large", and a finding at the second chunk',
        seen="The model changes",
        wire_severity="warning",
    ),
    Rule(
        slug="fingerprint-tier-lost",
        severity="error",
        family="identity",
        title="system_fingerprint and service_tier survive the fold.",
        why=(
            "The tier changes the price, the fingerprint tells when a backend changed. Both are "
            "easily dropped by code that copies known fields."
        ),
        wrong=(
            '{"service_tier": "priority", "system_fingerprint": "fp_1"}\n'
            "-> service tier null, fingerprint null"
        ),
        right='-> service tier "priority", fingerprint "fp_1"',
        dialects=(CHAT, BEDROCK),
    ),
    Rule(
        slug="item-id-mismatch",
        severity="error",
        family="identity",
        title="Deltas name the item that was announced for them.",
        why=(
            "If a gateway invents ids, deltas go to an item that nobody opened, and the client "
            "loses them or shows an empty item."
        ),
        wrong=(
            '{"type": "response.output_item.added", "item": {"id": "msg_1"}}\n'
            '{"type": "response.output_text.delta", "item_id": "msg_9", "delta": "Hi"}'
        ),
        right='{"type": "response.output_text.delta", "item_id": "msg_1", "delta": "Hi"}',
        dialects=(RESPONSES, COHERE, UI),
        sources=(
            "https://github.com/Wei-Shaw/sub2api/pull/6118",
            "https://github.com/openai/openai-python/pull/3126",
        ),
        seen="An item changes its id",
        wire_severity="warning",
    ),
)
