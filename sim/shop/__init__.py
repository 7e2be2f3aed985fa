"""The rules of the trade: one file per subject, its settings and the pure rules that read only them."""
