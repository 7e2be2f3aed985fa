"""The handbook: its generated pages are up to date, and all that it shows can be done."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from sim.cli import baton
from sim.kpis import KPIS
from sim.scenarios import load, parameters

HOUSE = Path(__file__).resolve().parents[1]
DOCS = HOUSE / "docs"
GENERATED = ("parameters.md", "kpis.md", "scenarios.md")
WRITTEN = [HOUSE / "README.md", *(path for path in sorted(DOCS.glob("*.md")) if path.name not in GENERATED)]
PAGES = [*WRITTEN, *(DOCS / name for name in GENERATED)]
TINY = ("--days", "5", "--set", "horizon.warmup_days=0", "--replications", "2", "--workers", "1")
FEW = {"--plans": "3", "--trajectories": "2", "--cells": "2", "--base": "2"}  # of what a study has many of
STUDIES = ("run", "compare", "hire", "batons", "sweep", "sensitivity", "optimise")
SECTIONS = {parameter.name.split(".")[0] for parameter in parameters() if "." in parameter.name}


def generator() -> ModuleType:
    """docs/generate.py, which is no part of a package."""
    spec = spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = generator()


def named(path: Path) -> str:
    return str(path.relative_to(HOUSE))


# What is made from the program.


@pytest.mark.parametrize("name", GENERATED)
def test_generated_pages_are_up_to_date(name: str) -> None:
    """Settings, measures and scenarios in the handbook are those of the program (else run python docs/generate.py)."""
    assert (DOCS / name).read_text(encoding="utf-8") == GENERATE.pages()[name]


def test_the_headline_is_the_printed_one() -> None:
    """The README's headline is word for word what its command is said to have printed in results.md."""
    start, end = GENERATE.HEADLINE
    headline = (HOUSE / "README.md").read_text(encoding="utf-8").partition(start)[2].partition(end)[0]
    printed = next(
        code for language, _, code in blocks(DOCS / "results.md") if language == "text" and code.startswith("combined")
    )
    assert headline.strip() == GENERATE.quoted(printed)


def test_results_say_which_commands_printed_them() -> None:
    """Every command on the page of results is one that docs/generate.py runs to write it, in the same order."""
    shown = [" ".join(command) for command in commands(DOCS / "results.md")]
    assert shown == [" ".join(shlex.split(asked.command)) for asked in GENERATE.ASKED]


# What can be done.


def blocks(page: Path) -> Iterator[tuple[str, str, str]]:
    """The code blocks of a page: language, the file name after it, and the code."""
    yield from GENERATE.fences(page.read_text(encoding="utf-8"))


def commands(page: Path) -> Iterator[list[str]]:
    """The commands that a page shows, as lists of words."""
    for language, _, code in blocks(page):
        if language == "sh":
            yield from lines_of(code)


def lines_of(code: str) -> Iterator[list[str]]:
    for line in code.replace("\\\n", " ").splitlines():
        if words := shlex.split(line, comments=True):
            yield words


@pytest.mark.parametrize("page", WRITTEN, ids=named)
def test_all_that_a_page_shows_can_be_done(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that a page shows load, and its commands and Python run in turn, with few days and replications."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "handbook"}
    for language, file, code in blocks(page):
        match language:
            case "toml" | "csv":
                assert file, f"a {language} block of {named(page)} has no file name"
                keep(file, code)
            case "sh":
                for words in lines_of(code):
                    run(words)
            case "python":
                exec(compile(code, f"{named(page)}, Python", "exec"), names)
            case _:
                assert language in ("text", "diff"), f"{named(page)} has a block of {language or 'nothing'}"


def keep(file: str, code: str) -> None:
    """Write a file that a page shows; a scenario must load without a warning."""
    Path(file).write_text(code, encoding="utf-8")
    if file.endswith(".toml"):
        tomllib.loads(code)
        assert load(file).warnings == []


def run(words: list[str]) -> None:
    """Run a command as a reader would, only smaller."""
    if words[0] == "make":
        assert all(re.search(rf"^{re.escape(target)}:", makefile(), re.MULTILINE) for target in words[1:])
        return
    if words[0] in ("pip", "python", "git", "cd"):  # asks for an installation, or takes minutes
        return
    assert words[0] == "baton", f"what is {words[0]}?"
    words, target = redirected(words)
    result = CliRunner().invoke(baton, small(words[1:]))
    assert result.exit_code == 0, result.output
    if target:
        Path(target).write_text(result.stdout, encoding="utf-8")


def makefile() -> str:
    return (HOUSE / "Makefile").read_text(encoding="utf-8")


def redirected(words: list[str]) -> tuple[list[str], str]:
    """A command and the file that its output goes to."""
    return (words[:-2], words[-1]) if ">" in words else (words, "")


def small(words: list[str]) -> list[str]:
    """The same with few days, replications and points; a trace keeps its own days."""
    if words[0] not in STUDIES:
        return words
    sequential = "--precision" in words or "--choose" in words
    for option in ("--days", "--replications", "--workers", "--budget", *FEW):
        if option in words:
            at = words.index(option)
            words = [*words[:at], *words[at + 2 :], *((option, FEW[option]) if option in FEW else ())]
    words += TINY[4:] if any("march" in word for word in words) else TINY
    if sequential:  # which takes as many replications as it needs
        at = words.index("--replications")
        words = words[:at] + words[at + 2 :]
    return words + more(words, sequential)


def more(words: list[str], sequential: bool) -> list[str]:
    """What keeps a study short that would ask for much by itself."""
    if words[0] == "sensitivity":
        found = [] if "--vary" in words else ["--vary", "attention.switch_s"]
        found += [] if "--turn" in words else ["--no-turn"]
        return found + ([] if "--trajectories" in words else ["--trajectories", "2"])
    return ["--budget", "45"] if sequential or words[0] == "optimise" else []


# What is named.


@pytest.mark.parametrize("page", WRITTEN, ids=named)
def test_settings_and_measures_that_a_page_names_are_there(page: Path) -> None:
    """Every dotted name of a setting that a page mentions is one, so that no page outlives what it describes."""
    text = page.read_text(encoding="utf-8")
    mentioned = set(re.findall(r"`([a-z_]+(?:\.[A-Za-z_*]+)+)`", text))
    unknown = [name for name in sorted(mentioned) if name.split(".")[0] in SECTIONS and not is_setting(name)]
    assert unknown == []


def is_setting(name: str) -> bool:
    """Whether a name (with stars, NAME or names of its own) is a setting, or the beginning of one."""
    wanted = name.split(".")
    return any(
        len(parts) >= len(wanted)
        and all(a in (b, "NAME") or b in ("*", "NAME") for a, b in zip(parts, wanted, strict=False))
        for parts in (parameter.name.replace(".N.", ".").split(".") for parameter in parameters())
    )


def test_every_measure_is_in_the_handbook() -> None:
    """The page of measures names every key that the command prints."""
    text = (DOCS / "kpis.md").read_text(encoding="utf-8")
    assert [key for key in KPIS if f"`{key}`" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file of the repository leads to a file that is there, and to a heading that it has."""
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        file, _, heading = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.is_file(), f"{link} leads nowhere"
        assert not heading or heading in headings(target), f"{link}: no such heading"


def headings(page: Path) -> set[str]:
    """The anchors of a page, as they are made from its headings."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in found}
