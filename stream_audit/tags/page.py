"""The trigger shapes as a Markdown page, ``docs/trigger-shapes.md``. Made from ``TAGS``; a test compares."""

from __future__ import annotations

from collections.abc import Iterator

from stream_audit.model.tag import Tag
from stream_audit.tags.readers import READERS
from stream_audit.tags.saying import LogReader
from stream_audit.tags.tagger import TAGS, aspects_of

__all__ = ["page"]

_HEAD = """\
# Trigger shapes

<!-- Generated. Change stream_audit/tags/, then: python -m stream_audit.tags > docs/trigger-shapes.md -->

Shapes of a stream that set combiners wrong. Recordings without a shape can never show that a combiner fails
there. `stream-audit lint PATH --tags` counts those that recordings have, and says which none of them has.

Beside these, each [failure class](failures.md) of which the reference takes note in a stream counts as a
shape by its own name.
"""


def page() -> str:
    """The whole page, with one newline at its end."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    yield "| shape | a stream that has | sets off | dialects |"
    yield "| --- | --- | --- | --- |"
    for tag in TAGS:
        rules = ", ".join(f"[{rule}](failures.md#{rule})" for rule in tag.rules)
        yield f"| `{tag.name}` | {tag.title} | {rules} | {_dialects(tag)} |"


def _dialects(tag: Tag) -> str:
    if tag.aspect == "framing":
        return "event streams"
    named = [reader for reader in READERS if tag.aspect in aspects_of(reader)]
    if len(named) == len(READERS):
        return "every"
    if named == [reader for reader in READERS if not isinstance(reader, LogReader)]:
        return "every stream"
    return ", ".join(f"`{reader.name}`" for reader in named)
