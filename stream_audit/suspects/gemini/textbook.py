"""The textbook fold of ``gemini``: ``docs/folding/gemini.md``, sentence by sentence.

Plain and slow on purpose, to be checked by eye. Every step is a small method,
so that a suspect can get exactly one of them wrong. It keeps no notes: the
reference reports what is odd on the wire, this one only says what it means.

The surprising rule: a function call without a name is no call, but more of one.
"""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.model import Payload
from stream_audit.suspects.every_dialect import is_integer, is_name, is_same
from stream_audit.suspects.gemini.textbook_answer import GeminiSoFar
from stream_audit.suspects.gemini.textbook_arguments import Misfit, laid, nests_deeper, path_of
from stream_audit.suspects.gemini.textbook_names import as_sent, is_reason, seems_a_chunk
from stream_audit.suspects.gemini.textbook_state import Call, Candidate, Part

__all__ = ["TextbookGemini"]

TOP_KEYS = frozenset({"candidates", "usageMetadata", "modelVersion", "responseId", "promptFeedback", "error"})
TOLD = (
    "finishMessage",
    "safetyRatings",
    "groundingMetadata",
    "urlContextMetadata",
    "avgLogprobs",
    "tokenCount",
    "continuationToken",
)
CANDIDATE_KEYS = frozenset({"index", "content", "finishReason", "citationMetadata", "logprobsResult", *TOLD})
CALL_KEYS = frozenset({"id", "name", "args", "partialArgs", "willContinue"})
ENTRY_KEYS = frozenset({"jsonPath", "stringValue", "numberValue", "boolValue", "nullValue", "willContinue"})
DEEPEST = 256


class TextbookGemini(GeminiSoFar):
    """One response, chunk by chunk."""

    name: ClassVar[str] = "textbook-gemini"
    dialects: ClassVar[tuple[str, ...]] = ("gemini",)
    failure: ClassVar[str] = ""
    touches: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    kin: ClassVar[tuple[str, ...]] = ()
    widespread: ClassVar[bool] = False

    # ---------------------------------------------------------------- the top level

    def add(self, payload: Payload) -> None:
        """Fold one chunk."""
        if self.is_wrap(payload):
            self.on_wrap(payload)
        else:
            self.on_chunk(as_sent(payload, "top"))

    def is_wrap(self, payload: Payload) -> bool:
        """True when the chunk stands inside."""
        inner = payload.get("response")
        return isinstance(inner, dict) and seems_a_chunk(inner) and not seems_a_chunk(payload)

    def on_wrap(self, payload: Payload) -> None:
        """Fold what stands around the chunk, then the chunk."""
        self.see_error(payload)
        self.extra.keep_unknown(payload, frozenset({"response", "error"}))
        self.on_chunk(as_sent(payload["response"], "top"))

    def on_chunk(self, chunk: Payload) -> None:
        """Fold all that a chunk says."""
        self.see_error(chunk)
        self.see_identity(chunk)
        self.see_feedback(chunk)
        self.see_usage(chunk)
        self.see_candidates(chunk)
        self.extra.keep_unknown(chunk, TOP_KEYS)

    def see_error(self, chunk: Payload) -> None:
        """Keep the first error that the stream reports."""
        error = chunk.get("error")
        if isinstance(error, str):
            error = {"message": error}
        if not isinstance(error, dict):
            self.extra.keep("error", error)
        elif self.error is None:
            self.error = error

    def see_identity(self, chunk: Payload) -> None:
        """Keep the first id and model that say something."""
        self.id = self.first_name(self.id, chunk, "responseId")
        self.model = self.first_name(self.model, chunk, "modelVersion")

    def first_name(self, so_far: str | None, chunk: Payload, key: str) -> str | None:
        """``so_far`` if there is one, else the name under ``key`` if there is one."""
        value = chunk.get(key)
        if not isinstance(value, str):
            self.extra.keep(key, value)
        return so_far or (value if is_name(value) else None)

    def see_feedback(self, chunk: Payload) -> None:
        """Keep what was said about the prompt."""
        feedback = chunk.get("promptFeedback")
        if isinstance(feedback, dict):
            self.tell(self.feedback, "promptFeedback", as_sent(feedback, "feedback"))
        else:
            self.extra.keep("promptFeedback", feedback)

    def see_usage(self, chunk: Payload) -> None:
        """Fold the token counts so far."""
        report = chunk.get("usageMetadata")
        if isinstance(report, dict):
            self.fold_report(as_sent(report, "usage"))
        else:
            self.extra.keep("usageMetadata", report)

    def see_candidates(self, chunk: Payload) -> None:
        """Fold each candidate that the chunk is about."""
        for entry in self.list_in(chunk, "candidates", self.extra):
            if isinstance(entry, dict):
                self.on_candidate(as_sent(entry, "candidate"))
            else:
                self.extra.keep("candidates", entry)

    # ---------------------------------------------------------------- a candidate

    def on_candidate(self, entry: dict[str, Any]) -> None:
        """Fold all that a chunk says about one candidate."""
        candidate = self.candidate_for(entry)
        self.see_content(candidate, entry)
        self.see_finish(candidate, entry)
        self.see_citations(candidate, entry)
        self.see_logprobs(candidate, entry)
        self.see_told(candidate, entry)
        candidate.extra.keep_unknown(entry, CANDIDATE_KEYS)

    def candidate_for(self, entry: dict[str, Any]) -> Candidate:
        """The candidate of that index; the first where none is given."""
        index = entry.get("index")
        number = int(index) if is_integer(index) else 0
        candidate = self.candidates.setdefault(number, Candidate(number))
        if not is_integer(index):
            candidate.extra.keep("index", index)
        return candidate

    def see_finish(self, candidate: Candidate, entry: dict[str, Any]) -> None:
        """Keep the last reason that says something."""
        reason = entry.get("finishReason")
        if not isinstance(reason, str):
            candidate.extra.keep("finishReason", reason)
        if is_reason(reason, "FINISH"):
            candidate.finish = reason

    def see_citations(self, candidate: Candidate, entry: dict[str, Any]) -> None:
        """Add what is cited, unless it was before."""
        told = entry.get("citationMetadata")
        if not isinstance(told, dict):
            candidate.extra.keep("citationMetadata", told)
            return
        rest = {}
        for key, value in as_sent(told, "citations").items():
            if key in ("citations", "citationSources") and isinstance(value, list):
                for citation in value:
                    if isinstance(citation, dict):
                        self.cite(candidate, citation)
                value = [one for one in value if one is not None and not isinstance(one, dict)] or None
            if value is not None:
                rest[key] = value
        if rest:
            candidate.extra.keep("citationMetadata", rest)

    def cite(self, candidate: Candidate, citation: dict[str, Any]) -> None:
        """Add one citation."""
        if not any(is_same(citation, known) for known in candidate.citations):
            candidate.citations.append(citation)

    def see_logprobs(self, candidate: Candidate, entry: dict[str, Any]) -> None:
        """Join the probabilities of each token."""
        told = entry.get("logprobsResult")
        if not isinstance(told, dict):
            candidate.extra.keep("logprobsResult", told)
            return
        rest = {}
        for key, value in as_sent(told, "logprobs").items():
            if value is None:
                continue
            if key not in ("chosenCandidates", "topCandidates"):
                candidate.logprobs[key] = value
            elif isinstance(value, list):
                self.join_logprobs(candidate, key, value)
            else:
                rest[key] = value
        if rest:
            candidate.extra.keep("logprobsResult", rest)

    def join_logprobs(self, candidate: Candidate, key: str, tokens: list[Any]) -> None:
        """Put the tokens of this chunk behind those before."""
        candidate.logprobs[key] = [*candidate.logprobs.get(key, []), *tokens]

    def see_told(self, candidate: Candidate, entry: dict[str, Any]) -> None:
        """Keep what is told about the candidate."""
        for key in TOLD:
            self.tell(candidate.told, key, entry.get(key))

    def tell(self, told: dict[str, Any], key: str, value: Any) -> None:
        """Let the last value that says anything stand; of objects, each of their keys for itself."""
        if isinstance(value, dict):
            before = told.get(key)
            news = {name: inside for name, inside in value.items() if not self.says_nothing(inside)}
            value = {**before, **news} if news and isinstance(before, dict) else news
        if not self.says_nothing(value):
            told[key] = value

    def says_nothing(self, value: Any) -> bool:
        """True for null and for what is empty."""
        return value is None or value in ("", [], {})

    # ---------------------------------------------------------------- content

    def see_content(self, candidate: Candidate, entry: dict[str, Any]) -> None:
        """Fold the role and the parts."""
        content = entry.get("content")
        if not isinstance(content, dict):
            candidate.extra.keep("content", content)
            return
        self.see_role(candidate, content)
        self.see_parts(candidate, content)
        candidate.message_extra.keep_unknown(content, frozenset({"role", "parts"}))

    def see_role(self, candidate: Candidate, content: dict[str, Any]) -> None:
        """Keep the first role that says something."""
        role = content.get("role")
        if not isinstance(role, str):
            candidate.message_extra.keep("role", role)
        elif candidate.role is None and is_name(role):
            candidate.role = role

    def see_parts(self, candidate: Candidate, content: dict[str, Any]) -> None:
        """Fold the parts in order."""
        for part in self.list_in(content, "parts", candidate.message_extra):
            if isinstance(part, dict):
                self.on_part(candidate, self.spoken(as_sent(part, "part")))
            else:
                candidate.message_extra.keep("parts", part)

    def spoken(self, part: dict[str, Any]) -> dict[str, Any]:
        """The keys of a part that say something."""
        return {
            key: value
            for key, value in part.items()
            if value is not None and not (key == "thought" and value is False)
        }

    def on_part(self, candidate: Candidate, part: dict[str, Any]) -> None:
        """Fold one part, by what it is."""
        if isinstance(part.get("functionCall"), dict):
            self.on_call(candidate, part)
        elif isinstance(part.get("text"), str):
            self.on_text(candidate, part)
        elif part:
            self.on_whole(candidate, part)

    def on_whole(self, candidate: Candidate, part: dict[str, Any]) -> None:
        """A part that is sent at once."""
        candidate.parts.append(Part("whole", part))

    # ---------------------------------------------------------------- text

    def on_text(self, candidate: Candidate, part: dict[str, Any]) -> None:
        """More of the last part, or another one; nothing if it says nothing."""
        if part.get("thought") is True:
            candidate.thought = True
        else:
            candidate.spoke = True
        last = candidate.parts[-1] if candidate.parts else None
        if last is not None and self.goes_on(last, part):
            last.fields = {**last.fields, **part, "text": last.fields["text"] + part["text"]}
        elif part["text"] or set(part) - {"text", "thought"}:
            candidate.parts.append(Part("text", part))

    def goes_on(self, last: Part, part: dict[str, Any]) -> bool:
        """True when a text goes on with the last part: the two differ in nothing that both have."""
        if not last.is_text or last.is_thought is not (part.get("thought") is True):
            return False
        both = (set(last.fields) & set(part)) - {"text"}
        return all(is_same(last.fields[key], part[key]) for key in both)

    # ---------------------------------------------------------------- calls

    def on_call(self, candidate: Candidate, part: dict[str, Any]) -> None:
        """A fragment of a call that was opened, or the first of one."""
        fragment = as_sent(part["functionCall"], "call")
        beside = {key: value for key, value in part.items() if key != "functionCall"}
        call = self.call_for(candidate, fragment)
        if call is None:
            call = self.open_call(candidate, fragment)
        if call is not None:
            self.add_to(call, fragment, beside)

    def open_call(self, candidate: Candidate, fragment: dict[str, Any]) -> Call | None:
        """A new call, behind all parts so far."""
        call = Call()
        candidate.parts.append(call)
        return call

    def call_for(self, candidate: Candidate, fragment: dict[str, Any]) -> Call | None:
        """The call that a fragment goes on with, if it does."""
        last = candidate.calls[-1] if candidate.calls else None
        identity = fragment.get("id") if is_name(fragment.get("id")) else None
        if is_name(fragment.get("name")):
            again = last is not None and last.open and identity is not None and last.id == identity
            return last if again and last is not None and last.name == fragment["name"] else None
        for call in candidate.calls:
            if identity is not None and call.id == identity:
                return call
        return None if last is not None and identity is not None and last.id is not None else last

    def add_to(self, call: Call, fragment: dict[str, Any], beside: dict[str, Any]) -> None:
        """Fold a fragment into its call."""
        call.open = fragment.get("willContinue") is True
        self.see_args(call, fragment)
        self.see_entries(call, fragment)
        if not isinstance(fragment.get("willContinue"), bool):
            call.extra.keep("willContinue", fragment.get("willContinue"))
        self.see_names(call, fragment)
        call.extra.keep_unknown(fragment, CALL_KEYS)
        for key, value in fragment.items():
            if key not in CALL_KEYS and value is not None:
                call.inside.setdefault(key, value)
        self.see_beside(call, beside)

    def see_names(self, call: Call, fragment: dict[str, Any]) -> None:
        """Keep the first id and the first name."""
        for key in ("id", "name"):
            value = fragment.get(key)
            if not isinstance(value, str):
                call.extra.keep(key, value)
            elif is_name(value) and getattr(call, key) is None:
                setattr(call, key, value)

    def see_beside(self, call: Call, beside: dict[str, Any]) -> None:
        """Keep what stands in the part beside the call, the signature above all."""
        for key, value in beside.items():
            call.fields.setdefault(key, value)
            call.extra.keep(key, value)

    def see_args(self, call: Call, fragment: dict[str, Any]) -> None:
        """Take arguments that are sent at once."""
        args = fragment.get("args")
        if not isinstance(args, dict):
            call.extra.keep("args", args)
        elif args:
            call.args, call.whole = args, True

    def see_entries(self, call: Call, fragment: dict[str, Any]) -> None:
        """Take arguments that are sent leaf by leaf."""
        for entry in self.list_in(fragment, "partialArgs", call.extra):
            if isinstance(entry, dict):
                self.on_entry(call, entry)
            else:
                call.extra.keep("partialArgs", entry)

    def on_entry(self, call: Call, sent: dict[str, Any]) -> None:
        """Lay one leaf to its place; keep it when it has none."""
        entry = as_sent(sent, "entry")
        call.extra.keep_unknown(entry, ENTRY_KEYS)
        try:
            leaf = self.leaf_of(entry, sent)
            if leaf:
                self.lay(call, entry.get("jsonPath"), leaf[0])
        except Misfit:
            call.extra.keep("partialArgs", sent)

    def leaf_of(self, entry: dict[str, Any], sent: dict[str, Any]) -> list[Any]:
        """The value of an entry, alone in a list; an empty one when it has none."""
        for key, kinds in (("stringValue", str), ("numberValue", (int, float)), ("boolValue", bool)):
            value = entry.get(key)
            if value is not None:
                is_flag = isinstance(value, bool)
                if not isinstance(value, kinds) or is_flag is not (key == "boolValue"):
                    raise Misfit
                return [value]
        return [None] if "nullValue" in sent or entry.get("nullValue") is not None else []

    def lay(self, call: Call, path: Any, value: Any) -> None:
        """Lay a value into the arguments."""
        if not isinstance(path, str):
            raise Misfit
        steps = path_of(path)
        args = laid(call.args, steps, value)
        if call.whole and nests_deeper(call.args, DEEPEST):
            raise Misfit
        call.args, call.whole = args, False

    # ---------------------------------------------------------------- values of the wrong type

    def list_in(self, fields: dict[str, Any], key: str, kept: Any) -> list[Any]:
        """The list under a key; empty when there is none, and what is no list is kept."""
        value = fields.get(key)
        if isinstance(value, list):
            return value
        kept.keep(key, value)
        return []
