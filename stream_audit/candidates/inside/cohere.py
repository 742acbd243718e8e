"""What the classes of Cohere's SDK declare for the events of ``/v2/chat``.

A table like those of ``declared``, with Cohere's name before each class: others have a ``Usage`` too.

Source: the type definitions of cohere 7.
"""

from __future__ import annotations

_KINDS = {
    "message-start": ("MessageStartV2ChatStreamResponse", "id", "ChatMessageStartEventDelta"),
    "content-start": ("ContentStartV2ChatStreamResponse", "index", "ChatContentStartEventDelta"),
    "content-delta": ("ContentDeltaV2ChatStreamResponse", "index logprobs", "ChatContentDeltaEventDelta"),
    "content-end": ("ContentEndV2ChatStreamResponse", "index", ""),
    "tool-plan-delta": ("ToolPlanDeltaV2ChatStreamResponse", "", "ChatToolPlanDeltaEventDelta"),
    "tool-call-start": ("ToolCallStartV2ChatStreamResponse", "index", "ChatToolCallStartEventDelta"),
    "tool-call-delta": ("ToolCallDeltaV2ChatStreamResponse", "index", "ChatToolCallDeltaEventDelta"),
    "tool-call-end": ("ToolCallEndV2ChatStreamResponse", "index", ""),
    "citation-start": ("CitationStartV2ChatStreamResponse", "index", "CitationStartEventDelta"),
    "citation-end": ("CitationEndV2ChatStreamResponse", "index", ""),
    "message-end": ("MessageEndV2ChatStreamResponse", "id", "ChatMessageEndEventDelta"),
    "debug": ("DebugV2ChatStreamResponse", "prompt", ""),
}
"""Each type of event: its class, what it has beside its type, and the class of its delta."""

_MESSAGES = {
    "ChatMessageStartEventDelta": ("role", "", ""),
    "ChatContentStartEventDelta": ("content", "content", "ChatContentStartEventDeltaMessageContent"),
    "ChatContentDeltaEventDelta": ("content", "content", "ChatContentDeltaEventDeltaMessageContent"),
    "ChatToolPlanDeltaEventDelta": ("tool_plan", "", ""),
    "ChatToolCallStartEventDelta": ("tool_calls", "tool_calls", "ToolCallV2"),
    "ChatToolCallDeltaEventDelta": (
        "tool_calls",
        "tool_calls",
        "ChatToolCallDeltaEventDeltaMessageToolCalls",
    ),
    "CitationStartEventDelta": ("citations", "citations", "Citation"),
}
"""Each class of a delta with a message: what that declares, and the class of what stands under which key."""

_DECLARED: dict[str, str] = {
    **{name: f"type! {beside}{' delta' if delta else ''}" for name, beside, delta in _KINDS.values()},
    **dict.fromkeys(_MESSAGES, "message"),
    **{f"{name}Message": declared for name, (declared, _, _) in _MESSAGES.items()},
    "ChatContentStartEventDeltaMessageContent": "thinking text type",
    "ChatContentDeltaEventDeltaMessageContent": "thinking text",
    "ToolCallV2": "id! type! function",
    "ToolCallV2Function": "name arguments",
    "ChatToolCallDeltaEventDeltaMessageToolCalls": "function",
    "ChatToolCallDeltaEventDeltaMessageToolCallsFunction": "arguments",
    "Citation": "start end text sources content_index type",
    "ToolSource": "type! id tool_output",
    "DocumentSource": "type! id document",
    "ChatMessageEndEventDelta": "error finish_reason usage",
    "Usage": "billed_units tokens cached_tokens",
    "UsageBilledUnits": "input_tokens output_tokens search_units classifications",
    "UsageTokens": "input_tokens output_tokens",
    "LogprobItem": "text token_ids! logprobs",
}

_INSIDE: dict[str, dict[str, str]] = {
    **{name: {"delta": delta} for name, _, delta in _KINDS.values() if delta},
    "ContentDeltaV2ChatStreamResponse": {"delta": "ChatContentDeltaEventDelta", "logprobs": "LogprobItem"},
    **{name: {"message": f"{name}Message"} for name in _MESSAGES},
    **{f"{name}Message": {key: inner} for name, (_, key, inner) in _MESSAGES.items() if key},
    "ToolCallV2": {"function": "ToolCallV2Function"},
    "ChatToolCallDeltaEventDeltaMessageToolCalls": {
        "function": "ChatToolCallDeltaEventDeltaMessageToolCallsFunction"
    },
    "Citation": {"sources": "source"},
    "ChatMessageEndEventDelta": {"usage": "Usage"},
    "Usage": {"billed_units": "UsageBilledUnits", "tokens": "UsageTokens"},
}

FIELDS: dict[str, str] = {f"cohere.{name}": fields for name, fields in _DECLARED.items()}
CHILDREN: dict[str, dict[str, str]] = {
    f"cohere.{name}": {key: f"cohere.{kind}" for key, kind in children.items()}
    for name, children in _INSIDE.items()
}
BY_TYPE: dict[str, dict[str, str]] = {
    "cohere.event": {kind: f"cohere.{name}" for kind, (name, _, _) in _KINDS.items()},
    "cohere.source": {"tool": "cohere.ToolSource", "document": "cohere.DocumentSource"},
}
USAGE = "cohere.Usage"
