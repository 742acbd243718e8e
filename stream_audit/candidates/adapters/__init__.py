"""The adapters that come with the package: real libraries as candidates, each in one short file.

An adapter's file is loaded in the candidate's process only. It imports the
standard library and its library, and offers

``DIALECTS``
    names of the dialects whose streams the library folds,
``version()``
    the library's version,
``fold(chunks)``
    fold parsed chunks by the library's own public way; returns what it returns,
``prepare()`` (optional)
    what is slow the first time, done before any fold's clock runs,
``COVERS`` (optional)
    the fields that the library claims to return.

To add one: its file, its entry here, and an extra in ``pyproject.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ADAPTERS", "Adapter"]


@dataclass(frozen=True, slots=True)
class Adapter:
    """What is known of an adapter without loading it."""

    name: str
    extra: str
    """The extra of this package that installs the library."""
    library: str
    """What is imported."""
    dialects: tuple[str, ...]
    title: str
    """What folds, in a few words."""


ADAPTERS: tuple[Adapter, ...] = (
    Adapter(
        name="openai",
        extra="openai",
        library="openai",
        dialects=("openai-chat",),
        title="the OpenAI SDK's chat completion stream",
    ),
    Adapter(
        name="anthropic",
        extra="anthropic",
        library="anthropic",
        dialects=("anthropic-messages",),
        title="the Anthropic SDK's message stream",
    ),
)
