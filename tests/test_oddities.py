"""What real servers were seen to send, in recordings of our own: what the reference makes of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from stream_audit.model import Audited, Message, Usage
from tests.runs import FIXTURES, audit


@cache
def audited(fixture: str) -> tuple[Audited, ...]:
    found = (FIXTURES / fixture).parent.glob(f"{(FIXTURES / fixture).name}.*")
    return tuple(audit(next(path for path in found if not path.name.endswith(".response.json"))).audited)


def folded(fixture: str) -> Any:
    (one,) = audited(fixture)
    assert one.reference is not None
    return one.reference


def message(fixture: str) -> Message:
    said: Message = folded(fixture).choices[0].message
    return said


def finish(fixture: str) -> str | None:
    reason: str | None = folded(fixture).choices[0].finish_reason
    return reason


def usage(fixture: str) -> Usage:
    counts: Usage = folded(fixture).usage
    return counts


def noted(fixture: str) -> set[str]:
    return {found.rule for one in audited(fixture) for found in one.findings}


def calls(fixture: str) -> list[tuple[str | None, str]]:
    return [(call.name, call.arguments) for call in message(fixture).tool_calls]


ODDITIES: dict[str, tuple[str, Callable[[str], Any], Any]] = {
    "a message beside the delta is never read": (
        "openai-chat/message-beside-delta-added",
        lambda f: message(f).content,
        "Bees make honey.",
    ),
    "reasoning outside the completion is output, as the total says": (
        "openai-chat/reasoning-left-out",
        lambda f: (usage(f).output_tokens, usage(f).reasoning_tokens, usage(f).total_tokens),
        (27, 25, 37),
    ),
    "an id in every chunk is one response": (
        "openai-chat/ids-in-every-chunk",
        lambda f: (message(f).role, message(f).content, usage(f).total_tokens, "id-changes" in noted(f)),
        ("assistant", "Rain in Porto.", 25, True),
    ),
    "usage in two places is one usage": (
        "openai-chat/usage-both-added",
        lambda f: usage(f).total_tokens,
        22,
    ),
    "a usage chunk's choice without a reason takes none away": (
        "openai-chat/usage-chunk-with-a-choice",
        lambda f: (message(f).role, message(f).content, finish(f), usage(f).output_tokens),
        ("assistant", "Warm bread.", "stop", 3),
    ),
    "a reason that is sent twice is one": (
        "openai-chat/finish-concatenated",
        finish,
        "stop",
    ),
    "an error behind the reason keeps reason and usage": (
        "openai-chat/error-behind-the-finish",
        lambda f: (
            finish(f),
            message(f).reasoning,
            usage(f).total_tokens,
            folded(f).error["code"],
            audited(f)[0].complete,
        ),
        ("length", "First the tide", 12, 502, False),
    ),
    "an error alone at the end keeps what was said": (
        "openai-chat/error-alone-at-the-end",
        lambda f: (message(f).content, finish(f), folded(f).error["code"], audited(f)[0].complete),
        ("Looking it", None, "tool_use_failed", False),
    ),
    "a tool's name that is sent again is set once": (
        "openai-chat/tool-name-appended",
        lambda f: (calls(f)[0][0], "tool-name-resent" in noted(f)),
        ("get_time", True),
    ),
    "an empty id of a fragment takes none away": (
        "openai-chat/tool-id-overwritten-by-empty",
        lambda f: bool(message(f).tool_calls[0].id),
        True,
    ),
    "an empty name of a fragment takes none away": (
        "openai-chat/tool-name-overwritten-by-empty",
        lambda f: bool(calls(f)[0][0]),
        True,
    ),
    "a call without an index is a call": (
        "openai-chat/tool-index-required",
        lambda f: (calls(f), "tool-index-missing" in noted(f)),
        ([("get_weather", '{"city":"Lima"}')], True),
    ),
    "nulls in openers and fragments are nothing": (
        "openai-chat/parallel-calls-with-nulls",
        lambda f: (calls(f), usage(f).cache_read_tokens),
        ([("get_weather", f'{{"city":"{city}"}}') for city in ("Lima", "Oslo", "Kyoto")], 8),
    ),
    "an answer behind an answer is a recording of its own": (
        "openai-chat/two-answers-in-a-row",
        lambda f: [
            (one.reference.choices[0].message.tool_calls[0].id, one.reference.usage.total_tokens)
            for one in audited(f)
            if one.reference and one.reference.usage
        ],
        [("call_a", 16), ("call_b", 32)],
    ),
    "usage need not be last": (
        "openai-chat/moderation-behind-the-usage",
        lambda f: (usage(f).total_tokens, folded(f).extra),
        (12, {"moderation": {"flagged": False}}),
    ),
    "a preamble without a name names nothing": (
        "openai-chat/id-empty-wins",
        lambda f: bool(folded(f).id and folded(f).model),
        True,
    ),
    "null is absent in every delta": (
        "openai-chat/nulls-in-every-delta",
        lambda f: (
            message(f).role,
            message(f).content,
            message(f).reasoning,
            message(f).tool_calls,
            folded(f).created,
            usage(f).reasoning_tokens,
        ),
        ("assistant", "Deep water", "Think.", (), 1760010000, 3),
    ),
    "names that say nothing are absent, and no reason is a fact": (
        "openai-chat/names-that-say-nothing",
        lambda f: (
            folded(f).id,
            folded(f).created,
            message(f).content,
            message(f).refusal,
            folded(f).choices[0].logprobs,
            finish(f),
            "finish-missing" in noted(f),
        ),
        (None, None, "Snow and ice.", None, None, None, True),
    ),
    "two equal chunks are two": (
        "openai-chat/duplicate-chunks-dropped",
        lambda f: message(f).content,
        "Knock, knock knock!",
    ),
    "iterations are not added to the usage that has them": (
        "anthropic-messages/usage-iterations-added",
        lambda f: (usage(f).input_tokens, usage(f).output_tokens),
        (12, 9),
    ),
    "a second source of usage is kept apart": (
        "anthropic-messages/usage-bedrock-metrics-added",
        lambda f: "amazon-bedrock-invocationMetrics" in folded(f).extra,
        True,
    ),
    "what a block is opened with is its content": (
        "anthropic-messages/tool-input-seed-ignored",
        lambda f: bool(calls(f)[0][1]),
        True,
    ),
    "what a message is opened with is its content": (
        "anthropic-messages/prefill-ignored",
        lambda f: bool(message(f).parts and message(f).tool_calls),
        True,
    ),
    "blanks in a payload are nothing, and a paused turn is whole": (
        "anthropic-messages/paused-turn-padded",
        lambda f: (message(f).content, finish(f), audited(f)[0].complete),
        ("I am still looking.", "pause_turn", True),
    ),
    "counts that vanish and fall are no error, and the last one counts": (
        "gemini/counts-that-vanish",
        lambda f: (
            usage(f).input_tokens,
            usage(f).output_tokens,
            usage(f).reasoning_tokens,
            usage(f).total_tokens,
            noted(f),
        ),
        (427, 569, 447, 996, {"usage-gemini-cumulative-summed"}),
    ),
    "arguments that are streamed leaf by leaf, without a name, are one call's": (
        "gemini/call-with-streamed-arguments",
        lambda f: (calls(f), finish(f), usage(f).output_tokens, noted(f)),
        (
            [
                (
                    "book_trip",
                    '{"to":"Lisbon","seats":2,"window":true,"note":null,'
                    '"stops":[{"city":"Madrid"},{"city":"Évora"}]}',
                ),
                ("get_time", '{"zone":"WET"}'),
            ],
            "STOP",
            51,
            {"tool-phantom-nameless"},
        ),
    ),
    "a call that nothing closes is a call": (
        "gemini/unclosed-call-dropped",
        lambda f: (calls(f), noted(f)),
        ([("get_weather", '{"city":"Oslo"}')], {"block-stop-missing"}),
    ),
    "a call without arguments is a call, and shows an empty object": (
        "gemini/args-required",
        lambda f: (calls(f), message(f).parts, noted(f)),
        ([("get_time", "")], ({"functionCall": {"name": "get_time", "args": {}}},), set()),
    ),
    "an array of chunks is a stream of them": (
        "gemini/array-of-chunks",
        lambda f: (message(f).content, finish(f), usage(f).total_tokens),
        ("Kites need wind.", "STOP", 9),
    ),
    "lines that end in CRLF are lines": (
        "gemini/thinking-then-call",
        lambda f: (
            b"\r\n\r\n" in (FIXTURES / f"{f}.sse").read_bytes(),
            message(f).reasoning,
            calls(f),
            finish(f),
        ),
        (
            True,
            "The user wants Oslo's weather. I should look.",
            [("get_weather", '{"city":"Oslo"}')],
            "STOP",
        ),
    ),
    "a signature on an empty text belongs to the text before it": (
        "gemini/answer-signed-at-the-end",
        lambda f: message(f).parts,
        ({"text": "Tulips bloom in May.", "thoughtSignature": "dHVsaXBz"},),
    ),
    "an index of 0 that is left out is 0": (
        "gemini/two-candidates",
        lambda f: [(one.index, one.message.content) for one in folded(f).choices],
        [(0, "Red pears."), (1, "Blue plums.")],
    ),
    "a blocked prompt is a whole answer without any choice": (
        "gemini/blocked-prompt-as-stop",
        lambda f: (folded(f).choices, folded(f).extra, usage(f).output_tokens, audited(f)[0].complete),
        ((), {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, None, True),
    ),
    "a text block that nothing started is one, and padding is nothing": (
        "bedrock-converse/plain-answer",
        lambda f: (message(f).content, message(f).extra, folded(f).extra, noted(f)),
        ("Green tea, steeped for three minutes.", {}, {"metrics": {"latencyMs": 512}}, set()),
    ),
    "Amazon's binary messages are events": (
        "bedrock-converse/one-tool",
        lambda f: (
            (FIXTURES / f"{f}.eventstream").read_bytes()[:1],
            calls(f),
            finish(f),
            usage(f).total_tokens,
            noted(f),
        ),
        (b"\0", [("get_weather", '{"city": "Oslo"}')], "tool_use", 433, set()),
    ),
    "an input of no text is an empty object": (
        "bedrock-converse/empty-input-crash",
        lambda f: (calls(f), message(f).parts[0]["toolUse"]["input"], noted(f)),
        ([("list_rooms", "")], {}, set()),
    ),
    "metadata may come before the end, and ends nothing": (
        "bedrock-converse/metadata-ahead-of-end",
        lambda f: (finish(f), usage(f).total_tokens, audited(f)[0].complete, noted(f)),
        ("end_turn", 27, True, set()),
    ),
    "what was read from the cache is input, however that is spelt": (
        "bedrock-converse/cache-spelling-missed",
        lambda f: (usage(f).input_tokens, usage(f).cache_read_tokens, usage(f).cache_write_tokens, noted(f)),
        (230, 200, 0, set()),
    ),
    "a gateway's metrics beside the usage are no usage": (
        "bedrock-converse/invocation-metrics-added",
        lambda f: (usage(f).input_tokens, usage(f).output_tokens),
        (30, 55),
    ),
    "an exception in the stream is the answer's error, and what was said stays": (
        "bedrock-converse/exception-swallowed",
        lambda f: (
            message(f).content,
            finish(f),
            folded(f).error["modelStreamErrorException"]["originalStatusCode"],
            audited(f)[0].complete,
        ),
        ("Once upon a", None, 500, False),
    ),
    "a tool that the server ran is a part and no call": (
        "bedrock-converse/server-tool-called",
        lambda f: (calls(f), [next(iter(part)) for part in message(f).parts]),
        ([("final_result", '{"result": 42}')], ["toolUse", "toolResult", "toolUse"]),
    ),
    "arguments that come only whole are the call's": (
        "openai-responses/whole-arguments-ignored",
        lambda f: (calls(f), noted(f)),
        ([("heat", '{"to":220}')], set()),
    ),
    "another item id in every event is one item": (
        "openai-responses/items-by-id",
        lambda f: (message(f).content, len(message(f).parts), noted(f)),
        ("Who is it?", 1, {"item-id-mismatch"}),
    ),
    "a response behind a response is a recording of its own, and counts from 0": (
        "openai-responses/two-answers-in-a-row",
        lambda f: [
            (one.reference.id, one.reference.usage.total_tokens, one.complete, len(one.findings))
            for one in audited(f)
            if one.reference and one.reference.usage
        ],
        [("resp_ebb", 20, True, 0), ("resp_flow", 36, True, 0)],
    ),
    "a response that is taken up again is folded, and what was open believes its end": (
        "openai-responses/taken-up-again",
        lambda f: (
            [part["content"][0]["text"] for part in message(f).parts],
            folded(f).id,
            audited(f)[0].complete,
            noted(f),
        ),
        (
            ["The ferry was late, but came.", "Bring a coat."],
            "resp_ferry",
            True,
            {"block-start-missing", "terminal-snapshot-disagrees"},
        ),
    ),
    "where numbers are missing the end of the item is believed": (
        "openai-responses/gaps-overlooked",
        lambda f: (message(f).content, noted(f)),
        ("Half a bridge is no way.", {"events-out-of-order", "terminal-snapshot-disagrees"}),
    ),
    "what is sent again under its number is read once": (
        "openai-responses/sent-again-applied",
        lambda f: (message(f).content, noted(f)),
        ("Hallo there", {"events-duplicated"}),
    ),
    "a closing event without items takes none away": (
        "openai-responses/closing-output-trusted",
        lambda f: (message(f).content, noted(f)),
        ("Over stones.", {"terminal-snapshot-wipes"}),
    ),
    "a closing text that disagrees takes nothing from what was streamed": (
        "openai-responses/closing-text-wins",
        lambda f: (message(f).content, noted(f)),
        ("The kettle sings.", {"terminal-snapshot-disagrees"}),
    ),
    "padding and settings are no text, and a stream as sent has nothing to note": (
        "openai-responses/reasoning-as-sent",
        lambda f: (message(f).reasoning, message(f).content, "obfuscation" in folded(f).extra, noted(f)),
        ("**Ferries**\n\nTwo a day.", "The ferry leaves at nine.", False, set()),
    ),
    "what the provider searched is a part and no call": (
        "openai-responses/web-search-with-citation",
        lambda f: (calls(f), [part["type"] for part in message(f).parts], folded(f).service_tier),
        ([], ["web_search_call", "message"], "default"),
    ),
    "an answer that ran out of tokens is whole, and says so": (
        "openai-responses/out-of-tokens",
        lambda f: (finish(f), audited(f)[0].complete),
        ("max_output_tokens", True),
    ),
    "an error in the middle keeps what was said": (
        "openai-responses/failure-swallowed",
        lambda f: (message(f).content, finish(f), folded(f).error["code"], audited(f)[0].complete),
        ("The wind", "failed", "server_error", False),
    ),
}


@pytest.mark.parametrize("name", ODDITIES)
def test_what_a_server_was_seen_to_send(name: str) -> None:
    fixture, seen, expected = ODDITIES[name]

    assert seen(fixture) == expected
