"""Gemini: the textbook fold, and folds with one fault each."""
