"""Real logs, replayed: what was recorded against what the model makes of the same calls."""
