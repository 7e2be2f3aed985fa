"""The rules of the trade, each by example and by law."""
