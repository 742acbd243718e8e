"""The textbook of ``ai-sdk-stream-python``, and folds with one known fault each."""
