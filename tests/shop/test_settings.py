"""Settings as plain records: the same, and quicker to read."""

from __future__ import annotations

from typing import Any

import pytest

from sim.scenarios import load
from sim.shop.settings import Settings, plain


def same(record: Any, said: Any) -> bool:
    """Whether a record says what the settings say, and holds no model itself."""
    if isinstance(said, Settings):
        names = type(said).model_fields
        return not isinstance(record, Settings) and all(same(getattr(record, n), getattr(said, n)) for n in names)
    if isinstance(said, dict):
        return list(record) == list(said) and all(same(record[key], said[key]) for key in said)
    if isinstance(said, tuple):
        return len(record) == len(said) and all(map(same, record, said))
    return bool(record == said)


@pytest.mark.parametrize("name", ["base", "phones_only", "heat_wave"])
def test_a_plain_record_says_what_the_settings_say(name: str) -> None:
    """All through, whatever the depth; properties too."""
    scenario = load(name).scenario
    assert same(plain(scenario), scenario)
    assert plain(scenario).days == scenario.days


def test_a_plain_record_has_no_other_names() -> None:
    """A name that the model does not have is an error to read, and to set."""
    record = plain(load("base").scenario)
    with pytest.raises(AttributeError):
        _ = record.colour  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        record.colour = 1  # type: ignore[attr-defined]
