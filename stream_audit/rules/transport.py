"""From bytes to events, and streams as a whole: nothing lost, nothing twice, an end that is seen."""

from __future__ import annotations

from stream_audit.model import Rule
from stream_audit.rules.wires import BEDROCK

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="sse-split-reads",
        severity="error",
        family="transport",
        title="The events are the same wherever the network cuts the bytes.",
        why=(
            "A reader that parses each read by itself works on a fast network, and loses or "
            "breaks events on a slow one."
        ),
        wrong=('read 1: data: {"delta": {"con\nread 2: tent": "Hi"}}\n-> JSONDecodeError'),
        right='-> content "Hi"',
        sources=(
            "https://github.com/spiceai/spiceai/issues/12588",
            "https://github.com/clidey/whodb/pull/972",
            "https://github.com/ai-forever/gigachat-js/pull/14",
        ),
    ),
    Rule(
        slug="utf8-split",
        severity="error",
        family="transport",
        title="A character that is cut by the end of a read arrives whole.",
        why=(
            "Decoding each read by itself replaces the halves of every such character by U+FFFD, "
            "also inside the arguments of a tool call."
        ),
        wrong=('read 1: ...c3   read 2: a9...\n-> "caf\\ufffd\\ufffd"'),
        right='-> "café"',
        sources=(
            "https://github.com/librefang/librefang/issues/3448",
            "https://github.com/lobehub/lobehub/pull/18805",
            "https://github.com/ggml-org/llama.cpp/pull/28926",
        ),
    ),
    Rule(
        slug="sse-comment",
        severity="warning",
        family="transport",
        title="A line that begins with a colon is a comment and is never parsed.",
        why=(
            "Gateways send such lines to keep a connection open while the model thinks. Parsed as"
            " JSON they end the stream."
        ),
        wrong=(': PROCESSING\ndata: {"delta": {"content": "Hi"}}\n-> JSONDecodeError'),
        right='-> content "Hi"',
        sources=(
            "https://github.com/deepnoodle-ai/dive/pull/206",
            "https://github.com/coder/coder/issues/28185",
        ),
    ),
    Rule(
        slug="sse-comment-as-data",
        severity="warning",
        family="transport",
        title="A keep-alive is a comment, not data.",
        why=(
            "A relay that wraps it in data makes every client parse it. It is skipped here and "
            "reported, since nobody can know that it was nothing else."
        ),
        wrong="data: : PROCESSING",
        right=": PROCESSING",
        sources=(
            "https://github.com/anomalyco/opencode/issues/50871",
            "https://github.com/mnfst/llm-gateway/issues/2053",
        ),
        seen="A keep-alive text is sent as data",
    ),
    Rule(
        slug="sse-empty-data",
        severity="warning",
        family="transport",
        title="An event with empty data is ignored.",
        why="Proxies add them. Parsed as JSON, an empty string ends the stream.",
        wrong=('data:\ndata: {"delta": {"content": "Hi"}}\n-> JSONDecodeError'),
        right='-> content "Hi"',
        sources=("https://github.com/theopenco/llmgateway/pull/2334",),
        seen="An event with empty data is sent",
        wire_severity="note",
    ),
    Rule(
        slug="sse-crlf",
        severity="warning",
        family="transport",
        title="CR, LF and CRLF all end a line, also when a read ends between them.",
        why=(
            "A reader that looks for two LF finds no event in a stream with CRLF, and hangs until"
            " the connection closes."
        ),
        wrong=('data: {"delta": {"content": "Hi"}}\\r\\n\\r\\n\n-> no event'),
        right='-> content "Hi"',
        sources=(
            "https://github.com/vercel/ai/pull/6200",
            "https://github.com/kubernetes-sigs/inference-perf/pull/781",
        ),
    ),
    Rule(
        slug="sse-no-space",
        severity="warning",
        family="transport",
        title="data:{...} and data: {...} are the same.",
        why=(
            'Code that cuts off six characters, or looks for "data: ", gives an empty answer '
            "without any error."
        ),
        wrong=('data:{"delta": {"content": "Hi"}}\n-> no event'),
        right='-> content "Hi"',
        sources=("https://github.com/odysseus-dev/odysseus/pull/1701",),
    ),
    Rule(
        slug="sse-multiline-data",
        severity="warning",
        family="transport",
        title="Several data lines of one event are joined with newlines.",
        why="Proxies pretty-print. Parsed line by line, no line is JSON.",
        wrong=('data: {"delta":\ndata: {"content": "Hi"}}\n-> JSONDecodeError'),
        right='-> content "Hi"',
        sources=("https://github.com/SamSaffron/term-llm/pull/456",),
    ),
    Rule(
        slug="sse-bom",
        severity="warning",
        family="transport",
        title="One byte-order mark at the start is removed.",
        why=(
            "With it the first line begins with something else than data, so the first event, "
            "often the role, is lost without an error."
        ),
        wrong=('\\ufeffdata: {"delta": {"role": "assistant"}}\n-> no event'),
        right='-> role "assistant"',
        sources=("https://github.com/agentic-os-org/ANOLISA/pull/2209",),
    ),
    Rule(
        slug="error-event-ignored",
        severity="error",
        family="transport",
        title="An error inside a stream ends the answer as failed; what came before is kept.",
        why=(
            "The status was 200 long ago. Code that skips unknown events takes the half before "
            "the error for the whole answer."
        ),
        wrong=(
            '{"delta": {"content": "Half"}}\n'
            '{"error": {"message": "overloaded"}}\n'
            '-> content "Half", no error'
        ),
        right='-> content "Half", error "overloaded", incomplete',
        sources=(
            "https://github.com/farzaa/clicky/issues/132",
            "https://github.com/apache/rocketmq-dashboard/issues/2178",
        ),
        seen="The stream reports an error",
    ),
    Rule(
        slug="error-swallowed-by-relay",
        severity="error",
        family="transport",
        title="A relay does not turn a failure into a well-formed empty answer.",
        why="An empty answer with a proper end is believed, stored and never tried again.",
        wrong=(
            'upstream: {"error": {"message": "overloaded"}}\n'
            'relayed:  {"delta": {"content": ""}, "finish_reason": "stop"}'
        ),
        right='relayed:  {"error": {"message": "overloaded"}}',
        sources=(
            "https://github.com/BerriAI/litellm/pull/32475",
            "https://github.com/mozilla-ai/any-llm/pull/847",
        ),
    ),
    Rule(
        slug="truncation-undetected",
        severity="error",
        family="transport",
        title="A stream without its dialect's last marker is incomplete, and says so.",
        why=(
            "Connections break quietly. Half an answer that passes for a whole one is stored, "
            "billed, or run. Which marker counts depends on the dialect: to demand [DONE] of "
            "everybody is wrong too."
        ),
        wrong=(
            '{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}\n'
            "(end of stream)\n"
            "-> complete"
        ),
        right='-> content "Hi", incomplete',
        sources=(
            "https://github.com/ltmoerdani/opencode-copilot-chat/pull/170",
            "https://github.com/theopenco/llmgateway/pull/1901",
            "https://github.com/langchain-ai/langchain-aws/pull/1287",
        ),
        seen="The stream is incomplete",
    ),
    Rule(
        slug="terminal-not-synced",
        severity="error",
        family="transport",
        title="Usage or metadata alone is no end of a stream.",
        why=(
            "A stream cut after its metadata has no stop reason. Code that ends on metadata calls"
            " it complete."
        ),
        wrong=('{"metadata": {"usage": {"outputTokens": 2}}}\n(end of stream, no messageStop)\n-> complete'),
        right="-> incomplete",
        dialects=(BEDROCK,),
        sources=("https://github.com/anomalyco/opencode/pull/46065",),
        seen="Metadata came and no end",
    ),
    Rule(
        slug="events-out-of-order",
        severity="error",
        family="transport",
        title="Events are applied in the order of their numbers, or their disorder is reported.",
        why=(
            "Relays with several workers overtake themselves. Text joined in order of arrival is scrambled."
        ),
        wrong=(
            '{"sequence_number": 2, "delta": "lo"}\n'
            '{"sequence_number": 1, "delta": "Hel"}\n'
            '-> content "loHel"'
        ),
        right='-> content "Hello", or a finding',
        sources=(
            "https://github.com/maximhq/bifrost/pull/692",
            "https://github.com/twentyhq/twenty/pull/22484",
        ),
        seen="An event comes out of order",
        wire_severity="warning",
    ),
    Rule(
        slug="events-duplicated",
        severity="error",
        family="transport",
        title="An event that is sent again is applied once.",
        why=(
            "After a reconnect servers replay the last events. Applied again, text and tool calls"
            " are doubled."
        ),
        wrong=(
            '{"sequence_number": 1, "delta": "Hi"}\n{"sequence_number": 1, "delta": "Hi"}\n-> content "HiHi"'
        ),
        right='-> content "Hi"',
        sources=(
            "https://github.com/maximhq/bifrost/pull/1257",
            "https://github.com/diegosouzapw/OmniRoute/pull/5832",
        ),
        seen="An event is sent twice",
        wire_severity="warning",
    ),
    Rule(
        slug="streams-interleaved",
        severity="error",
        family="transport",
        title="Chunks of two responses in one recording are told apart, never folded together.",
        why=(
            "A proxy that logs all connections into one file mixes them. Folded as one, the "
            "answer is a mixture that nobody was sent."
        ),
        wrong=(
            '{"id": "a", "delta": {"content": "Hel"}}\n'
            '{"id": "b", "delta": {"content": "Bye"}}\n'
            '{"id": "a", "delta": {"content": "lo"}}\n'
            '-> content "HelByelo"'
        ),
        right='-> two responses, "Hello" and "Bye"',
        sources=(
            "https://github.com/mock-server/mockserver-monorepo/issues/2667",
            "https://github.com/http-kit/http-kit/issues/361",
        ),
        seen="Chunks of several responses alternate",
        wire_severity="note",
    ),
    Rule(
        slug="recording-not-faithful",
        severity="error",
        family="transport",
        title="A recording holds the chunks as they were sent.",
        why=(
            "A recorder that joins chunks, drops the usage chunk or stops at a pause makes test "
            "data in which the faults of this list cannot occur."
        ),
        wrong='{"choices": [{"delta": {"role": "assistant", "content": "the whole answer"}}]}',
        right=(
            '{"choices": [{"delta": {"role": "assistant", "content": ""}}]}\n'
            '{"choices": [{"delta": {"content": "the"}}]} ...'
        ),
        sources=(
            "https://github.com/CopilotKit/aimock/pull/125",
            "https://github.com/CopilotKit/aimock/pull/369",
            "https://github.com/openstory-so/openstory/issues/773",
        ),
        seen="The recording looks rebuilt, not recorded",
        wire_severity="warning",
    ),
    Rule(
        slug="many-events-per-read",
        severity="error",
        family="transport",
        title="All events of one read are delivered.",
        why=(
            "Under load several events arrive together. A reader that returns the first and drops"
            " the rest loses tool arguments and usage."
        ),
        wrong=('read 1: data: {"content": "Hel"}\\n\\ndata: {"content": "lo"}\\n\\n\n-> content "Hel"'),
        right='-> content "Hello"',
        sources=("https://github.com/jawah/urllib3.future/pull/344",),
    ),
    Rule(
        slug="unknown-event",
        severity="error",
        family="transport",
        title=("An event that nobody knows is skipped and counted; it neither ends the stream nor vanishes."),
        why=("Providers add events. A strict client dies on them, a lax one loses content without a trace."),
        wrong=('{"type": "brand_new_event", "text": "Hi"}\n-> exception, or nothing'),
        right="-> folding goes on, and a finding names the event",
        sources=(
            "https://github.com/microsoft/agent-framework/issues/5029",
            "https://github.com/Effect-TS/effect/pull/8333",
        ),
        seen="Something in the stream is not known to its dialect",
        wire_severity="warning",
    ),
)
