"""The model, configured down to plain queues through ordinary scenario files, held against theory."""
