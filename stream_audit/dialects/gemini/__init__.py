"""The Gemini format: streams of ``generateContent``."""
