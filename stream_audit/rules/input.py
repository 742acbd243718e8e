"""Recordings that cannot be read as sent: a finding with file and line, and the rest is audited."""

from __future__ import annotations

from stream_audit.model import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="line-not-json",
        severity="error",
        family="input",
        title="Every line of a recording is one JSON value.",
        why=(
            "A line that cannot be read is a chunk that is missing from the response; the "
            "recording is marked as damaged. Where a whole file is something else (an HTML page, a log "
            "with text before each event), its first such line says what it looks like."
        ),
        wrong='{"choices": [{"delta": {"content": "Hi"}}],}',
        right='{"choices": [{"delta": {"content": "Hi"}}]}',
        seen="The line is not JSON",
    ),
    Rule(
        slug="line-cut-off",
        severity="error",
        family="input",
        title="The last line of a recording is complete.",
        why=(
            "The recorder was stopped while it wrote. What the line would have said is unknown, "
            "often the finish reason or the usage."
        ),
        wrong='{"choices": [{"delta": {"conte',
        right='{"choices": [{"delta": {"content": "Hi"}}]}',
        seen="The line ends in the middle of a JSON value",
    ),
    Rule(
        slug="line-not-object",
        severity="error",
        family="input",
        title="A chunk is a JSON object.",
        why=(
            "A list, a number or a text cannot be a chunk of any dialect. It is left out and the "
            "recording is marked as damaged."
        ),
        wrong='[{"delta": {"content": "Hi"}}]',
        right='{"delta": {"content": "Hi"}}',
        seen="The line is JSON, but not an object",
    ),
    Rule(
        slug="number-not-json",
        severity="error",
        family="input",
        title="Numbers in a recording are JSON numbers; NaN and Infinity are none.",
        why=(
            "Some writers emit them and some readers take them; others lose the whole chunk. A "
            "NaN in a count spoils every sum it meets."
        ),
        wrong='{"usage": {"prompt_tokens": NaN}}',
        right='{"usage": {"prompt_tokens": null}}',
        seen="The line has a number that JSON does not know",
    ),
    Rule(
        slug="lone-surrogate",
        severity="warning",
        family="input",
        title="Text is whole characters; an escape like \\ud83d has its other half beside it.",
        why=(
            "Half a character cannot be written as UTF-8. Code that stores or sends it raises, "
            "often far from here. A pair cut between two chunks is joined again in the text."
        ),
        wrong='{"content": "\\ud83d"}',
        right='{"content": "\\ud83d\\ude00"}',
        seen="The line has half of a surrogate pair",
    ),
    Rule(
        slug="integer-too-large",
        severity="warning",
        family="input",
        title="Whole numbers fit into 64 bits.",
        why=(
            "Readers disagree beyond that: some raise, some round, some keep it. A count that "
            "large is no count."
        ),
        wrong='{"created": 100000000000000000000000000000}',
        right='{"created": 1700000000}',
        seen="The line has an integer of more than 64 bits",
    ),
    Rule(
        slug="number-too-large",
        severity="warning",
        family="input",
        title="Numbers fit into a double-precision float.",
        why="1e999 becomes infinity in many readers and an error in others.",
        wrong='{"logprob": -1e999}',
        right='{"logprob": -9999.0}',
        seen="The line has a number beyond what a float can hold",
    ),
    Rule(
        slug="line-too-long",
        severity="error",
        family="input",
        title="A line holds one chunk and is of a sensible length.",
        why=(
            "Such a line is no chunk of a stream but a file without newlines. It is skipped and "
            "not read into memory; the lines after it are read."
        ),
        wrong="one line of 100 MB",
        right="one chunk a line",
        seen="The line is longer than a chunk can be",
    ),
    Rule(
        slug="nesting-too-deep",
        severity="error",
        family="input",
        title="A chunk is nested no deeper than any reader can follow.",
        why="Deep nesting exhausts the stack of readers that recurse, and ends their process.",
        wrong="[[[[ ... ten thousand times ... ]]]]",
        right='{"delta": {"content": "Hi"}}',
        seen="The line is nested too deeply",
    ),
    Rule(
        slug="invalid-utf8",
        severity="error",
        family="input",
        title="Recordings are UTF-8.",
        why=(
            "The bytes that are none would have to be guessed. A frequent cause is a recorder "
            "that cut a character in two."
        ),
        wrong='{"content": "caf\\xe9"} in Latin-1',
        right='{"content": "caf\\xc3\\xa9"} in UTF-8',
        seen="The line is not valid UTF-8",
    ),
    Rule(
        slug="source-not-text",
        severity="error",
        family="input",
        title="A recording is text, or an AWS event stream; plain, or compressed with gzip or zstd.",
        why=(
            "Of any other binary file nobody can tell what it holds, so nothing of it is read. What it "
            "begins like is said: an archive, a compression within another, UTF-16 with what converts it."
        ),
        wrong="recording.bin",
        right="recording.jsonl",
        seen="The file is not text",
    ),
    Rule(
        slug="source-unreadable",
        severity="error",
        family="input",
        title="Every file that is to be audited can be opened and read to its end.",
        why=(
            "A file without permission, or a disk that fails, must not look like a recording "
            "without findings."
        ),
        wrong="-rw------- root recording.jsonl",
        right="-rw-r--r-- root recording.jsonl",
        seen="The file cannot be read",
    ),
    Rule(
        slug="compression-truncated",
        severity="error",
        family="input",
        title="A compressed recording is complete.",
        why="What was decompressed until the cut is audited; what is behind it is unknown.",
        wrong="recording.jsonl.gz, cut while it was copied",
        right="recording.jsonl.gz, whole",
        seen="The compressed file ends too early",
    ),
    Rule(
        slug="compression-broken",
        severity="error",
        family="input",
        title="A compressed recording decompresses without an error.",
        why="Behind the damage nothing can be read. What came before it is audited.",
        wrong="recording.jsonl.gz with wrong checksums",
        right="recording.jsonl.gz, whole",
        seen="The compressed file is damaged",
    ),
    Rule(
        slug="sse-junk-line",
        severity="warning",
        family="input",
        title=("Event-stream text has only fields (data, event, id, retry), comments and empty lines."),
        why=(
            "A line of another kind is ignored by a correct reader, so a chunk that lost its "
            '"data:" vanishes in silence.'
        ),
        wrong='{"delta": {"content": "Hi"}}',
        right='data: {"delta": {"content": "Hi"}}',
        seen="The line is neither a field, nor a comment, nor empty",
    ),
    Rule(
        slug="source-empty",
        severity="warning",
        family="input",
        title="A recording has at least one chunk.",
        why=(
            "An empty file is what is left of a recorder that failed at once. It proves nothing "
            "and is not counted as compared."
        ),
        wrong="recording.jsonl, 0 bytes",
        right="recording.jsonl with chunks",
        seen="The file has nothing in it",
    ),
    Rule(
        slug="source-without-recording",
        severity="warning",
        family="input",
        title="Every folder and pattern that is named has a recording in it.",
        why=(
            "A folder that is empty by mistake (a wrong path, a checkout without its data, a step that "
            "wrote nothing) would drop out without a word, and the others keep the run green."
        ),
        wrong="stream-audit replay recordings/chat recordings/tools, and nothing in recordings/tools",
        right="stream-audit replay recordings/chat",
        seen="Nothing in it is a recording",
    ),
    Rule(
        slug="envelope-broken",
        severity="error",
        family="input",
        title="A line with an envelope has a stream name and a chunk that is an object.",
        why="Without them it is unknown which response the chunk belongs to, or what it was.",
        wrong='{"stream": "a", "chunk": "Hi"}',
        right='{"stream": "a", "chunk": {"delta": {"content": "Hi"}}}',
        seen="The line's envelope is not as the recording format wants it",
    ),
    Rule(
        slug="recording-format-newer",
        severity="error",
        family="input",
        title="The format version of a recording is known to the reader.",
        why=(
            "A newer format may mean something else by the same words. The file is not read "
            "rather than read wrongly; a newer stream-audit reads it."
        ),
        wrong='{"format": "stream-audit-recording", "version": 99}',
        right='{"format": "stream-audit-recording", "version": 1}',
        seen="The recording's format is newer than this version knows",
    ),
    Rule(
        slug="unknown-dialect",
        severity="warning",
        family="input",
        title="The chunks of a recording are of a known dialect.",
        why=(
            "Without a dialect nothing can be folded, so nothing is compared; the recording is "
            "counted as skipped. --dialect names one where the chunks do not tell. What the first look "
            "like is said: an error answer, an answer without streaming, chunks inside something else."
        ),
        wrong='{"foo": 1}',
        right='{"object": "chat.completion.chunk", "choices": []}',
        seen="No dialect recognises the chunks",
    ),
    Rule(
        slug="dialect-mismatch",
        severity="warning",
        family="input",
        title="The dialect as which a recording is read makes something of it.",
        why=(
            "A dialect that is forced on chunks of another folds nothing, and so does a combiner for "
            "that dialect: both are empty, and alike. The recording is counted as skipped; without "
            "--dialect its chunks tell what they are."
        ),
        wrong='--dialect openai-chat, and {"type": "message_start", "message": {}}',
        right='--dialect openai-chat, and {"choices": [{"delta": {"content": "Hi"}}]}',
        seen="The dialect makes nothing of the chunks",
    ),
    Rule(
        slug="not-a-recording",
        severity="note",
        family="input",
        title="Files that were met in a folder and are no recordings are named, not audited.",
        why=(
            "A README beside recordings is no fault. It is listed so that a recording that was "
            "mistaken for one can be noticed."
        ),
        wrong="# Notes about these recordings",
        right='{"object": "chat.completion.chunk", "choices": []}',
        seen="The file is no recording",
    ),
    Rule(
        slug="twin-unreadable",
        severity="warning",
        family="input",
        title="An answer without streaming that lies beside a recording can be read.",
        why="It is there to be compared with. As long as nobody can read it, nothing is.",
        wrong='{"choices": [{"mess',
        right='{"choices": [{"message": {"role": "assistant", "content": "Hi"}}]}',
        seen="The answer without streaming cannot be read",
    ),
)
