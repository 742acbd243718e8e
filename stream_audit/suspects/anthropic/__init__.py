"""The textbook of Anthropic messages, and folds with one known fault each."""
