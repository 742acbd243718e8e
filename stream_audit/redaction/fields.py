"""What the fields of the wire hold, by their names. What stands in no list here is replaced as text."""

from __future__ import annotations

import re
from functools import cache

from stream_audit.redaction.vocabulary import WORDS

__all__ = [
    "ARGUMENTS", "FREE", "ID_PREFIXES", "MODELS", "NAMES", "NEEDLES", "PATHS", "SAID", "SERVER_TOOLS",
    "TEXTS", "TIMES", "is_counted", "is_id", "is_number",
]  # fmt: skip


def _fields(text: str) -> frozenset[str]:
    return frozenset(text.split())


SAID = _fields("""
    action blockReason block_reason categories category code completionReason detail done_reason effort
    encoding event execution finish finishReason finish_reason format inference_geo inputEncoding kind
    language level mediaType media_type mimeType modalities modality mode native_finish_reason nullValue
    null_value object op outcome output_format output_modalities param phase probability
    prompt_cache_retention quality reason response_type role serviceTier service_tier severity
    sourceType status stop stopReason stop_reason subtype summary toolType tool_choice tool_type
    trafficType traffic_type truncation type unit urlRetrievalStatus url_retrieval_status verbosity
""")
"""Fields whose text is made of the wire's words. What is none of these is replaced all the same."""

MODELS = _fields(
    "model model_id modelId model_provider model_version modelVersion provider recommended_model"
)
"""Fields that name a model, or who makes it."""

TIMES = _fields("""
    completed_at created created_at createTime ended_at expires_at resets_at resetsAt started_at time
    timestamp updated_at
""")
"""Fields whose text may be a moment."""

NAMES = _fields("""
    function_name label name namespace server_label server_name serverName tool tool_id tool_name toolName
""")
"""Fields that name a tool, or something else that a user named."""

ID_PREFIXES = _fields("""
    apc asst audio call chatcmpl ci cmpl container conv ctc evt event fc file fp fs gen ig item lsh mcp
    mcpl mcpr msg req resp rs rt run sess sh srvtoolu step thread tool toolu tsc tsr vs ws xs_call
""")
"""What ids of the providers begin with, before the first ``-`` or ``_``; behind ``xs_`` before the second."""

ARGUMENTS = _fields("arguments partial_json input_text_delta inputTextDelta")
"""Fields whose text is JSON, whole or in fragments."""

PATHS = _fields("jsonPath")
"""Fields that lead to a place in JSON: ``$.city.name``."""

TEXTS = _fields("""
    answer cited_text citedText completion content delta description explanation generated_text generation
    instructions message obfuscation output_text outputText p reasoning reasoning_content reasoning_text
    reasoningContent reasoningText refusal summary summary_text text thinking thought title token
    tool_plan transcript
""")
"""Fields that hold what was said."""

FREE = _fields("""
    $defs args arguments customMetadata definitions input input_schema inputSchema metadata output_schema
    parameters properties schema tool_input toolInput
""")
"""Fields whose object is a user's own: in it no name, word or number belongs to the wire."""

NEEDLES = _fields("store_exclude stream_exclude")
"""Fields with texts that are taken out of other texts, so they must be found in them afterwards."""

SERVER_TOOLS = _fields("""
    advisor apply_patch bash bash_code_execution browse_page code_execution code_interpreter
    codeExecution computer computer_use file_search google_search googleSearch image_generation
    local_shell mcp memory nova_code_interpreter nova_grounding shell text_editor_code_execution
    tool_search_tool_bm25 tool_search_tool_regex url_context view_image view_x_video web_fetch
    web_search x_keyword_search x_search x_semantic_search x_thread_fetch x_user_search
""")
"""Tools that providers name."""

_IDS = _fields("handle newHandle rid stream")
_ID_WORDS = _fields("fingerprint id ids uuid")
_COUNTED = _fields("aiu breakdown cost iterations limits metrics timings token tokens units usage")
_NUMBERS = _fields("""
    at calls cost count counts created duration elapsed end exit height index indexes indices latency
    length logprob logprobs max maximum ms n nano offset offsets penalty percent probability rate
    remaining requests score scores second seconds seed sequence size start status temperature threshold
    time timestamp timings token tokens top total ttft version width window
""")
_NUMBERED = _fields("code sequence_number sequenceNumber status_code statusCode")
"""The wire's own numbers and codes. With other words before them they could be anybody's: a phone number."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def _split(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


@cache
def is_counted(name: str) -> bool:
    """Whether a field holds counts, however deep, to judge by its name."""
    return not _COUNTED.isdisjoint(_split(name))


@cache
def is_number(name: str) -> bool:
    """Whether the number in a field is the wire's own: an index, a count, a moment."""
    words = _split(name)
    return name in _NUMBERED or (not _NUMBERS.isdisjoint(words) and WORDS.issuperset(words))


@cache
def is_id(name: str) -> bool:
    """Whether a field identifies something, to judge by its name."""
    return name in _IDS or not _ID_WORDS.isdisjoint(_split(name)[-1:])
