"""What a writer called on ``ai-sdk-stream-python``'s ``StreamContext``."""
