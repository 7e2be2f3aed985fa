"""The tests, laid out like ``sim/``; a package so that ``python -m tests.bench`` finds its room."""
