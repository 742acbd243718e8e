"""The OpenAI wire formats: chat completions, everything compatible with them, and text completions."""
