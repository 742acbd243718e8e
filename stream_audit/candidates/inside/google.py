"""What the classes of google-genai declare, as far as streams carry it, and what they compute.

The SDK has an attribute in snake case where the API has a key in camel case, declares nothing that is
required, decodes base64, and makes words of a fixed set members of an enumeration. Times stay texts here.

Source: the type definitions of google-genai 3.
"""

from __future__ import annotations

import base64
from typing import Any

FIELDS: dict[str, str] = {
    "GenerateContentResponse": "sdk_http_response candidates create_time model_version prompt_feedback"
    " response_id usage_metadata model_status automatic_function_calling_history parsed",
    "Candidate": "content citation_metadata finish_message token_count finish_reason grounding_metadata"
    " avg_logprobs index logprobs_result safety_ratings url_context_metadata continuation_token",
    "Content": "parts role",
    "Part": "media_resolution code_execution_result executable_code file_data function_call"
    " function_response inline_data text thought thought_signature video_metadata tool_call tool_response"
    " part_metadata",
    "FunctionCall": "id args name partial_args will_continue",
    "PartialArg": "bool_value json_path null_value number_value string_value will_continue",
    "FunctionResponse": "will_continue scheduling parts id name response",
    "ExecutableCode": "code language id",
    "CodeExecutionResult": "outcome output id",
    "Blob": "data display_name mime_type",
    "FileData": "display_name file_uri mime_type",
    "ToolCall": "id tool_type args",
    "ToolResponse": "id tool_type response",
    "GenerateContentResponsePromptFeedback": "block_reason block_reason_message safety_ratings",
    "SafetyRating": "blocked category overwritten_threshold probability probability_score severity"
    " severity_score",
    "CitationMetadata": "citations",
    "Citation": "end_index license publication_date start_index title uri",
    "GroundingMetadata": "image_search_queries grounding_chunks grounding_supports retrieval_metadata"
    " search_entry_point web_search_queries google_maps_widget_context_token retrieval_queries"
    " source_flagging_uris",
    "GroundingChunk": "image maps retrieved_context web",
    "GroundingChunkWeb": "domain title uri",
    "GroundingChunkMaps": "place_answer_sources place_id text title uri route",
    "GroundingChunkRetrievedContext": "document_name rag_chunk text title uri custom_metadata"
    " file_search_store page_number media_id",
    "GroundingSupport": "confidence_scores grounding_chunk_indices segment rendered_parts",
    "Segment": "start_index end_index part_index text",
    "SearchEntryPoint": "rendered_content sdk_blob",
    "UrlContextMetadata": "url_metadata",
    "UrlMetadata": "retrieved_url url_retrieval_status",
    "LogprobsResult": "chosen_candidates top_candidates log_probability_sum",
    "LogprobsResultCandidate": "log_probability token token_id",
    "LogprobsResultTopCandidates": "candidates",
    "GenerateContentResponseUsageMetadata": "cache_tokens_details cached_content_token_count"
    " candidates_token_count candidates_tokens_details prompt_token_count prompt_tokens_details"
    " thoughts_token_count tool_use_prompt_token_count tool_use_prompt_tokens_details total_token_count"
    " traffic_type",
    "ModalityTokenCount": "modality token_count",
}

CHILDREN: dict[str, dict[str, str]] = {
    "GenerateContentResponse": {
        "candidates": "Candidate",
        "prompt_feedback": "GenerateContentResponsePromptFeedback",
        "usage_metadata": "GenerateContentResponseUsageMetadata",
    },
    "Candidate": {
        "content": "Content",
        "citation_metadata": "CitationMetadata",
        "grounding_metadata": "GroundingMetadata",
        "logprobs_result": "LogprobsResult",
        "safety_ratings": "SafetyRating",
        "url_context_metadata": "UrlContextMetadata",
    },
    "Content": {"parts": "Part"},
    "Part": {
        "code_execution_result": "CodeExecutionResult",
        "executable_code": "ExecutableCode",
        "file_data": "FileData",
        "function_call": "FunctionCall",
        "function_response": "FunctionResponse",
        "inline_data": "Blob",
        "tool_call": "ToolCall",
        "tool_response": "ToolResponse",
    },
    "FunctionCall": {"partial_args": "PartialArg"},
    "GenerateContentResponsePromptFeedback": {"safety_ratings": "SafetyRating"},
    "CitationMetadata": {"citations": "Citation"},
    "GroundingMetadata": {
        "grounding_chunks": "GroundingChunk",
        "grounding_supports": "GroundingSupport",
        "search_entry_point": "SearchEntryPoint",
    },
    "GroundingChunk": {
        "maps": "GroundingChunkMaps",
        "retrieved_context": "GroundingChunkRetrievedContext",
        "web": "GroundingChunkWeb",
    },
    "GroundingSupport": {"segment": "Segment"},
    "UrlContextMetadata": {"url_metadata": "UrlMetadata"},
    "LogprobsResult": {
        "chosen_candidates": "LogprobsResultCandidate",
        "top_candidates": "LogprobsResultTopCandidates",
    },
    "LogprobsResultTopCandidates": {"candidates": "LogprobsResultCandidate"},
    "GenerateContentResponseUsageMetadata": {
        "cache_tokens_details": "ModalityTokenCount",
        "candidates_tokens_details": "ModalityTokenCount",
        "prompt_tokens_details": "ModalityTokenCount",
        "tool_use_prompt_tokens_details": "ModalityTokenCount",
    },
}

USAGE = "GenerateContentResponseUsageMetadata"

_WORDS = (
    "block_reason", "category", "finish_reason", "language", "modality", "outcome", "overwritten_threshold",
    "probability", "scheduling", "severity", "tool_type", "traffic_type", "url_retrieval_status",
)  # fmt: skip
_BINARY = ("continuation_token", "data", "sdk_blob", "thought_signature")


class Word(str):
    """A word of a fixed set: a text, and like a member of an enumeration."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The member's name, which is its value."""
        return str.__str__(self)

    value = name


class Binary(bytes):
    """What was sent as base64."""

    text: str
    """As it was sent."""


def _word(value: Any) -> Any:
    return Word(value) if type(value) is str else value


def _binary(value: Any) -> Any:
    """What the SDK decodes, in either alphabet; what is no base64 stays text."""
    if type(value) is not str:
        return value
    try:
        made = Binary(base64.b64decode(value.replace("-", "+").replace("_", "/"), validate=True))
    except ValueError:
        return value
    made.text = value
    return made


READ = {**dict.fromkeys(_WORDS, _word), **dict.fromkeys(_BINARY, _binary)}
"""What is made of the value under a name, in every class that declares it."""


def api_name(name: str) -> str:
    """The API's name for an attribute."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


class Answer:
    """What a ``GenerateContentResponse`` tells of its first candidate."""

    __slots__ = ()
    candidates: Any

    @property
    def parts(self) -> Any:
        """Its parts; ``None`` without any."""
        content = self.candidates[0].content if self.candidates else None
        return None if content is None else content.parts

    @property
    def text(self) -> Any:
        """Its texts that are no thoughts, put together; ``None`` if it has none."""
        texts = [part.text for part in self.parts or [] if isinstance(part.text, str) and not part.thought]
        return "".join(texts) if texts else None

    @property
    def function_calls(self) -> Any:
        """Its function calls; ``None`` if it has none."""
        return [part.function_call for part in self.parts or [] if part.function_call is not None] or None

    @property
    def executable_code(self) -> Any:
        """The first code in it that the provider ran."""
        found = (part.executable_code for part in self.parts or [])
        return next((code.code for code in found if code is not None), None)

    @property
    def code_execution_result(self) -> Any:
        """What the first code printed."""
        found = (part.code_execution_result for part in self.parts or [])
        return next((result.output for result in found if result is not None), None)
