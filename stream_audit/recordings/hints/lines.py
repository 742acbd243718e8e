"""What a line that holds no chunk looks like: it stands for its file, which is most often of one kind."""

from __future__ import annotations

import re

__all__ = ["line_looks_like"]

_LOOKED_AT = 4096
"""Bytes of a line, at most."""

_KINDS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"(?i)<(!doctype html|html|head|body)\b"), "it looks like an HTML page"),
    (re.compile(rb"<\?xml |<Error>"), "it looks like XML"),
    (
        re.compile(
            rb"\* +(Host |Trying |Connected |Uses |ALPN|SSL|TLS)|> [A-Z]+ \S+ HTTP/|[<>] HTTP/|[<>] [\w-]+: "
        ),
        "it looks like what curl -v prints; curl -sN alone records the stream",
    ),
    (re.compile(rb"HTTP/\d"), "it looks like HTTP headers; curl -sN alone records the stream"),
    (
        re.compile(rb'[0-9a-k]:(".*"|\[.*\]|\{.*\})$'),
        "it looks like the data stream of AI SDK 4, which is not read",
    ),
    (
        re.compile(rb"""b(['"])(data:|event:|[{:]|\1)"""),
        "it looks like Python's repr of bytes; the bytes themselves are the recording",
    ),
    (re.compile(rb"\{'"), "it looks like Python's repr of a dict; json.dumps writes it as JSON"),
    (
        re.compile(rb"[A-Za-z_][\w.]*\(\w+="),
        "it looks like Python's repr of an object; its model_dump_json() writes it as JSON",
    ),
    (re.compile(rb'"(\{|data:|event:)'), "it holds JSON or events as text, encoded twice"),
    (
        re.compile(rb'[^"{]*([^"{\w]|\x1b\[[\d;]*m)data: ?(\{|\[DONE\])'),
        'text stands before "data:", and has to be cut off',
    ),
    (re.compile(rb"data: ?\{"), 'a second "data:" stands before an object, and has to be cut off'),
    (re.compile(rb'[^"{]+\{".*\}$'), "text stands before an object, and has to be cut off"),
    (re.compile(rb'\{".*\},$'), "a comma stands behind an object, and has to be cut off"),
    (re.compile(rb"[A-Za-z0-9+/]{64,}={0,2}$"), "it looks like base64"),
)
"""How a line begins, and what is then said of it. In the order in which they are asked."""


def line_looks_like(text: bytes) -> str:
    """What a line seems to be, in words of our own; empty where nothing is known of it."""
    line = text.strip()
    start = line if len(line) <= _LOOKED_AT else line[:_LOOKED_AT] + line[-1:]
    return next((words for kind, words in _KINDS if kind.match(start)), "")
