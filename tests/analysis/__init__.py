"""The questions, on runs that are made up: what they promise is known."""
