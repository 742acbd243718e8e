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
    Rule(
        slug="interaction-broken",
        severity="error",
        family="container",
        title="Every interaction of a cassette or archive can be read.",
        why=(
            "An interaction that is no YAML or JSON, or has no request and answer, is lost. So is one "
            "with an alias to itself, or with more values than any request has. The others are read."
        ),
        wrong="- request: {uri: ...",
        right="- request: {uri: ...}\n  response: {...}",
        seen="An interaction cannot be read",
    ),
    Rule(
        slug="interaction-cut-off",
        severity="error",
        family="container",
        title="The last interaction of a cassette or archive is complete.",
        why="The recorder was stopped while it wrote. What came after is unknown.",
        wrong="cassette.yaml, cut while it was copied",
        right="cassette.yaml, whole",
        seen="The file ends in the middle of an interaction",
    ),
    Rule(
        slug="interaction-too-long",
        severity="error",
        family="container",
        title="An interaction is of a sensible length.",
        why="It is skipped and not read into memory; the interactions around it are read.",
        wrong="one interaction of 200 MB",
        right="a few megabytes, at most",
        seen="An interaction is longer than an answer can be",
    ),
    Rule(
        slug="body-not-decoded",
        severity="error",
        family="container",
        title="The body of a recorded answer can be unpacked.",
        why=(
            "Base64 that is cut off, a damaged compression, or one that nothing installed can undo: "
            "what came before is read, and the recording is marked as damaged."
        ),
        wrong="content-encoding: br, without a Brotli library",
        right="content-encoding: br, and pip install brotli",
        seen="A body cannot be unpacked",
    ),
    Rule(
        slug="body-not-kept",
        severity="warning",
        family="container",
        title="A recorded stream has its body.",
        why=(
            "Browsers often save an archive without the bodies of event streams. Nothing is left to "
            "compare, and nothing of it is counted as compared."
        ),
        wrong='"content": {"mimeType": "text/event-stream", "size": 0}',
        right='"content": {"mimeType": "text/event-stream", "text": "data: {...}"}',
        seen="The body of a stream was not kept",
    ),
    Rule(
        slug="yaml-tag-refused",
        severity="warning",
        family="container",
        title="A cassette is plain data.",
        why=(
            "A tag can make a YAML reader call any function. None is ever followed here: what it "
            "stands before is read as the text, list or mapping that it is."
        ),
        wrong="body: !!python/object/apply:os.system [ls]",
        right="body: '{\"stream\": true}'",
        seen="A tag was not followed",
    ),
    Rule(
        slug="timing-not-kept",
        severity="note",
        family="container",
        title="What a container does not keep of a stream is said.",
        why=(
            "Cassettes and archives hold whole bodies. Nobody can tell from them when an event "
            "arrived, or in which pieces the application read it; faults that need that cannot show."
        ),
        wrong="looking for a slow first chunk in a cassette",
        right="looking for it in recordings with times",
        seen="The container keeps bodies without their timing",
    ),
    Rule(
        slug="interactions-not-streamed",
        severity="note",
        family="container",
        title="Interactions that are no streams are counted, not audited.",
        why="They are no recordings. One that answers the same request as a stream is its twin.",
        wrong="POST /v1/embeddings",
        right='POST /v1/chat/completions with "stream": true',
        seen="Some interactions hold no stream",
    ),
)
