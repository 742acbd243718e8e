"""Turn an exception into one plain sentence on stderr and an exit code."""

from __future__ import annotations

import sys
from traceback import extract_tb, print_exception

from stream_audit.errors import StreamAuditError

__all__ = ["told"]

_INTERNAL = 4


def told(error: Exception, *, traceback: bool) -> int:
    """Say what went wrong, on one line, and return the exit code it owns.

    An error of typer's own (it has ``format_message``) is a usage error. Anything that is not ours
    is an internal error: only then a traceback helps, and only when it was asked for.
    """
    if isinstance(error, StreamAuditError):
        return _say(str(error), error.exit_code)
    if hasattr(error, "format_message"):
        return _say(_usage(error), 2)
    if traceback:
        print_exception(error)
    return _say(
        f"internal error: {type(error).__name__}: {error} ({_place(error)}). "
        "Please report it; STREAM_AUDIT_TRACEBACK=1 shows the traceback.",
        _INTERNAL,
    )


def _say(sentence: str, code: int) -> int:
    from stream_audit.reports.printable import printable

    words = printable(" ".join(sentence.split()))
    line = f"stream-audit: error: {words}{'' if words.endswith(('.', '?', '!')) else '.'}\n"
    try:
        sys.stderr.write(line)
    except UnicodeEncodeError:
        sys.stderr.write(line.encode("ascii", "backslashreplace").decode("ascii"))
    except OSError:  # nobody listens
        pass
    return code


def _usage(error: Exception) -> str:
    """Typer's sentence, with its list of near options as a question."""
    near = getattr(error, "possibilities", None)
    if near:
        return f"{getattr(error, 'message', error)}. Did you mean {' or '.join(sorted(near))}?"
    return str(error.format_message())  # type: ignore[attr-defined]


def _place(error: Exception) -> str:
    frames = extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "stream_audit" in frame.filename] or list(frames)
    if not ours:
        return "nowhere"
    _, _, inside = ours[-1].filename.rpartition("stream_audit")
    return f"stream_audit{inside}:{ours[-1].lineno}"
