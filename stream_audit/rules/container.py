"""What recordings come wrapped in, and what is wrong with the wrapping: damage costs itself, not the rest."""

from __future__ import annotations

from stream_audit.model import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="message-checksum-wrong",
        severity="error",
        family="container",
        title="The checksums of a binary message are right.",
        why=(
            "A message that disagrees with its checksum was damaged, or the file was copied as "
            "text. An SDK would raise there; here that message is lost and the next one is read."
        ),
        wrong="curl ... | iconv -f latin1 -t utf8 > answer.bin",
        right="curl ... > answer.bin",
        seen="A message and its checksum disagree",
    ),
    Rule(
        slug="message-cut-off",
        severity="error",
        family="container",
        title="The last binary message of a recording is complete.",
        why=(
            "The connection or the recorder stopped in the middle of it. What it would have said "
            "is unknown, often the finish reason or the usage."
        ),
        wrong="answer.bin, cut while it was copied",
        right="answer.bin, whole",
        seen="The file ends in the middle of a message",
    ),
    Rule(
        slug="message-broken",
        severity="error",
        family="container",
        title="A binary message has headers that say which event it is, and lengths that can be.",
        why="Its checksums are right, so it was sent like that; no reader knows what it means.",
        wrong=":message-type event, without :event-type",
        right=":message-type event, :event-type contentBlockDelta",
        seen="A message is not as the format wants it",
    ),
)
