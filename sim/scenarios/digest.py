"""A scenario's fingerprint: the same on every machine, another one as soon as a run could differ."""

from __future__ import annotations

import hashlib
import json

from sim.shop.scenario import Scenario


def digest(scenario: Scenario) -> str:
    """16 hex digits over all settings, the calls of a trace and the values of samples.

    Names that change no run (of the scenario, of the files read) do not count. The order of call types, job types and
    groups does: draws are cut up in that order.
    """
    content = scenario.model_dump(mode="json", exclude={"name": True, "title": True})
    text = json.dumps(_without_file_names(content), ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _without_file_names(content: object) -> object:
    """What was read counts, not where from: files named by a sample or a trace whose content is here are dropped."""
    if isinstance(content, list):
        return [_without_file_names(item) for item in content]
    if not isinstance(content, dict):
        return content
    dropped = {"file"} if content.get("values") is not None or "time_column" in content else set()
    return {key: _without_file_names(value) for key, value in content.items() if key not in dropped}
