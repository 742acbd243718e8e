"""One recorded stream as a request: did it succeed, and what did it use."""

from __future__ import annotations

from stream_audit.ledger.account import Account
from stream_audit.model import Response, Usage

__all__ = ["account_of"]


def account_of(response: Response, *, complete: bool, logged: bool = False) -> Account:
    """The account of one request.

    It succeeded when its stream came to its end and reported no error. An error's tokens count as
    far as they were reported, since they were used; the request is then ``partial``.

    ``total_tokens`` is the provider's own. Where it sent none (Anthropic), it is the sum of input and
    output, if both were sent. Every other measure that was not sent is absent.

    Args:
        response: What the stream folded into.
        complete: The end of the stream was seen.
        logged: It is a recording of a session log. One without a response is no request at all.
    """
    if logged and response.id is None and response.usage is None:
        return Account()
    tokens = _tokens(response.usage or Usage())
    success = complete and response.error is None
    return Account(
        requests=1,
        successes=int(success),
        errors=int(not success),
        partial=int(not success and bool(tokens)),
        unreported=int(not tokens),
        tokens=tokens,
    )


def _tokens(usage: Usage) -> dict[str, int]:
    total = usage.total_tokens
    if total is None and usage.input_tokens is not None and usage.output_tokens is not None:
        total = usage.input_tokens + usage.output_tokens
    sent = {
        "total_tokens": total,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cached_tokens": usage.cache_read_tokens,
    }
    return {name: value for name, value in sent.items() if value is not None}
