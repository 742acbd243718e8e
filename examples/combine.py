"""A combiner as many are written, with two of the commonest bugs in it."""


def fold(chunks):
    text, role, finish, tokens = "", None, None, 0
    for chunk in chunks:
        if chunk.usage:
            tokens += chunk.usage.completion_tokens
        for choice in chunk.choices:
            role = choice.delta.role
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
    return {"role": role, "content": text, "finish_reason": finish, "usage": {"completion_tokens": tokens}}
