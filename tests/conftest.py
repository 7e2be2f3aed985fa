"""What every test may ask for."""

from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, and no clock: a machine under load is not a bug. To look for new ones:
# pytest --hypothesis-profile=explore
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("ci")

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the data of real shops, which lies beside the checkout and not in it."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the data of real shops is not here: ../shared/data does not exist")
    return folder


@pytest.fixture(autouse=True)
def own_store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where runs are kept: a place of its own for every test, so that none finds another's and none touches a home."""
    place = tmp_path_factory.getbasetemp() / "stores" / f"{next(_NUMBERS)}.sqlite"
    monkeypatch.setenv("BATON_STORE", str(place))
    return place
