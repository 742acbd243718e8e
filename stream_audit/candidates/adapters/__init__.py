"""The adapters that come with the package: real libraries as candidates, each in one short file.

An adapter's file is loaded in the candidate's process only. It imports the
standard library and its library, and offers

``DIALECTS``
    names of the dialects whose streams the library folds,
``version()``
    the library's version,
``fold(chunks, dialect)``
    fold parsed chunks by the library's own public way; returns what it returns,
``PARTS`` (in place of ``fold``)
    several ways of one library: part to fold,
``prepare()`` (optional)
    what is slow the first time, done before any fold's clock runs,
``MATERIALISED`` (optional)
    the library's classes of usage objects: how often one is turned into a mapping is counted.

A fold may carry ``covers``, the fields it claims to return, and ``dialects``
where it has fewer than the library.

To add one: its file and its entry here.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ADAPTERS", "Adapter", "adapter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """What is known of an adapter without loading it."""

    name: str
    """What users write; also the distribution that a version behind it pins."""
    library: str
    """What is imported."""
    dialects: tuple[str, ...]
    title: str
    """What folds, in a few words."""
    parts: tuple[str, ...] = ()
    """Ways to fold that are candidates of their own; the name alone stands for all of them."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Parts that are one fold written twice: the synchronous and the asynchronous one."""
    companions: tuple[tuple[str, str], ...] = ()
    """What an environment of its own needs beside it: a requirement, and for which versions of the
    library (``<0.28``; empty: for all)."""
    python: str = ""
    """The interpreters it can live with (``>=3.10,<3.13``); empty: any."""

    @property
    def module(self) -> str:
        """Name of its file, without the ending."""
        return self.name.replace("-", "_")


ADAPTERS: tuple[Adapter, ...] = (
    Adapter(
        name="openai",
        library="openai",
        dialects=("openai-chat", "openai-responses"),
        title="the OpenAI SDK's streams for chat completions and Responses",
        companions=(("httpx<0.28", "<1.55.3"),),
    ),
    Adapter(
        name="anthropic",
        library="anthropic",
        dialects=("anthropic-messages",),
        title="the Anthropic SDK's message stream",
    ),
    Adapter(
        name="boto3",
        library="boto3",
        dialects=("bedrock-converse",),
        title="botocore's parser of Bedrock's events, and the loop of Amazon's guide over them",
    ),
    Adapter(
        name="google-genai",
        library="google.genai",
        dialects=("gemini",),
        title="google-genai's chunks, gathered by the usual loop",
        python=">=3.10",
    ),
    Adapter(
        name="cohere",
        library="cohere",
        dialects=("cohere-v2",),
        title="the events of Cohere's SDK, gathered as its guides say",
    ),
    Adapter(
        name="ollama",
        library="ollama",
        dialects=("ollama",),
        title="the chunks of Ollama's SDK, gathered by the loop of its guides",
    ),
    Adapter(
        name="litellm",
        library="litellm",
        dialects=("openai-chat",),
        title="LiteLLM's stream_chunk_builder over the chunks it hands out",
        python=">=3.9,<3.15",
    ),
    Adapter(
        name="langchain",
        library="langchain_openai",
        dialects=("openai-chat", "anthropic-messages"),
        title="the message chunks of LangChain's chat models, added up",
        companions=(("langchain-openai", ""), ("langchain-anthropic", "")),
    ),
    Adapter(
        name="pydantic-ai",
        library="pydantic_ai",
        dialects=("openai-chat", "anthropic-messages"),
        title="Pydantic AI's streamed response",
        companions=(
            ("genai-prices<0.0.31", "<1.2"),  # a later one has it read no usage at all
            ("opentelemetry-api<1.38", "<1.40"),
            ("anthropic<0.80", "<1.66"),
            ("anthropic<1", ">=1.66,<2.33"),
            ("anthropic<2", ">=2.33,<2.60"),
        ),
        python=">=3.10",
    ),
    Adapter(
        name="llm",
        library="llm",
        dialects=("openai-chat", "openai-completions"),
        title="llm's combiner, and its chats with OpenAI-compatible servers",
        parts=("combine_chunks", "Chat", "AsyncChat"),
        pairs=(("Chat", "AsyncChat"),),
        companions=(("openai<2", "<0.32"), ("openai<3", ">=0.32,<0.33"), ("httpx", "<0.33")),
    ),
    Adapter(
        name="ai-sdk-stream-python",
        library="ai_sdk_stream_python",
        dialects=("ai-sdk-stream-python",),
        title="the record of a StreamContext that the recorded calls are made on again",
        python=">=3.10,<3.13",
    ),
)


def adapter(name: str) -> Adapter | None:
    """The adapter of that name, ``None`` when there is none."""
    return next((known for known in ADAPTERS if known.name == name), None)
