"""Those who make a choice of their own."""
