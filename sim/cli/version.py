"""Which version is installed."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed


def version() -> str:
    """The version of the distribution, or 0+unknown where the sources were never installed."""
    try:
        return installed("call-to-close")
    except PackageNotFoundError:
        return "0+unknown"
