"""``stream-audit redact``: take what is somebody's own out of recordings, so that they can be shared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from stream_audit.cli import flags
from stream_audit.cli.configure import settings_option
from stream_audit.cli.convert import Force, Format, Into, Paths, Quiet, Verbose, show

__all__ = ["EXAMPLES", "redact"]

_SETTINGS = ("dialect", "policy")
"""What is read from the settings file and from variables: what means the same here as in ``replay``."""

EXAMPLES = """\b
Examples:
  stream-audit redact failing.sse -o shared/
  stream-audit redact recordings/ -o shared/ --keep-names
  stream-audit redact failing.jsonl -o shared/ --keep provider,x_vendor_state

\b
Exit codes: 0 all of it is written · 1 what was written shows something else ·
  2 usage · 3 not everything, or no recording, is written · 4 internal error ·
  130 interrupted"""


def redact(
    paths: Paths,
    output: Into,
    config: Annotated[Path | None, settings_option(_SETTINGS)] = None,
    keep_names: Annotated[
        bool,
        flags.option("--keep-names", help="Keep names that a user chose: of tools, arguments, models."),
    ] = False,
    keep_keys: Annotated[
        bool, flags.option("--keep-keys", help="Keep the names of all fields, also of unknown ones.")
    ] = False,
    keep: Annotated[
        list[str] | None,
        flags.option("--keep", metavar="FIELD,...", help="Keep these fields with all that is in them."),
    ] = None,
    key: Annotated[
        Path | None,
        flags.option(
            "--key",
            metavar="FILE",
            help="Replace alike each time with this file; keep it secret. [default: drawn by lot]",
        ),
    ] = None,
    force: Force = False,
    dialect: flags.Dialect = None,
    policy: flags.Policy = None,
    format: Format = "table",
    quiet: Quiet = False,
    verbose: Verbose = False,
    color: flags.Color = "auto",
    width: flags.Width = None,
) -> int:
    """Replace text, names, ids and secrets in recordings; what they show of a bug stays."""
    from stream_audit.cli.choices import check_choices, check_kind, split
    from stream_audit.cli.policies import parse_policies
    from stream_audit.cli.progress import Bar
    from stream_audit.corridor import redacting
    from stream_audit.corridor.rewriting import Asked
    from stream_audit.redaction import Keeping

    secret = _read(key) if key is not None else b""
    check_kind("format", format, ("table", "json"))
    check_choices(fail_on="warning", color=color, chunks_as="auto")
    asked = Asked(
        paths=tuple(paths),
        folder=output,
        force=force,
        dialect=dialect,
        policies=parse_policies(policy or ()),
        command=("redact", *paths, "-o", output.as_posix()),
    )
    keeping = Keeping(names=keep_names, keys=keep_keys, fields=frozenset(split(keep, "--keep")))
    with Bar(shown=sys.stderr.isatty() and not quiet) as bar:
        made = redacting.redact(asked, keeping, secret, bar.read, bar.sized)
    return show(made, format, color=color, width=width, quiet=quiet, verbose=verbose)


def _read(path: Path) -> bytes:
    from stream_audit.errors import UsageError

    try:
        secret = path.read_bytes()
    except OSError as error:
        raise UsageError(f"Cannot read the key in {path}: {error.strerror or error}.") from error
    if not secret.strip():
        raise UsageError(f"The key in {path} is empty.")
    return secret
