"""``stream-audit candidates``: what comes along to be audited."""

from __future__ import annotations

__all__ = ["candidates"]


def candidates() -> int:
    """List bundled candidates: adapters (installed or not), and suspects with the failure each reproduces."""
    from importlib.util import find_spec

    from stream_audit import candidates as room
    from stream_audit import suspects
    from stream_audit.cli.output import say

    say("adapters: real libraries, driven by their own public way to fold a stream")
    for adapter in room.ADAPTERS:
        there = find_spec(adapter.library) is not None
        state = "installed" if there else f"not installed: pip install 'stream-audit[{adapter.extra}]'"
        say(f"  {adapter.name}  ({state})")
        say(f"      {adapter.title}; {', '.join(adapter.dialects)}")
    say("")
    say("suspects: folds that are wrong on purpose, each with one known failure")
    for suspect in suspects.SUSPECTS:
        about = (suspect.__doc__ or "").strip().partition("\n")[0]
        say(f"  suspect:{suspect.name}  ({suspect.failure})")
        say(f"      {about}")
    say("")
    say("Your own: package.module:callable or path/to/file.py:callable, with LABEL= in front if you like.")
    return 0
