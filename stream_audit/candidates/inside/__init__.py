"""What runs inside a candidate's process: standard library only, no other module of the package.

The interpreter may be one in which nothing of stream-audit's own requirements
is installed, so :mod:`stream_audit.candidates.child` loads this folder by its
path, under a name of its own.
"""
