"""All the laws, collected: importing this module is enough to have them in ``LAWS``."""

from tests.properties import (
    laws_of_batons,
    laws_of_calls,
    laws_of_jobs,
    laws_of_money,
    laws_of_people,
    laws_of_time,
)
from tests.properties.reading import LAWS, Reading, faults, faults_of

__all__ = [
    "LAWS", "Reading", "faults", "faults_of", "laws_of_batons", "laws_of_calls", "laws_of_jobs", "laws_of_money", "laws_of_people",
    "laws_of_time",
]  # fmt: skip
