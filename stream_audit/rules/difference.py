"""A difference that no known failure explains: one general rule for each field."""

from __future__ import annotations

from stream_audit.model import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="role-differs",
        severity="error",
        family="difference",
        title="The role equals the reference's.",
        why=(
            "A wrong role puts the words into another's mouth, or makes a message that cannot be sent again."
        ),
        wrong="role null",
        right='role "assistant"',
    ),
    Rule(
        slug="content-differs",
        severity="error",
        family="difference",
        title="The answer's text equals the reference's.",
        why=(
            "Text that is missing, doubled or scrambled is shown to the user, stored, and sent "
            "back as history."
        ),
        wrong='content "Hell"',
        right='content "Hello"',
    ),
    Rule(
        slug="reasoning-differs",
        severity="error",
        family="difference",
        title="The reasoning text equals the reference's.",
        why=(
            "Reasoning is stored, shown and, with some providers, sent back. Missing or doubled "
            "it misleads all three."
        ),
        wrong="reasoning null",
        right='reasoning "Let me see."',
    ),
    Rule(
        slug="refusal-differs",
        severity="error",
        family="difference",
        title="The refusal equals the reference's.",
        why="Without it a refusal looks like an empty answer.",
        wrong="refusal null",
        right='refusal "I can\'t help."',
    ),
    Rule(
        slug="tool-calls-differ",
        severity="error",
        family="difference",
        title="The tool calls equal the reference's: how many, their ids, names and arguments.",
        why="A wrong call is a wrong action; a wrong id makes the next request fail.",
        wrong='arguments "{}{}"',
        right='arguments "{}"',
    ),
    Rule(
        slug="parts-differ",
        severity="error",
        family="difference",
        title="The ordered blocks equal the reference's.",
        why=(
            "Blocks are sent back as they are. A lost signature or a changed order is refused by "
            "the provider."
        ),
        wrong="parts [text]",
        right="parts [thinking, text]",
    ),
    Rule(
        slug="annotations-differ",
        severity="error",
        family="difference",
        title="The citations and annotations equal the reference's.",
        why="Without its sources an answer cannot be checked.",
        wrong="annotations []",
        right='annotations [{"url": "https://example.org"}]',
    ),
    Rule(
        slug="audio-differs",
        severity="error",
        family="difference",
        title="The audio equals the reference's.",
        why="Audio that lacks a piece does not play, or plays in part.",
        wrong='data "UklG"',
        right='data "UklGRg=="',
    ),
    Rule(
        slug="finish-reason-differs",
        severity="error",
        family="difference",
        title="The finish reason equals the reference's.",
        why="It decides whether tools are run, and whether an answer counts as whole.",
        wrong='finish_reason "stop"',
        right='finish_reason "tool_calls"',
    ),
    Rule(
        slug="choices-differ",
        severity="error",
        family="difference",
        title="The choices are those of the reference.",
        why="An answer that was paid for is missing, or there is one that the model never gave.",
        wrong="choices [0]",
        right="choices [0, 1]",
    ),
    Rule(
        slug="logprobs-differ",
        severity="error",
        family="difference",
        title="The log probabilities equal the reference's.",
        why="Scores worked out from a part of the tokens are wrong without looking so.",
        wrong="logprobs of 1 token",
        right="logprobs of 4 tokens",
    ),
    Rule(
        slug="usage-differs",
        severity="error",
        family="difference",
        title="Every token count equals the reference's.",
        why="Counts become bills, limits and reports.",
        wrong="usage.output_tokens 14",
        right="usage.output_tokens 9",
    ),
    Rule(
        slug="identity-differs",
        severity="warning",
        family="difference",
        title="Id, model, created, fingerprint and service tier equal the reference's.",
        why="They are used to group messages, to set prices and to find a request again.",
        wrong="id null",
        right='id "chatcmpl-1"',
    ),
    Rule(
        slug="error-differs",
        severity="error",
        family="difference",
        title="The error equals the one that the stream reported.",
        why="A failure that is not told makes half an answer look whole.",
        wrong="error null",
        right='error {"message": "overloaded"}',
    ),
    Rule(
        slug="extra-differs",
        severity="warning",
        family="difference",
        title="Fields that no rule knows are kept as they were sent.",
        why="Some of them must be sent back, some explain a bill. Nobody misses them until then.",
        wrong="extra {}",
        right='extra {"citations": ["https://example.org"]}',
    ),
)
