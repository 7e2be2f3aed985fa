"""How the command ends: its exit codes."""

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130  # as shells say: 128 and the signal's number
