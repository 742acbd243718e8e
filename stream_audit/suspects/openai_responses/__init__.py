"""The textbook of OpenAI's Responses, and folds with one known fault each."""
