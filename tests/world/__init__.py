"""Little worlds of one to three people whose exact story is known."""
