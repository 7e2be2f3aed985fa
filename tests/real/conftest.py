"""What the tests of this room may ask for. Whatever is derived from real records goes to a temporary folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real import bank_log
from tests.real.bank_replay import Bank


def _file(folder: Path, name: str) -> Path:
    if not (folder / name).is_file():
        pytest.skip(f"the data of real shops is not here: ../shared/data/{name} does not exist")
    return folder / name


@pytest.fixture(scope="session")
def bank(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """February 1999 at a bank's call centre, ready to be replayed."""
    log = bank_log.read(_file(shared_data, "bank_calls_feb1999.csv"))
    found = Bank(log, tmp_path_factory.mktemp("bank"))
    found.prepare()
    return found


@pytest.fixture(scope="session")
def fire_log(shared_data: Path) -> Path:
    """A week of a fire department's dispatching."""
    return _file(shared_data, "fire_dispatch_dec2016.csv")
