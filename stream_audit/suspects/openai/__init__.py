"""The textbooks of the OpenAI formats, and folds with one known fault each."""
