"""What OpenAI's classes for Responses declare, as far as streams carry it; see ``declared``.

A name that several classes have is written behind the class that holds the one meant.

Source: the type definitions of openai 3.
"""

from __future__ import annotations

from .record import Record

_EVENTS = {
    "response!": "created queued in_progress completed incomplete failed",
    "item! output_index!": "output_item.added output_item.done",
    "content_index! item_id! output_index! part!": "content_part.added content_part.done",
    "item_id! output_index! part! summary_index!": "reasoning_summary_part.added",
    "item_id! output_index! part! status summary_index!": "reasoning_summary_part.done",
    "content_index! delta! item_id! logprobs! output_index!": "output_text.delta",
    "content_index! item_id! logprobs! output_index! text!": "output_text.done",
    "annotation annotation_index! content_index! item_id! output_index!": "output_text.annotation.added",
    "content_index! delta! item_id! output_index!": "refusal.delta reasoning_text.delta",
    "content_index! item_id! output_index! refusal!": "refusal.done",
    "content_index! item_id! output_index! text!": "reasoning_text.done",
    "delta! item_id! output_index! summary_index!": "reasoning_summary_text.delta",
    "item_id! output_index! summary_index! text!": "reasoning_summary_text.done",
    "delta! item_id! output_index!": "function_call_arguments.delta mcp_call_arguments.delta"
    " custom_tool_call_input.delta code_interpreter_call_code.delta",
    "arguments! item_id! output_index!": "function_call_arguments.done mcp_call_arguments.done",
    "input! item_id! output_index!": "custom_tool_call_input.done",
    "code! item_id! output_index!": "code_interpreter_call_code.done",
    "command! command_index! output_index!": "shell_call_command.added shell_call_command.done",
    "command_index! delta! obfuscation output_index!": "shell_call_command.delta",
    "command_index! delta! item_id! output_index!": "shell_call_output_content.delta",
    "command_index! item_id! output! output_index!": "shell_call_output_content.done",
    "item_id! output_index!": "code_interpreter_call.in_progress code_interpreter_call.interpreting"
    " code_interpreter_call.completed file_search_call.in_progress file_search_call.searching"
    " file_search_call.completed web_search_call.in_progress web_search_call.searching"
    " web_search_call.completed image_generation_call.in_progress image_generation_call.generating"
    " image_generation_call.completed mcp_call.in_progress mcp_call.completed mcp_call.failed"
    " mcp_list_tools.in_progress mcp_list_tools.completed mcp_list_tools.failed compaction.compacting",
    "background item_id! output_format output_index! partial_image_b64! partial_image_index! quality"
    " size": "image_generation_call.partial_image",
    "delta!": "audio.delta audio.transcript.delta",
    "": "audio.done audio.transcript.done",
    "code message! param": "error",
}
"""Fields of events, besides ``type`` and ``sequence_number``, to the events' types, without ``response.``."""


def _event_class(kind: str) -> str:
    words = "".join(word.capitalize() for word in kind.replace(".", "_").split("_"))
    words = words.replace("ImageGeneration", "ImageGen")
    return f"Response{words.removeprefix('Output') if kind in _SHORT else words}Event"


_SHORT = ("output_text.delta", "output_text.done")
_KINDS = {
    kind: f"{fields} sequence_number! type!" for fields, kinds in _EVENTS.items() for kind in kinds.split()
}
_CALLED = "created_by id! status! type!"
_ASKED = "arguments! id! name! server_label! type!"

FIELDS: dict[str, str] = {
    **{_event_class(kind): fields for kind, fields in _KINDS.items()},
    "Response": "id! created_at! model! object! output! parallel_tool_calls! tool_choice! tools! background"
    " completed_at conversation error incomplete_details instructions max_output_tokens max_tool_calls"
    " metadata moderation previous_response_id prompt prompt_cache_key prompt_cache_retention reasoning"
    " safety_identifier service_tier status temperature text tool_usage top_logprobs top_p truncation usage"
    " user",
    "ResponseError": "code! message!",
    "IncompleteDetails": "reason",
    "Reasoning": "context effort generate_summary summary",
    "ResponseTextConfig": "format verbosity",
    "ResponseUsage": "input_tokens! input_tokens_details! output_tokens! output_tokens_details!"
    " total_tokens!",
    "InputTokensDetails": "cached_tokens! cache_write_tokens!",
    "ResponseUsage.OutputTokensDetails": "reasoning_tokens!",
    # items
    "ResponseOutputMessage": "id! content! role! status! type! phase",
    "ResponseReasoningItem": "id! summary! type! content encrypted_content status",
    "ResponseFunctionToolCall": "arguments! call_id! name! type! id caller namespace status",
    "ResponseFunctionToolCallOutputItem": f"{_CALLED} output! call_id caller name namespace",
    "ResponseCustomToolCall": "call_id! input! name! type! id caller namespace",
    "ResponseCustomToolCallOutputItem": f"{_CALLED} call_id! output! caller",
    "ResponseFileSearchToolCall": "id! queries! status! type! results",
    "ResponseFunctionWebSearch": "id! action! status! type!",
    "ResponseCodeInterpreterToolCall": "id! container_id! status! type! code outputs",
    "ImageGenerationCall": "id! status! type! action background output_format quality result revised_prompt"
    " size",
    "ResponseComputerToolCall": "call_id! id! pending_safety_checks! status! type! action actions",
    "ResponseComputerToolCallOutputItem": f"{_CALLED} acknowledged_safety_checks call_id! output!",
    "LocalShellCall": "action! call_id! id! status! type!",
    "LocalShellCallOutput": "id! output! type! status",
    "ResponseFunctionShellToolCall": f"{_CALLED} action! call_id! caller environment",
    "ResponseFunctionShellToolCallOutput": f"{_CALLED} call_id! caller max_output_length output!",
    "ResponseApplyPatchToolCall": f"{_CALLED} call_id! caller operation!",
    "ResponseApplyPatchToolCallOutput": f"{_CALLED} call_id! caller output",
    "McpCall": f"{_ASKED} approval_request_id error output status",
    "McpListTools": "id! server_label! tools! type! error",
    "McpApprovalRequest": _ASKED,
    "McpApprovalResponse": "approval_request_id! approve! id! type! reason",
    "ResponseToolSearchCall": f"{_CALLED} arguments! call_id execution!",
    "ResponseToolSearchOutputItem": f"{_CALLED} call_id execution! tools!",
    "ResponseCompactionItem": "encrypted_content! id! type! created_by",
    # what is in them
    "ResponseOutputText": "annotations! text! type! logprobs",
    "ResponseOutputRefusal": "refusal! type!",
    "PartReasoningText": "text! type!",
    "ResponseReasoningItem.Content": "text! type!",
    "Summary": "text! type!",
    "ResponseReasoningSummaryPartDoneEvent.Part": "text! type!",
    "AnnotationFileCitation": "file_id! filename! index! type!",
    "AnnotationURLCitation": "end_index! start_index! title! type! url!",
    "AnnotationContainerFileCitation": "container_id! end_index! file_id! filename! start_index! type!",
    "AnnotationFilePath": "file_id! index! type!",
    "ResponseOutputText.Logprob": "bytes! logprob! token! top_logprobs!",
    "ResponseOutputText.LogprobTopLogprob": "bytes! logprob! token!",
    "Logprob": "logprob! token! top_logprobs",
    "LogprobTopLogprob": "logprob token",
    "Result": "attributes file_id filename score text",
    "ActionSearch": "type! queries query sources",
    "ActionOpenPage": "type! url",
    "ActionFind": "pattern! type! url!",
    "OutputLogs": "logs! type!",
    "OutputImage": "type! url!",
    "LocalShellCallAction": "command! env! type! timeout_ms user working_directory",
    "Action": "commands! max_output_length timeout_ms",
    "Output": "outcome! stderr! stdout! created_by",
    "ResponseShellCallOutputContentDeltaEvent.Delta": "stderr stdout",
    "OperationCreateFile": "diff! path! type!",
    "OperationDeleteFile": "path! type!",
    "OperationUpdateFile": "diff! path! type!",
    "McpListToolsTool": "input_schema! name! annotations description",
}

_RECORDS = ("conversation", "moderation", "prompt", "tool_choice", "tool_usage", "tools")
"""What requests and rare features leave in a response."""
_ITEM = {"item": "item"}
_PART = {"part": "part"}
_SUMMARY = {"part": "ResponseReasoningSummaryPartDoneEvent.Part"}
_LOGPROBS = {"logprobs": "Logprob"}
_CALLER = {"caller": "Record"}

CHILDREN: dict[str, dict[str, str]] = {
    **{_event_class(kind): {"response": "Response"} for kind in _EVENTS["response!"].split()},
    "ResponseOutputItemAddedEvent": _ITEM,
    "ResponseOutputItemDoneEvent": _ITEM,
    "ResponseContentPartAddedEvent": _PART,
    "ResponseContentPartDoneEvent": _PART,
    "ResponseReasoningSummaryPartAddedEvent": _SUMMARY,
    "ResponseReasoningSummaryPartDoneEvent": _SUMMARY,
    "ResponseTextDeltaEvent": _LOGPROBS,
    "ResponseTextDoneEvent": _LOGPROBS,
    "ResponseOutputTextAnnotationAddedEvent": {"annotation": "annotation"},
    "ResponseShellCallOutputContentDeltaEvent": {"delta": "ResponseShellCallOutputContentDeltaEvent.Delta"},
    "ResponseShellCallOutputContentDoneEvent": {"output": "Output"},
    "Response": {
        **dict.fromkeys(_RECORDS, "Record"),
        "output": "item",
        "error": "ResponseError",
        "incomplete_details": "IncompleteDetails",
        "reasoning": "Reasoning",
        "text": "ResponseTextConfig",
        "usage": "ResponseUsage",
    },
    "ResponseTextConfig": {"format": "Record"},
    "ResponseUsage": {
        "input_tokens_details": "InputTokensDetails",
        "output_tokens_details": "ResponseUsage.OutputTokensDetails",
    },
    "ResponseOutputMessage": {"content": "part"},
    "ResponseReasoningItem": {"content": "ResponseReasoningItem.Content", "summary": "Summary"},
    "ResponseFunctionToolCall": _CALLER,
    "ResponseFunctionToolCallOutputItem": {**_CALLER, "output": "Record"},
    "ResponseCustomToolCall": _CALLER,
    "ResponseCustomToolCallOutputItem": {**_CALLER, "output": "Record"},
    "ResponseFileSearchToolCall": {"results": "Result"},
    "ResponseFunctionWebSearch": {"action": "search"},
    "ResponseCodeInterpreterToolCall": {"outputs": "printed"},
    "ResponseComputerToolCall": {"action": "Record", "actions": "Record", "pending_safety_checks": "Record"},
    "ResponseComputerToolCallOutputItem": {"acknowledged_safety_checks": "Record", "output": "Record"},
    "LocalShellCall": {"action": "LocalShellCallAction"},
    "ResponseFunctionShellToolCall": {**_CALLER, "action": "Action", "environment": "Record"},
    "ResponseFunctionShellToolCallOutput": {**_CALLER, "output": "Output"},
    "ResponseApplyPatchToolCall": {**_CALLER, "operation": "operation"},
    "ResponseApplyPatchToolCallOutput": _CALLER,
    "McpListTools": {"tools": "McpListToolsTool"},
    "ResponseToolSearchOutputItem": {"tools": "Record"},
    "ResponseOutputText": {"annotations": "annotation", "logprobs": "ResponseOutputText.Logprob"},
    "ResponseOutputText.Logprob": {"top_logprobs": "ResponseOutputText.LogprobTopLogprob"},
    "Logprob": {"top_logprobs": "LogprobTopLogprob"},
    "ActionSearch": {"sources": "Record"},
    "Output": {"outcome": "Record"},
}

BY_TYPE: dict[str, dict[str, str]] = {
    "response event": {
        kind if kind == "error" else f"response.{kind}": _event_class(kind) for kind in _KINDS
    },
    "item": {
        "message": "ResponseOutputMessage",
        "reasoning": "ResponseReasoningItem",
        "function_call": "ResponseFunctionToolCall",
        "function_call_output": "ResponseFunctionToolCallOutputItem",
        "custom_tool_call": "ResponseCustomToolCall",
        "custom_tool_call_output": "ResponseCustomToolCallOutputItem",
        "file_search_call": "ResponseFileSearchToolCall",
        "web_search_call": "ResponseFunctionWebSearch",
        "code_interpreter_call": "ResponseCodeInterpreterToolCall",
        "image_generation_call": "ImageGenerationCall",
        "computer_call": "ResponseComputerToolCall",
        "computer_call_output": "ResponseComputerToolCallOutputItem",
        "local_shell_call": "LocalShellCall",
        "local_shell_call_output": "LocalShellCallOutput",
        "shell_call": "ResponseFunctionShellToolCall",
        "shell_call_output": "ResponseFunctionShellToolCallOutput",
        "apply_patch_call": "ResponseApplyPatchToolCall",
        "apply_patch_call_output": "ResponseApplyPatchToolCallOutput",
        "mcp_call": "McpCall",
        "mcp_list_tools": "McpListTools",
        "mcp_approval_request": "McpApprovalRequest",
        "mcp_approval_response": "McpApprovalResponse",
        "tool_search_call": "ResponseToolSearchCall",
        "tool_search_output": "ResponseToolSearchOutputItem",
        "compaction": "ResponseCompactionItem",
    },
    "part": {
        "output_text": "ResponseOutputText",
        "refusal": "ResponseOutputRefusal",
        "reasoning_text": "PartReasoningText",
    },
    "annotation": {
        "file_citation": "AnnotationFileCitation",
        "url_citation": "AnnotationURLCitation",
        "container_file_citation": "AnnotationContainerFileCitation",
        "file_path": "AnnotationFilePath",
    },
    "search": {"search": "ActionSearch", "open_page": "ActionOpenPage", "find_in_page": "ActionFind"},
    "printed": {"logs": "OutputLogs", "image": "OutputImage"},
    "operation": {
        "create_file": "OperationCreateFile",
        "delete_file": "OperationDeleteFile",
        "update_file": "OperationUpdateFile",
    },
}

USAGE = "ResponseUsage"


class Answer(Record):
    """A response, which tells the text of its output."""

    __slots__ = ()

    @property
    def output_text(self) -> str:
        """The texts of its messages, put together."""
        messages = [item for item in self.output if item.type == "message"]
        parts = [part for message in messages for part in message.content if part.type == "output_text"]
        return "".join(part.text for part in parts if part.text is not None)
