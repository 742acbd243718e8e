"""The textbook of ``ai-sdk-ui``, and folds with one known fault each."""
