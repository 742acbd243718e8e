"""The referee for LLM streams.

``stream-audit`` takes recorded streams, folds each with a reference that can
be trusted and with the code under audit, and reports every difference. The
program is :mod:`stream_audit.audit`; the words are :mod:`stream_audit.model`.
"""

__version__ = "0.1.0"
