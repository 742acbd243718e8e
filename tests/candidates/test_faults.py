"""Every fault a candidate may have is a verdict on its recording, and the next recording is unharmed."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from stream_audit.candidates.process import Process
from stream_audit.model import Observation

from .conftest import HELLO, Open, chunk

BAD = [chunk("bad"), *HELLO]
GOOD_PART = """
    import ctypes, os, signal, subprocess, sys, threading, time, asyncio, random, itertools
    COUNTER = itertools.count()

    def text(chunks):
        return "".join(c.choices[0].delta.content or "" for c in chunks)

    def combine(chunks):
        if chunks[0].choices[0].delta.content == "bad":
            misbehave(chunks)
        return {"role": "assistant", "content": text(chunks)}

    def misbehave(chunks):
"""


def fault(opened: Open, body: str, *, timeout: float = 5.0, source: str = GOOD_PART) -> Observation:
    """Fold a recording with which the candidate misbehaves, then a good one; returns the former."""
    lines = "\n".join("        " + line for line in body.splitlines())
    candidate = opened(source + lines, timeout=timeout)
    before = candidate.observe(HELLO, "openai-chat")
    bad = candidate.observe(BAD, "openai-chat")
    after = candidate.observe(HELLO, "openai-chat")
    for good in (before, after):
        assert (good.status, good.error, good.troubles) == ("answered", None, ())
        assert good.response is not None
        assert good.response.choices[0].message.content == "Hello"
    return bad


def rules(observation: Observation) -> list[str]:
    return [trouble.rule for trouble in observation.troubles]


@pytest.mark.parametrize(
    ("body", "error", "rule"),
    [
        ("raise ValueError('no')", r"ValueError: no (mine.py:14)", "candidate-crashed"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt (mine.py:14)", "candidate-crashed"),
        ("raise GeneratorExit", "GeneratorExit (mine.py:14)", "candidate-crashed"),
        ("raise MemoryError", "MemoryError (mine.py:14)", "candidate-crashed"),
        ("raise asyncio.CancelledError", "CancelledError (mine.py:14)", "candidate-crashed"),
        ("sys.exit(3)", "SystemExit: 3 (mine.py:14)", "candidate-exited"),
        ("quit()", "SystemExit: None (mine.py:14)", "candidate-exited"),
        ("import json; json.loads('{')", "JSONDecodeError: Expecting", "candidate-crashed"),
        ("os._exit(7)", "exited with code 7", "candidate-exited"),
        ("os._exit(0)", "exited with code 0", "candidate-exited"),
        ("ctypes.string_at(0)", "killed by SIGSEGV", "candidate-killed"),
        ("os.abort()", "killed by SIGABRT", "candidate-killed"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "killed by SIGKILL", "candidate-killed"),
        ("os.killpg(0, signal.SIGTERM)", "killed by SIGTERM", "candidate-killed"),
        (
            "print('last', file=sys.stderr, flush=True); os._exit(1)",
            "its last words: last",
            "candidate-exited",
        ),
    ],
)
def test_a_crash_of_any_kind_is_the_recordings_own(opened: Open, body: str, error: str, rule: str) -> None:
    bad = fault(opened, body)

    assert bad.status == "crashed"
    assert error in (bad.error or "")
    assert rules(bad)[0] == rule


def test_endless_recursion_is_a_crash(opened: Open) -> None:
    bad = fault(opened, "misbehave(chunks)")

    assert "RecursionError" in (bad.error or "")
    assert rules(bad) == ["candidate-crashed"]


def test_an_exception_that_cannot_be_printed_is_a_crash(opened: Open) -> None:
    bad = fault(opened, "class Odd(Exception):\n    def __str__(self): raise RuntimeError\nraise Odd()")

    assert bad.error == "Odd (mine.py:16)"


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "time.sleep(100)",
        "threading.Event().wait()",
        "asyncio.run(asyncio.sleep(100))",
        "threading.Thread(target=time.sleep, args=(100,)).start(); time.sleep(100)",
        "subprocess.run(['sleep', '100'])",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(100)",
        "ctypes.PyDLL(None).sleep(100)",  # blocks while it holds the interpreter lock
    ],
)
def test_a_hang_of_any_kind_ends_at_the_time_limit(opened: Open, body: str) -> None:
    bad = fault(opened, body, timeout=0.4)

    assert (bad.status, bad.error) == ("timeout", "no answer within 0.4 s")
    assert rules(bad) == ["candidate-timeout"]


@pytest.mark.parametrize(
    ("body", "start"),
    [
        ("print('hello')", "hello"),
        ("sys.stdout.write('x' * 1000)", "x" * 80),
        ("os.write(1, b'raw')", "raw"),
        ("subprocess.run(['echo', 'from a child'])", "from a child"),
        ("ctypes.CDLL(None).puts(b'from C')", "from C"),
        ("sys.__stdout__.write('behind')", "behind"),
    ],
)
def test_noise_on_standard_output_is_told_for_its_recording(
    opened: Open, monkeypatch: pytest.MonkeyPatch, body: str, start: str
) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # so that noise may wait in a buffer
    bad = fault(opened, body)

    assert bad.status == "answered"
    assert rules(bad) == ["candidate-stdout-noise"]
    assert start in bad.troubles[0].message
    assert "x" * 81 not in bad.troubles[0].message


@pytest.mark.parametrize(
    "body",
    [
        "print('e', file=sys.stderr)",
        "sys.stdin.read()",
        "os.dup2(2, 0)",
        "sys.stdout = None",
    ],
)
def test_what_harms_nobody_is_no_trouble(opened: Open, body: str) -> None:
    bad = fault(opened, body)

    assert (bad.status, bad.troubles) == ("answered", ())


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("chunks[2].choices[0].delta.content = 'x'", "choices[0].delta.content"),
        ("chunks[2].choices.append(1)", "choices[1]"),
        ("chunks[2].seen = True", "seen"),
        ("del chunks[2].id", "id"),
    ],
)
def test_a_changed_object_is_told_with_its_chunk_and_path(opened: Open, body: str, path: str) -> None:
    bad = fault(opened, body)

    assert rules(bad) == ["caller-chunks-mutated"]
    assert bad.troubles[0].index == 2
    assert f"changed {path} of" in bad.troubles[0].message


def test_a_changed_dict_is_told_with_its_chunk_and_path(opened: Open) -> None:
    candidate = opened(
        """
        def combine(chunks: list[dict]):
            chunks[1]["choices"][0]["delta"].pop("content")
            return "x"
        """
    )

    (trouble,) = candidate.observe(HELLO, "openai-chat").troubles
    assert (trouble.rule, trouble.index) == ("caller-chunks-mutated", 1)
    assert "changed choices[0].delta.content of" in trouble.message


def test_a_popped_list_of_chunks_is_the_candidates_own(opened: Open) -> None:
    candidate = opened("def combine(chunks):\n    chunks.clear()\n    return ''")

    assert candidate.observe(HELLO, "openai-chat").troubles == ()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("{'content': 'x', 'role': str(next(COUNTER))}", "another choices[0].message.role"),
        ("{'content': 'x', 'usage': {'prompt_tokens': next(COUNTER)}}", "another usage.input_tokens"),
        ("{'content': 'x'} if next(COUNTER) == 0 else 1 / 0", "failed: ZeroDivisionError"),
        ("{'content': 'x'} if next(COUNTER) == 0 else [1]", "result cannot be read: got list"),
        ("{'content': 'x'} if next(COUNTER) == 0 else os._exit(3)", "failed: exited with code 3"),
        ("{'content': 'x'} if next(COUNTER) == 0 else time.sleep(9)", "failed: no answer within 0.5 s"),
    ],
)
def test_another_answer_on_a_second_run_is_told_with_its_path(opened: Open, answer: str, words: str) -> None:
    source = (
        "import itertools, os, time\nCOUNTER = itertools.count()\ndef combine(chunks):\n    return " + answer
    )
    observation = opened(source, timeout=0.5).observe(HELLO, "openai-chat")

    assert observation.status == "answered"
    assert rules(observation) == ["candidate-nondeterministic"]
    assert words in observation.troubles[0].message


def test_a_second_run_is_left_out_on_request(opened: Open) -> None:
    source = "import itertools\nC = itertools.count()\ndef combine(chunks):\n    return str(next(C))"

    assert opened(source, twice=False).observe(HELLO, "openai-chat").troubles == ()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("[1]", "got list"),
        ("None", "got None"),
        ("42", "got int"),
        ("object()", "got object"),
        ("len", "got builtin_function_or_method"),
        ("{'foo': 1}", "got a mapping with the keys foo"),
        ("Cyclic()", "contains itself"),
        ("deep()", "nested deeper than"),
        ("'x' * 100_000_000", "more than 64 million characters"),
        ("b'x' * 100_000_000", "more than 64 million characters"),
        ("{'content': 'x', 'usage': {'prompt_tokens': 10 ** 5000}}", "Exceeds the limit"),
        ("Evil()", "opening it raised ValueError: evil"),
    ],
)
def test_a_result_nobody_can_read_says_what_it_was(opened: Open, answer: str, words: str) -> None:
    source = f"""
    class Cyclic:
        def __init__(self): self.content = self
    class Evil:
        def model_dump(self): raise ValueError("evil")
    def deep():
        result = "x"
        for _ in range(100_000): result = [result]
        return {{"content": result}}
    def combine(chunks):
        return {answer}
    """
    observation = opened(source, timeout=20).observe(HELLO, "openai-chat")

    assert observation.status == "crashed"
    assert words in (observation.error or "")
    assert rules(observation) == ["candidate-result-unreadable"]


def test_a_forked_copy_of_the_candidate_answers_nothing(opened: Open) -> None:
    bad = fault(opened, "os.fork()")

    assert (bad.status, bad.troubles) == ("answered", ())


def test_indexing_an_object_says_how_to_get_dicts(opened: Open) -> None:
    observation = opened("def combine(chunks):\n    return chunks[0]['id']").observe(HELLO, "openai-chat")

    assert "set chunks_as = 'dicts'" in (observation.error or "")


def test_a_chunk_that_python_cannot_parse_is_not_the_candidates_fault(opened: Open) -> None:
    deep = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    candidate = opened("def combine(chunks):\n    return 'x'")

    observation = candidate.observe([deep], "openai-chat")

    assert (observation.status, observation.troubles) == ("unavailable", ())
    assert "cannot be handed over" in (observation.error or "")
    assert candidate.observe(HELLO, "openai-chat").status == "answered"


def test_a_crash_in_one_prefix_does_not_lose_the_others(opened: Open) -> None:
    source = GOOD_PART.replace("chunks[0]", "chunks[-1]") + "        os._exit(1)"
    candidate = opened(source)

    found = candidate.prefixes([*HELLO[:2], chunk("bad"), *HELLO], "openai-chat", [1, 2, 3, 4, 6])

    assert [one.status for one in found] == ["answered", "answered", "crashed", "answered", "answered"]
    assert [one.response.choices[0].message.content for one in found if one.response] == [
        "Hel",
        "Hello",
        "HellobadHel",
        "HellobadHello",
    ]


def test_prefixes_stop_at_the_first_that_runs_out_of_time(opened: Open) -> None:
    source = GOOD_PART.replace("chunks[0]", "chunks[-1]") + "        time.sleep(100)"

    found = opened(source, timeout=0.4).prefixes(
        [chunk("a"), chunk("bad"), *HELLO], "openai-chat", [1, 2, 3, 4]
    )

    assert [one.status for one in found] == ["answered", "timeout", "timeout", "timeout"]


@pytest.mark.skipif(sys.platform != "linux", reason="says so in a way of Linux")
def test_a_signal_is_named(opened: Open) -> None:
    bad = fault(opened, f"os.kill(os.getpid(), {int(signal.SIGBUS)})")

    assert bad.error == "killed by SIGBUS"


@pytest.mark.slow
def test_an_answer_may_be_as_long_as_its_stream(opened: Open) -> None:
    long = chunk("x" * 70_000_000)

    observation = opened(GOOD_PART + "        pass", timeout=30, twice=False).observe([long], "openai-chat")

    assert (observation.status, observation.error) == ("answered", None)


def test_a_candidate_that_is_not_loaded_again_loses_its_recordings_and_not_the_audit(
    opened: Open, tmp_path: Path
) -> None:
    candidate = opened(f"""
    import os
    if os.path.exists({str(tmp_path / "once")!r}): raise RuntimeError("already ran")
    def combine(chunks):
        open({str(tmp_path / "once")!r}, "w").close()
        os._exit(1)
    """)

    first = candidate.observe(HELLO, "openai-chat")
    second = candidate.observe(HELLO, "openai-chat")

    assert first.error == "exited with code 1"
    assert second.status == "crashed"
    assert "not loaded again" in (second.error or "")


def test_a_candidate_that_replaces_what_json_and_time_offer_harms_only_itself(opened: Open) -> None:
    source = """
    import json, time
    def combine(chunks):
        json.dumps = json.loads = time.perf_counter = None
        return "x"
    """
    candidate = opened(source)

    for _ in range(2):
        observation = candidate.observe(HELLO, "openai-chat")
        assert (observation.status, observation.troubles) == ("answered", ())


def test_a_candidate_that_closes_every_descriptor_is_a_crash(opened: Open) -> None:
    bad = fault(opened, "os.closerange(0, 256)")

    assert bad.status in ("crashed", "timeout")


def test_prefixes_of_the_recording_just_folded_are_not_handed_over_again(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = opened("def combine(chunks):\n    return str(len(chunks))")
    candidate.observe(HELLO, "openai-chat")
    sent: list[bytes] = []
    send = Process.send

    def noted(process: Process, header: dict[str, Any], body: bytes, limit: float) -> None:
        sent.append(body)
        send(process, header, body, limit)

    monkeypatch.setattr(Process, "send", noted)

    first = candidate.prefixes(HELLO, "openai-chat", [1, 3])
    other = candidate.prefixes([*HELLO], "openai-chat", [2])

    texts = [one.response.choices[0].message.content for one in (*first, *other) if one.response]
    assert texts == ["1", "3", "2"]
    assert [bool(body) for body in sent] == [False, True]


def test_a_candidate_that_changes_chunks_gets_new_ones_for_every_prefix(opened: Open) -> None:
    source = """
    def combine(chunks):
        for chunk in chunks:
            chunk.choices[0].delta.content = (chunk.choices[0].delta.content or "") + "!"
        return "".join(chunk.choices[0].delta.content for chunk in chunks)
    """
    candidate = opened(source)
    candidate.observe(HELLO, "openai-chat")

    once, again = candidate.prefixes(HELLO, "openai-chat", [2, 2])

    assert once.response == again.response


@pytest.mark.parametrize(
    "use",
    [
        "chunks[0]['choices']",
        "chunks[0].get('choices')",
        "chunks[0].choices[0].delta.items()",
        "chunks[0].keys()",
        "list(chunks[0].values())",
    ],
)
def test_a_chunk_that_is_used_like_a_dict_gets_told_how_to_ask_for_dicts(opened: Open, use: str) -> None:
    error = str(fault(opened, use).error)

    assert "--chunks-as dicts" in error
    assert "chunks_as = 'dicts'" in error


@pytest.mark.parametrize("use", ["chunks[0].gets", "5 .get", "None['choices']"])
def test_other_mistakes_are_told_without_advice(opened: Open, use: str) -> None:
    assert "dicts" not in str(fault(opened, use).error)
