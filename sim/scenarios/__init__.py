"""Scenarios: the built-in ones, and the loader, which is the only reader of files."""

from __future__ import annotations

import os
import tomllib

from sim.scenarios.digest import digest
from sim.scenarios.dump import dump
from sim.scenarios.files import BUILT_IN, built_in_names, fault
from sim.scenarios.loader import Loaded, load, merged_values
from sim.scenarios.parameters import Parameter, parameters
from sim.scenarios.problems import Problem, ScenarioError, nearest
from sim.scenarios.study_file import StudyFile, read_study
from sim.scenarios.study_settings import StudySettings
from sim.scenarios.template import template


def names() -> list[tuple[str, str]]:
    """Name and title of every built-in scenario, ``base`` first."""
    return [(name, tomllib.loads(source(name)).get("title", "")) for name in built_in_names()]


def source(name: str) -> str:
    """A built-in scenario's own text. Raises `ScenarioError` for any other name."""
    if name not in built_in_names():
        raise fault(name, "there is no built-in scenario of that name.", suggestion=nearest(name, built_in_names()))
    return (BUILT_IN / f"{name}.toml").read_text(encoding="utf-8")


def resolved(name_or_path: str | os.PathLike[str]) -> str:
    """A scenario with all that it extends, as one TOML text. Raises `ScenarioError` where files cannot be merged."""
    return dump(merged_values(name_or_path))


__all__ = [
    "Loaded",
    "Parameter",
    "Problem",
    "ScenarioError",
    "StudyFile",
    "StudySettings",
    "digest",
    "load",
    "names",
    "parameters",
    "read_study",
    "resolved",
    "source",
    "template",
]
