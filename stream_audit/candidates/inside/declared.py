"""What the official SDK classes declare, as far as streams carry it: names only. Some have their own file.

A declared field that a chunk lacks reads as ``None``, as it does with the SDK;
any other raises ``AttributeError``. ``!`` marks a field that the SDK requires,
which its dumps therefore leave out when it is absent.

Source: the type definitions of openai 3 and anthropic 2.
"""

from __future__ import annotations

FIELDS: dict[str, str] = {
    # openai: chat
    "ChatCompletionChunk": "id! choices! created! model! object! moderation obfuscation service_tier"
    " system_fingerprint usage",
    "Choice": "delta! index! finish_reason logprobs",
    "ChoiceDelta": "audio content function_call refusal role tool_calls",
    "ChoiceDeltaAudio": "id data expires_at transcript",
    "ChoiceDeltaFunctionCall": "arguments name",
    "ChoiceDeltaToolCall": "index! id function type",
    "ChoiceDeltaToolCallFunction": "arguments name",
    "ChoiceLogprobs": "content refusal",
    "ChatCompletionTokenLogprob": "token! logprob! top_logprobs! bytes",
    "TopLogprob": "token! logprob! bytes",
    "CompletionUsage": "completion_tokens! prompt_tokens! total_tokens! completion_tokens_details"
    " prompt_tokens_details",
    "CompletionTokensDetails": "accepted_prediction_tokens audio_tokens reasoning_tokens"
    " rejected_prediction_tokens text_tokens",
    "PromptTokensDetails": "audio_tokens cache_write_tokens cached_tokens image_tokens text_tokens",
    # openai: text completions
    "Completion": "id! choices! created! model! object! system_fingerprint usage",
    "CompletionChoice": "finish_reason! index! text! logprobs",
    "Logprobs": "text_offset token_logprobs tokens top_logprobs",
    # anthropic: events
    "RawMessageStartEvent": "message! type!",
    "RawMessageDeltaEvent": "delta! type! usage!",
    "RawMessageStopEvent": "type!",
    "RawContentBlockStartEvent": "content_block! index! type!",
    "RawContentBlockDeltaEvent": "delta! index! type!",
    "RawContentBlockStopEvent": "index! type!",
    "Message": "id! content! model! role! type! usage! container diagnostics stop_details stop_reason"
    " stop_sequence",
    "Delta": "container stop_details stop_reason stop_sequence",
    "TextBlock": "text! type! citations",
    "ThinkingBlock": "signature! thinking! type!",
    "RedactedThinkingBlock": "data! type!",
    "ToolUseBlock": "id! input! name! type! caller toolset_name",
    "ServerToolUseBlock": "id! input! name! type! caller",
    "TextDelta": "text! type!",
    "InputJSONDelta": "partial_json! type!",
    "CitationsDelta": "citation! type!",
    "ThinkingDelta": "thinking! type!",
    "SignatureDelta": "signature! type!",
    "Usage": "input_tokens! output_tokens! cache_creation cache_creation_input_tokens"
    " cache_read_input_tokens inference_geo output_tokens_details server_tool_use service_tier speed",
    "MessageDeltaUsage": "output_tokens! cache_creation_input_tokens cache_read_input_tokens input_tokens"
    " output_tokens_details server_tool_use",
    "CacheCreation": "ephemeral_1h_input_tokens! ephemeral_5m_input_tokens!",
    "OutputTokensDetails": "thinking_tokens!",
    "ServerToolUsage": "web_fetch_requests! web_search_requests!",
    # everything that is no class of either SDK
    "Record": "",
    "UsageRecord": "",
}

CHILDREN: dict[str, dict[str, str]] = {
    "ChatCompletionChunk": {"choices": "Choice", "usage": "CompletionUsage", "moderation": "Record"},
    "Choice": {"delta": "ChoiceDelta", "logprobs": "ChoiceLogprobs"},
    "ChoiceDelta": {
        "audio": "ChoiceDeltaAudio",
        "function_call": "ChoiceDeltaFunctionCall",
        "tool_calls": "ChoiceDeltaToolCall",
    },
    "ChoiceDeltaToolCall": {"function": "ChoiceDeltaToolCallFunction"},
    "ChoiceLogprobs": {"content": "ChatCompletionTokenLogprob", "refusal": "ChatCompletionTokenLogprob"},
    "ChatCompletionTokenLogprob": {"top_logprobs": "TopLogprob"},
    "CompletionUsage": {
        "completion_tokens_details": "CompletionTokensDetails",
        "prompt_tokens_details": "PromptTokensDetails",
    },
    "Completion": {"choices": "CompletionChoice", "usage": "CompletionUsage"},
    "CompletionChoice": {"logprobs": "Logprobs"},
    "RawMessageStartEvent": {"message": "Message"},
    "RawMessageDeltaEvent": {"delta": "Delta", "usage": "MessageDeltaUsage"},
    "RawContentBlockStartEvent": {"content_block": "block"},
    "RawContentBlockDeltaEvent": {"delta": "variant"},
    "Message": {"content": "block", "usage": "Usage", "container": "Record", "stop_details": "Record"},
    "Delta": {"container": "Record", "stop_details": "Record"},
    "TextBlock": {"citations": "Record"},
    "ToolUseBlock": {"caller": "Record"},
    "ServerToolUseBlock": {"caller": "Record"},
    "CitationsDelta": {"citation": "Record"},
    "Usage": {
        "cache_creation": "CacheCreation",
        "output_tokens_details": "OutputTokensDetails",
        "server_tool_use": "ServerToolUsage",
    },
    "MessageDeltaUsage": {
        "output_tokens_details": "OutputTokensDetails",
        "server_tool_use": "ServerToolUsage",
    },
}
"""Class of what stands under a key: of the object, or of each object of a list."""

BY_TYPE: dict[str, dict[str, str]] = {
    "event": {
        "message_start": "RawMessageStartEvent",
        "message_delta": "RawMessageDeltaEvent",
        "message_stop": "RawMessageStopEvent",
        "content_block_start": "RawContentBlockStartEvent",
        "content_block_delta": "RawContentBlockDeltaEvent",
        "content_block_stop": "RawContentBlockStopEvent",
    },
    "block": {
        "text": "TextBlock",
        "thinking": "ThinkingBlock",
        "redacted_thinking": "RedactedThinkingBlock",
        "tool_use": "ToolUseBlock",
        "server_tool_use": "ServerToolUseBlock",
    },
    "variant": {
        "text_delta": "TextDelta",
        "input_json_delta": "InputJSONDelta",
        "citations_delta": "CitationsDelta",
        "thinking_delta": "ThinkingDelta",
        "signature_delta": "SignatureDelta",
    },
}
"""Where the SDK chooses the class by the object's ``type``."""

ROOTS: dict[str, str] = {
    "openai-chat": "ChatCompletionChunk",
    "openai-completions": "Completion",
    "openai-responses": "response event",
    "anthropic-messages": "event",
    "gemini": "GenerateContentResponse",
    "cohere-v2": "cohere.event",
    "ollama": "ollama.answer",
    "usage of openai-chat": "CompletionUsage",
    "usage of openai-completions": "CompletionUsage",
    "usage of openai-responses": "ResponseUsage",
    "usage of anthropic-messages": "Usage",
    "usage of gemini": "GenerateContentResponseUsageMetadata",
    "usage of cohere-v2": "cohere.Usage",
}
"""Class of a chunk, or of a usage object where only those are handed over."""

DICTS = frozenset(("bedrock-converse", "usage of bedrock-converse", "ai-sdk-ui", "usage of ai-sdk-ui"))
"""Where the official SDK hands out dicts (botocore), or has none for Python and everybody parses JSON: a
combiner that does not ask for objects gets those."""
