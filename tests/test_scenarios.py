"""A scenario file becomes a shop, or one line for each thing that is wrong with it."""

import datetime
import json
import os
import pickle
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim import scenarios
from sim.distributions import Distribution
from sim.scenarios import Problem, ScenarioError, digest, load, parameters, resolved, source, template
from sim.scenarios.dump import dump
from sim.scenarios.lines import lines_of

BUILT_INS = [name for name, _ in scenarios.names()]
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes shop.toml (or another file) in an empty folder, which is also where one stands."""
    monkeypatch.chdir(tmp_path)

    def write_file(text: str | bytes, name: str = "shop.toml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_file


def problems(name: str | Path = "shop.toml", *overrides: str) -> list[Problem]:
    """What is wrong with a scenario, which must be something, and in lines of their own."""
    with pytest.raises(ScenarioError) as caught:
        load(name, overrides)
    assert str(caught.value).split("\n") == [str(problem) for problem in caught.value.problems]
    return list(caught.value.problems)


def problem(name: str | Path = "shop.toml", *overrides: str) -> str:
    """The one line about the one thing that is wrong."""
    [only] = problems(name, *overrides)
    return str(only)


def faults_of(name: str | Path, *overrides: str) -> tuple[Problem, ...] | None:
    """What is wrong with a scenario, or None if it loads; any other error is a bug."""
    try:
        load(name, overrides)
    except ScenarioError as error:
        return error.problems
    return None


# The built-in scenarios.


@pytest.mark.parametrize("name", BUILT_INS)
def test_every_built_in_scenario_is_sound(name: str) -> None:
    """Each built-in scenario loads without an error or a warning and has a title of its own."""
    loaded = load(name)
    assert (loaded.warnings, loaded.notes, loaded.scenario.name) == ([], [], name)
    assert loaded.scenario.title == dict(scenarios.names())[name] != ""


def test_the_built_in_scenarios_are_these() -> None:
    """The base comes first, titles differ, and nothing is missing."""
    wanted = "base combined combined_focused cross_trained heat_wave one_person_office phones_only screening separate"
    assert wanted.split() == BUILT_INS
    assert len({title for _, title in scenarios.names()}) == len(BUILT_INS)


@pytest.mark.parametrize("name", sorted(set(BUILT_INS) - {"base", "phones_only"}))
def test_a_built_in_scenario_is_a_few_lines_over_the_base(name: str) -> None:
    """What a plan changes can be read at a glance."""
    assert len(source(name).splitlines()) <= 35
    assert "extends = " in source(name)


def test_combined_and_separate_differ_in_hats_only() -> None:
    """Combining the roles moves hats and nothing else: people, gifts, hours, wages and demand stay."""
    combined, separate = load("combined").scenario, load("separate").scenario
    bare = {name: group.model_copy(update={"hats": ()}) for name, group in separate.people.items()}
    assert {name: group.model_copy(update={"hats": ()}) for name, group in combined.people.items()} == bare
    same = {"name": "", "title": "", "people": {}}
    assert combined.model_copy(update=same) == separate.model_copy(update=same)


def test_the_base_shop_is_balanced() -> None:
    """Both trades have technicians and about the same minutes of work each."""
    shop = load("base").scenario
    minutes = {"hvac": 0.0, "plumbing": 0.0}
    for job in shop.jobs.types.values():
        minutes[job.trade] += job.share * (job.work_min.expectation() + 35.0)
    assert minutes["hvac"] == pytest.approx(minutes["plumbing"], rel=0.02)
    assert {t: sum(g.count for g in shop.people.values() if t in g.trades) for t in minutes} == dict.fromkeys(
        minutes, 4
    )
    assert sum(kind.share or 0.0 for kind in shop.calls.types.values()) == pytest.approx(1.0)


def test_after_hours_calls_are_an_eighth_of_all() -> None:
    """The base shop's profile puts 12 % of the calls outside phone hours, as the figures found say."""
    steps = load("base").scenario.calls.profile
    ends = [step.at for step in steps[1:]] + [1440.0]
    mass = {step.at: step.value * (end - step.at) for step, end in zip(steps, ends, strict=True)}
    outside = sum(value for at, value in mass.items() if not 480.0 <= at < 1020.0)
    assert outside / sum(mass.values()) == pytest.approx(0.12, abs=0.001)


def test_phones_only_is_neutral() -> None:
    """The plain call centre has no spread of people or days, no jobs, no delays and always somebody there."""
    shop = load("phones_only").scenario
    assert set(shop.calls.weekday) == set(shop.calls.month) == {1.0}
    assert shop.calls.competitor_half_life_min is None
    assert shop.calls.busyness_cv == shop.gifts.phone_sd == shop.gifts.desk_sd == shop.phones.colder_per_min == 0.0
    assert {shop.attention.switch_s.expectation(), shop.attention.resume_lag_s.expectation()} == {0.0}
    assert not shop.jobs.types
    assert list(shop.calls.types) == ["call"]


def test_source_is_the_file_itself() -> None:
    """A built-in's own text is what its file holds, and another name is told what was meant."""
    assert tomllib.loads(source("heat_wave"))["extends"] == "separate"
    with pytest.raises(ScenarioError, match=r'Did you mean "screening"\?'):
        source("screning")


# Files that are no good: the file's text, and for each line expected its number, the name and words of it.

BASE = 'extends = "base"\n'
BAD_FILES: dict[str, tuple[str, list[tuple[int | None, str, str]]]] = {
    "misspelt": (
        BASE + "[people.csr]\ncuont = 3",
        [(3, "people.csr.cuont", '"people.csr.cuont" is not a setting. Did you mean "count"?')],
    ),
    "too much": (
        BASE + "[calls.types.new]\nshare = 1.3",
        [(3, "calls.types.new.share", "calls.types.new.share is 1.3; it should be at most 1.")],
    ),
    "too little": (BASE + "[calls]\nper_day = -1", [(3, "calls.per_day", "it should be at least 0.")]),
    "nothing above 0": (
        BASE + "[jobs]\nspeed_km_h = 0",
        [(3, "jobs.speed_km_h", "jobs.speed_km_h is 0; it should be more than 0.")],
    ),
    "no chance at all": (
        BASE + "[calls.types.new]\nredial_chance = []",
        [(3, "calls.types.new.redial_chance", "has 0 items; it should have at least 1.")],
    ),
    "misspelt table": (BASE + "[phoness]\nlines = 3", [(2, "phoness", 'Did you mean "phones"?')]),
    "setting of elsewhere": (BASE + "per_day = 50", [(2, "per_day", 'Did you mean "calls.per_day"?')]),
    "setting of nowhere": (
        BASE + "[gifts]\nzzz = 1",
        [(3, "gifts.zzz", "Settings here: phone_sd, desk_sd, correlation, technician_sd and sales_overtime.")],
    ),
    "misspelt word": (
        BASE + '[phones]\nat_closing = "served"',
        [(3, "phones.at_closing", 'it should be "serve", "cut_off" or "wait". Did you mean "serve"?')],
    ),
    "word in a list": (
        BASE + '[people.csr]\nhats = [\n  "csr",\n  "dispacher",\n]',
        [(5, "people.csr.hats.1", 'Did you mean "dispatcher"?')],
    ),
    "number in quotes": (
        BASE + '[calls]\nper_day = "60"',
        [(3, "calls.per_day", 'calls.per_day is "60" in quotes; it should be a number.')],
    ),
    "text for a number": (
        BASE + '[calls]\nper_day = "many"',
        [(3, "calls.per_day", 'is "many"; it should be a number')],
    ),
    "true for a number": (BASE + "[calls]\nper_day = true", [(3, "calls.per_day", "is true; it should be a number.")]),
    "number for true": (
        BASE + "[people.csr]\nseat = 1",
        [(3, "people.csr.seat", "is 1; it should be true or false.")],
    ),
    "true in quotes": (
        BASE + '[people.csr]\nseat = "true"',
        [(3, "people.csr.seat", 'is "true" in quotes; it should be true or false.')],
    ),
    "part of a person": (
        BASE + "[people.csr]\ncount = 2.5",
        [(3, "people.csr.count", "is 2.5; it should be a whole number.")],
    ),
    "endless": (BASE + "[calls]\nper_day = inf", [(3, "calls.per_day", "is inf; it should be a finite number.")]),
    "no number": (BASE + "[calls]\nper_day = nan", [(3, "calls.per_day", "is nan; it should be a finite number.")]),
    "number for text": (BASE + "[prices]\ncurrency = 1", [(3, "prices.currency", "it should be text in quotes.")]),
    "number for a table": (BASE + "people.csr = 3", [(2, "people.csr", "is 3; it should be a table of settings.")]),
    "list for tables": (BASE + "people = []", [(2, "people", "is an empty list; it should be a table")]),
    "text for a list": (
        BASE + '[people.csr]\nhats = "csr"',
        [(3, "people.csr.hats", 'is "csr"; it should be a list in brackets, such as ["csr"].')],
    ),
    "date in quotes": (
        BASE + '[horizon]\nstart = "2029-01-01"',
        [(3, "horizon.start", "it should be a date without quotes, such as 2029-01-01.")],
    ),
    "date with a time": (
        BASE + "[horizon]\nstart = 2029-01-01T08:00:00",
        [(3, "horizon.start", "is 2029-01-01T08:00:00; it should be a date")],
    ),
    "no such time": (
        BASE + '[phones]\nopen = "25:00"',
        [(3, "phones.open", 'is "25:00"; it should be a time of day between "00:00" and "24:00", such as "08:30".')],
    ),
    "time without quotes": (
        BASE + "[phones]\nopen = 08:30:00",
        [(3, "phones.open", "is 08:30:00; it should be a time of day in quotes")],
    ),
    "hour as a number": (BASE + "[phones]\nopen = 8", [(3, "phones.open", "it should be a time of day in quotes")]),
    "week of three days": (
        BASE + "[calls]\nweekday = [1, 1, 1]",
        [(3, "calls.weekday", "calls.weekday has 3 items; it should have 7.")],
    ),
    "no shift": (
        BASE + "[people.csr]\nshifts = []",
        [(3, "people.csr.shifts", "has 0 items; it should have at least 1.")],
    ),
    "bad shift only": (
        BASE + '[people.csr]\nshifts = [\n  { start = "8h" },\n]',
        [(4, "people.csr.shifts.0.start", 'is "8h"; it should be a time of day')],
    ),
    "missing": (
        BASE + "[jobs.types.gutter]\nshare = 0.1",
        [(2, "jobs.types.gutter.trade", "jobs.types.gutter.trade is missing (the trade it needs).")],
    ),
    "number for a distribution": (
        BASE + "[calls.types.new]\ntalk_min = 5",
        [(3, "calls.types.new.talk_min", "is 5; it should be a distribution such as {family = ")],
    ),
    "unknown family": (
        BASE + '[calls.types.new]\ntalk_min = { family = "lognormall", mean = 5 }',
        [(3, "calls.types.new.talk_min.family", 'Did you mean "lognormal"?')],
    ),
    "no family": (
        BASE + "[jobs.types.gutter]\nshare = 0\ntrade = 'hvac'\n[slots]\nwindows = [{ start = '08:00' }]",
        [(6, "slots.windows.0.end", "slots.windows.0.end is missing (end of the window).")],
    ),
    "parameter of another family": (
        BASE + '[calls.types.new]\nshare = 0.3\ntalk_min = { family = "fixed", mean = 5, cv = 0.7 }',
        [(4, "calls.types.new.talk_min", '"cv" is not used by the family "fixed", which takes "mean".')],
    ),
    "negative mean": (
        BASE + "[calls.types.new]\ntalk_min.mean = -5",
        [(3, "calls.types.new.talk_min", '"mean" is -5: it cannot be negative.')],
    ),
    "misspelt parameter": (
        BASE + '[desk]\ncheck_min = { family = "fixed", maen = 5 }',
        [(3, "desk.check_min.maen", 'Did you mean "mean"?')],
    ),
    "chance of the day": (
        BASE + "[calls.types.new]\nbalk_share = 1.2",
        [(3, "calls.types.new.balk_share", "calls.types.new.balk_share is 1.2; it should be at most 1.")],
    ),
    "chance of one step": (
        BASE + '[calls.types.new]\nbalk_share = [\n{ at = "00:00", value = 0 },\n{ at = "08:00", value = 2 },\n]',
        [(5, "calls.types.new.balk_share.1.value", "is 2; it should be at most 1.")],
    ),
    "numbers for steps": (
        BASE + "[calls]\nprofile = [3]",
        [(3, "calls.profile.0", 'is 3; it should be a step such as {at = "08:00", value = 4}.')],
    ),
    "step without a value": (
        BASE + '[calls]\nprofile = [{ at = "08:00" }]',
        [(3, "calls.profile.0.value", "is missing (what holds from that time on).")],
    ),
    "no steps": (BASE + "[calls]\nprofile = []", [(3, "calls.profile", "is an empty list; it should be one value or")]),
    "steps out of order": (
        BASE + '[calls]\nprofile = [{ at = "09:00", value = 1 }, { at = "08:00", value = 1 }]',
        [(3, "calls.profile", "the steps are not in order of time")],
    ),
    "chance of an attempt": (
        BASE + "[calls.types.new]\nredial_chance = 3",
        [(3, "calls.types.new.redial_chance", "calls.types.new.redial_chance is 3; it should be at most 1.")],
    ),
    "filled by the loader": (
        BASE + '[calls.trace]\nfile = "a.csv"\ntime_column = "t"\ncalls = []',
        [
            (3, "calls.trace.file", 'names "a.csv", and there is no such file beside the scenario.'),
            (5, "calls.trace.calls", '"calls.trace.calls" is not a setting: the loader reads it from the file.'),
        ],
    ),
    "unknown trade": (
        BASE + '[jobs.types.gutter]\nshare = 0.1\ntrade = "gutters"',
        [(4, "jobs.types.gutter.trade", "no technician has the trade 'gutters'; the trades they have are hvac, ")],
    ),
    "shares of more than all": (
        BASE + "[calls.types.more]\nshare = 0.1",
        [(2, "calls.types", "the shares of the types add up to 1.1, more than 1.")],
    ),
    "shift backwards": (
        BASE + '[people.csr]\nshifts = [{ start = "17:00", end = "08:00" }]',
        [(3, "people.csr.shifts.0.end", "the shift ends before it starts")],
    ),
    "nobody on the phones": (
        BASE + 'without = ["people.csr"]',
        [(2, "people", "nobody wears the csr hat, so nobody answers the phone")],
    ),
    "surge of unknown jobs": (
        BASE + "[[calls.surges]]\nfrom_day = 1\nto_day = 2\n\njob_weights.hvac = 2",
        [(6, "calls.surges.0.job_weights.hvac", "there is no job type 'hvac'")],
    ),
    "dots in a name": (
        BASE + "[calls.types.'Dr. No']\npurpose = 'lead'\nbooked_share = 0.5",
        [(4, 'calls.types."Dr. No".booked_share', "0.5 is more than best_share 0.")],
    ),
    "beyond the calendar": (BASE + "[horizon]\nstart = 9999-12-01", [(3, "horizon.start", "beyond the year 9999")]),
    "two at once": (
        BASE + "[calls]\nper_day = 'x'\n\n[phones]\nlins = 3",
        [(3, "calls.per_day", "it should be a number."), (6, "phones.lins", 'Did you mean "lines"?')],
    ),
    "no table header": ("calls.types.call.share = 2", [(1, "calls.types.call.share", "it should be at most 1.")]),
    "nothing in it": ("", [(None, "", "this file is empty; a scenario starts with a line such as extends =")]),
    "comments only": ("# a shop\n", [(None, "", "this file is empty")]),
    "nothing usable": (
        "title = 'x'",
        [(None, "calls.types", "there is no call type"), (None, "people", "nobody works")],
    ),
    "not UTF-8 text": ("title = 'x'\n# caf\\xe9", [(2, "", "this is not UTF-8 text")]),
    "no such built-in": ('\nextends = "bse"', [(2, "extends", 'extends names "bse", and there is no such')]),
    "extends a number": ("extends = 3", [(1, "extends", "extends is 3; it should be the name of a built-in")]),
    "extends itself": ('extends = "shop.toml"', [(1, "extends", "in a circle: shop.toml -> shop.toml.")]),
    "without what": (
        BASE + 'without = [\n  "calls.types.junk",\n  "calls.types.jnk",\n]',
        [(4, "without", 'without names "calls.types.jnk", which is not in what is inherited.')],
    ),
    "without a list": (BASE + 'without = "people"', [(2, "without", 'without is "people"; it should be a list')]),
    "without anything": ('without = ["people"]', [(1, "without", "nothing is: extends is missing.")]),
    "point first": (BASE + "x = .3", [(2, "", "not valid TOML: invalid value (column 5). A number starts")]),
    "per cent": (BASE + "x = 30%", [(2, "", "A share is written 0.3, not 30%.")]),
    "decimal comma": (BASE + "x = 0,3", [(2, "", "Decimals take a point: 0.3, not 0,3.")]),
    "text without quotes": (BASE + "name = My shop", [(2, "", "Text is in quotes.")]),
    "Python's True": (BASE + "x = True", [(2, "", "Write true or false.")]),
    "colon": (BASE + "x: 3", [(2, "", "A setting is written name = value.")]),
    "said twice": (BASE + "[calls]\nper_day = 1\nper_day = 2", [(4, "", "not valid TOML: cannot overwrite a value")]),
    "said twice, a table": (
        BASE + "[calls.types]\n[calls.types]",
        [
            (
                3,
                "",
                "cannot declare [calls.types] twice (column 13). This is written above already: keep one of the two.",
            )
        ],
    ),
    "UTF-16 without a mark": (BASE.replace("", "\0"), [(1, "", "this is not UTF-8 text; save the file as UTF-8.")]),
    "an old way to end lines": (BASE.replace("\n", "\r") * 2, [(1, "", "Lines end in CR alone: save the file")]),
    "extends nothing": ('extends = ""', [(1, "extends", 'extends names "", and there is no such')]),
    "extends a folder": ('\nextends = "."', [(2, "extends", 'extends names ".", which is a folder, not a file.')]),
    "near a type": (
        BASE + "[calls.types.new]\nbecomes.jnk = 0.1",
        [(3, "calls.types.new.becomes.jnk", 'mean "junk"?')],
    ),
    "near a trade": (
        BASE + "[jobs.types.drain]\ntrade = 'plumber'",
        [(3, "jobs.types.drain.trade", 'Did you mean "plumbing"?')],
    ),
    "more calls than fit": (
        BASE + "[calls]\nper_day = 1e12",
        [(3, "calls.per_day", "first calls on a busy day; at most 1,000,000 can be run.")],
    ),
    "dearer than cents can count": (
        BASE + "[jobs.types.drain]\nticket = { family = 'fixed', mean = 1e13 }",
        [(3, "jobs.types.drain.ticket", "is 1e+13 on average; it should be at most 1,000,000,000.")],
    ),
    "talk without end": (
        BASE + "[calls.types.new]\ntalk_min = { family = 'never' }",
        [(3, "calls.types.new.talk_min.family", 'has the family "never", which only patience may have')],
    ),
    "a delay without end, at noon": (
        BASE
        + "[calls.types.new]\ntalk_min = [\n{at='00:00', value={family='fixed', mean=1}},\n{at='12:00', value={family='never'}}]",
        [(5, "calls.types.new.talk_min.1.value.family", 'has the family "never", which only patience may have')],
    ),
    "more calls of a type than fit": (
        BASE + "[calls.types.x.arrivals]\nper_hour = 1e300",
        [(3, "calls.types.x.arrivals.per_hour", "at most 1,000,000 can be run.")],
    ),
    "not closed": (BASE + "[calls]\nweekday = [1,\n", [(3, "", "not valid TOML: ")]),
    "deep": (BASE + "x = " + "[" * 5000 + "]" * 5000, [(None, "", "lists or tables are nested too deeply.")]),
    "long number": (BASE + "x = " + "9" * 5000, [(None, "", "not valid TOML")]),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_told_what_is_wrong_and_where(case: str, write: Write) -> None:
    """Each fault is one line with the file, the line, the dotted name, what was found and what is right."""
    text, expected = BAD_FILES[case]
    write(text.replace("\\xe9", "\xe9").encode("latin-1") if "\\xe9" in text else text)
    found = problems()
    assert [(p.line, p.name) for p in found] == [(line, name) for line, name, _ in expected]
    for one, (line, _, words) in zip(found, expected, strict=True):
        assert words in str(one)
        assert str(one).startswith(f"shop.toml line {line}: " if line else "shop.toml: ")
        assert "\n" not in str(one)


def test_the_parts_of_a_problem_can_be_had_apart(write: Write) -> None:
    """What is allowed and what was meant are there for whoever shows a problem beside its field."""
    write(BASE + '[phones]\nat_closing = "served"')
    [found] = problems()
    assert (found.allowed, found.suggestion) == ('"serve", "cut_off" or "wait"', "serve")
    assert not found.warning


def test_an_error_survives_its_way_between_processes(write: Write) -> None:
    """A ScenarioError comes out of a pickle with all its problems."""
    write("calls = 3")
    with pytest.raises(ScenarioError) as caught:
        load("shop.toml")
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


def test_unprintable_text_stays_on_one_line(write: Write) -> None:
    """A key or value with a line break in it cannot break the line that reports it."""
    write('"a\\nb" = 1\n[prices]\n"c\\u2028" = "\\u0000"')
    assert [len(str(p).splitlines()) for p in problems()] == [1, 1]


def test_what_nobody_can_change_in_a_built_in_file_is_told_of_ones_own(write: Write) -> None:
    """Where a setting that stands in a built-in file does not fit, the file or command that brought that about leads."""
    write(BASE + 'without = ["people.technician_hvac"]')
    first, *_ = problems()
    assert str(first).startswith(
        "shop.toml: jobs.types.hvac_repair.trade: no technician has the trade 'hvac'; the trades"
    )
    assert re.search(r"are plumbing \(set in built-in base\.toml line \d+\)\.$", str(first))
    [late, *_] = problems("separate", "people.csr.shifts.0.start='18:00'")
    assert str(late).startswith("separate, changed by --set: people.csr.shifts.0.end: the shift ends before it starts")


# Files that are not there.


def test_a_missing_file_is_told_what_was_meant(write: Write) -> None:
    """A name that leads nowhere is held against the built-in scenarios and the files of its folder."""
    write(BASE, "plans/monday.toml")
    missing = "there is no such file, nor a built-in scenario of that name."
    assert problem("seperate") == f'seperate: {missing} Did you mean "separate"?'
    assert problem("plans/munday.toml").endswith('Did you mean "plans/monday.toml"?')
    assert problem("qqqq") == f"qqqq: {missing}"
    write(BASE, "u16le.toml")
    assert problem("nofile.toml") == f"nofile.toml: {missing}"  # that both end in .toml is no likeness
    assert problem("") == f'"": {missing}'
    assert "there is no such file" in problem("a\0b")
    assert "there is no such file" in problem("x" * 5000)


def test_what_is_no_file_is_said_so(write: Write) -> None:
    """A folder and a device are no scenario files."""
    write("", "plans/x")
    assert problem("plans") == "plans: this is a folder, not a scenario file."
    assert problem(os.devnull).endswith("this is not a file.")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said_so(write: Write) -> None:
    """A file without the right to read it is one line."""
    write(BASE).chmod(0)
    assert "this cannot be read" in problem()


def test_a_path_is_never_a_built_in_name(write: Write) -> None:
    """A Path means a file even where a built-in scenario has its name, and a name finds its .toml file."""
    write('extends = "base"\ntitle = "mine"', "separate.toml")
    assert load(Path("separate.toml")).scenario.title == "mine"
    write(BASE + 'title = "north"', "north.toml")
    assert load("north").scenario.title == "north"
    assert load("separate").scenario.title != "mine"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_may_have_a_bom_and_any_line_ends(write: Write, newline: str) -> None:
    """Editors that write a byte order mark or carriage returns are no reason to fail, or to count lines otherwise."""
    text = newline.join(['extends = "base"', "[calls]", "per_day = 30", "per_night = 1"])
    write(b"\xef\xbb\xbf" + text.encode())
    assert problem().startswith("shop.toml line 4: ")


# Inheritance.


def test_tables_merge_and_lists_replace(write: Write) -> None:
    """A file changes what it names, deep inside inherited tables, and replaces lists as a whole."""
    write(BASE + '[people.csr]\nshifts = [{ start = "09:00", end = "17:30" }]\n[calls.types.new]\nshare = 0.2')
    shop, base = load("shop.toml").scenario, load("base").scenario
    assert [shift.start for shift in shop.people["csr"].shifts] == [540.0]
    assert shop.people["csr"].count == base.people["csr"].count
    assert shop.calls.types["new"].share == 0.2
    assert shop.calls.types["new"].talk_min == base.calls.types["new"].talk_min


def test_a_whole_distribution_replaces_and_a_part_changes(write: Write) -> None:
    """A table with a family inherits nothing; one without it keeps the inherited family and spread."""
    write(
        BASE
        + '[calls.types.new]\ntalk_min = { family = "fixed", mean = 3 }\n'
        + "[calls.types.repeat]\ntalk_min = { mean = 9 }\n[calls.types.junk]\npatience_min.mean = 2"
    )
    types = load("shop.toml").scenario.calls.types
    assert types["new"].talk_min[0].value == Distribution(family="fixed", mean=3.0)
    assert types["repeat"].talk_min[0].value == Distribution(family="lognormal", mean=9.0, cv=0.7)
    assert types["junk"].patience_min[0].value == Distribution(family="exponential", mean=2.0)


def test_what_a_table_leaves_out_keeps_its_default(write: Write) -> None:
    """Changing one setting of a baton or of a default distribution leaves its other defaults alone."""
    write(BASE + "[handoffs.booking]\ndrop_between = 0.5\n[desk.brief_min]\nmean = 4")
    shop, base = load("shop.toml").scenario, load("base").scenario
    assert shop.handoffs.booking == base.handoffs.booking.model_copy(update={"drop_between": 0.5})
    assert shop.desk.brief_min == Distribution(family="gamma", mean=4.0, cv=0.5)


def test_seconds_are_seconds(write: Write) -> None:
    """A distribution whose name ends in _s is in seconds unless it says another unit."""
    write(BASE + '[attention]\nswitch_s = { family = "fixed", mean = 30 }\nresume_lag_s = { mean = 1, unit = "min" }')
    attention = load("shop.toml").scenario.attention
    assert (attention.switch_s.expectation(), attention.resume_lag_s.expectation()) == (0.5, 1.0)


def test_none_takes_a_default_away(write: Write) -> None:
    """The word "none" stands for no value, which TOML has no word for."""
    write(BASE + '[calls]\ncompetitor_half_life_min = "none"\n[phones]\nlines = "none"')
    shop = load("shop.toml").scenario
    assert (shop.calls.competitor_half_life_min, shop.phones.lines) == (None, None)


def test_without_takes_away_what_is_inherited(write: Write) -> None:
    """Tables and single settings can be taken away before the file's own are laid over."""
    write(BASE + 'without = ["calls.types.junk", "calls.types.new.pays_marketing", "people.*.seat"]')
    shop = load("shop.toml").scenario
    assert "junk" not in shop.calls.types
    assert not shop.calls.types["new"].pays_marketing
    assert not any(group.seat for group in shop.people.values())


def test_a_call_type_starts_from_what_is_said_of_every(write: Write) -> None:
    """A further call type takes from [calls.every] what it leaves out, a part of a distribution changes that one."""
    write("""extends = "phones_only"
        [calls.types.vip]
        talk_min = { mean = 6 }
        [calls.types.talker]
        talk_min = { family = "gamma", mean = 2, cv = 0.5 }""")
    types = load("shop.toml").scenario.calls.types
    assert [kind.balk_share[0].value for kind in types.values()] == [0.0, 0.0, 0.0]
    assert {kind.patience_min[0].value.family for kind in types.values()} == {"never"}
    vip, talker = types["vip"].talk_min[0].value, types["talker"].talk_min[0].value
    assert (vip.family, vip.mean) == ("exponential", 6.0)
    assert (talker.family, talker.mean, talker.cv) == ("gamma", 2.0, 0.5)


def test_a_group_starts_from_what_is_said_of_everybody(write: Write) -> None:
    """A further group takes from [everybody] what it leaves out, so over phones_only it is there day and night."""
    write("""extends = "phones_only"
        [people.second]
        count = 2""")
    people = load("shop.toml").scenario.people
    assert people["second"].model_copy(update={"count": 5}) == people["agent"]
    scenario = load("shop.toml").scenario
    assert scenario.everybody is scenario.calls.every is None  # all of it stands in the types and groups now


def test_overrides_reach_what_a_type_starts_from(write: Write) -> None:
    """--set changes what every type starts from, a part of what one took from there, and makes a plain new type."""
    write('extends = "phones_only"')
    said = [
        "calls.types.call.talk_min.mean=7",
        "calls.types.new={arrivals={per_hour=3}}",
        "calls.every.patience_min={family='exponential', mean=3}",
        "everybody.hats=['csr', 'dispatcher']",
    ]
    scenario = load("shop.toml", said).scenario
    call, new = scenario.calls.types["call"], scenario.calls.types["new"]
    assert (call.talk_min[0].value.family, call.talk_min[0].value.mean) == ("exponential", 7.0)
    assert (new.talk_min[0].value.mean, new.patience_min[0].value.mean) == (4.0, 3.0)
    assert scenario.people["agent"].hats == ("csr", "dispatcher")


def test_a_fault_in_what_all_start_from_is_told_once(write: Write) -> None:
    """What is wrong in [calls.every] is told there and not again for each type that starts from it."""
    write("""extends = "phones_only"
[calls.every]
tlak_min = 3
patience_min = { mean = "x" }
groups = ["nobody"]
[calls.types.vip]
share = 0""")
    assert [(p.line, p.name) for p in problems()][:2] == [
        (3, "calls.every.tlak_min"),
        (4, "calls.every.patience_min.mean"),
    ]
    assert {p.line for p in problems()[2:]} == {5}


def test_a_file_extends_another_beside_it(write: Write) -> None:
    """A name in extends is looked for beside the file that says it, and name and title are not inherited."""
    write(BASE + 'title = "ours"\n[calls]\nper_day = 30', "shops/ours.toml")
    write('extends = "ours"\n[people.csr]\ncount = 1', "shops/monday.toml")
    shop = load("shops/monday.toml").scenario
    assert (shop.calls.per_day, shop.people["csr"].count, shop.people["dispatcher"].count) == (30.0, 1, 1)
    assert (shop.name, shop.title) == ("monday", "")


def test_an_inherited_error_names_the_file_it_is_in(write: Write) -> None:
    """What is wrong in a file that is extended is attributed to that file and its line."""
    write(BASE + "\n[calls]\nper_day = true", "shops/ours.toml")
    write('extends = "ours.toml"\n[phones]\nlins = 3', "shops/monday.toml")
    own, other = problems("shops/monday.toml")
    assert (own.file, own.line) == ("shops/monday.toml", 3)
    assert (other.file, other.line) == ("shops/ours.toml", 4)


def test_a_fault_between_files_is_put_down_to_the_last_word(write: Write) -> None:
    """Where inherited settings no longer fit together, the line is that of what was laid over them."""
    write(BASE + "\n[calls.types.new]\nbooked_share = 0.95\nshare = 0.9")
    assert [(p.file, p.line) for p in problems()] == [("shop.toml", 3), ("shop.toml", 4)]
    [missed] = problems("base", 'calls.types={"call"={}}', "people.csr.hats=[]", "people.csr.count=0")
    assert missed.name == "people"


def test_circles_are_found(write: Write) -> None:
    """Files that extend each other in a circle are told the way round."""
    write('extends = "b.toml"', "a.toml")
    write('extends = "c"', "b.toml")
    write('\nextends = "a.toml"', "c.toml")
    assert problem("a.toml") == "c.toml line 2: extends goes in a circle: a.toml -> b.toml -> c.toml -> a.toml."


@pytest.mark.parametrize("name", BUILT_INS)
def test_what_is_resolved_is_the_same_scenario(name: str, write: Write) -> None:
    """The merged text of a scenario loads to the same digest without extending anything."""
    write(resolved(name))
    assert "extends" not in tomllib.loads(resolved(name))
    assert digest(load("shop.toml").scenario) == digest(load(name).scenario)


@pytest.mark.parametrize("name", BUILT_INS)
def test_a_template_is_ready_to_run(name: str, write: Write) -> None:
    """What init writes is short, extends its scenario, changes nothing yet, and is valid when uncommented."""
    text = template(name)
    write(text)
    loaded = load("shop.toml")
    assert loaded.warnings == []
    assert digest(loaded.scenario) == digest(load(name).scenario)
    assert len(text.splitlines()) < 60
    head, tail = text.split("each line without the # at its start:\n#\n")
    write(head + "\n" + tail.replace("# ", "", 1).replace("\n# ", "\n"))
    assert load("shop.toml").scenario.handoffs.shared_board


# Overrides.


@pytest.mark.parametrize(
    ("override", "read", "value"),
    [
        ("people.csr.count=3", lambda s: s.people["csr"].count, 3),
        ("people.*.count=3", lambda s: {g.count for g in s.people.values()}, {3}),
        ('people.csr.shifts.0.start="07:00"', lambda s: s.people["csr"].shifts[0].start, 420.0),
        ("people.csr.shifts.*.lunch_min=45", lambda s: [x.lunch_min for x in s.people["csr"].shifts], [45.0, 45.0]),
        ("slots.windows.1.end=17:00", lambda s: [w.end for w in s.slots.windows], [720.0, 1020.0]),
        ("phones.after_hours=voicemail", lambda s: s.phones.after_hours, "voicemail"),
        ("calls.types.new.share = .1", lambda s: s.calls.types["new"].share, 0.1),
        ("calls.types.new.talk_min.mean=9", lambda s: s.calls.types["new"].talk_min[0].value.cv, 0.7),
        (
            'calls.types.new.talk_min={family="fixed", mean=9}',
            lambda s: s.calls.types["new"].talk_min[0].value.sd,
            None,
        ),
        ("calls.types.status.patience_min.mean=9", lambda s: s.calls.types["status"].patience_min[0].value.mean, 9.0),
        ("calls.competitor_half_life_min=none", lambda s: s.calls.competitor_half_life_min, None),
        ("handoffs.close.drop_to_self=0", lambda s: s.handoffs.close.audit_notices, 0.2),
        ("people.csr.gifts={rapport=1.2}", lambda s: s.people["csr"].gifts.rapport, 1.2),
        ('people.float={hats=["csr"]}', lambda s: s.people["float"].count, 1),
        ("people.csr.answers.new.rank=2", lambda s: s.people["csr"].answers["new"].rank, 2),
        ("horizon.start=2030-06-01", lambda s: s.horizon.start, datetime.date(2030, 6, 1)),
    ],
)
def test_an_override_changes_one_setting(override: str, read: Callable[[Any], object], value: object) -> None:
    """A value is TOML or bare text, and the name may go into lists, defaults, distributions and all of a table."""
    assert read(load("base", [override]).scenario) == value


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("people.csr.cuont=3", '"people.csr.cuont" is not a setting. Did you mean "count"?'),
        ("peple.csr.count=3", '"peple" is not a setting. Did you mean "people"?'),
        ("people.crs.count=3", 'there is no "crs" in people; there are csr, dispatcher, service_manager'),
        ("people.csr.shifts.2.end=17:00", 'people.csr.shifts has items 0 to 1, and no "2".'),
        ("people.csr.count.x=3", 'people.csr.count is 2; there is no "x" in it.'),
        ("people.csr.count=three", 'people.csr.count is "three"; it should be a whole number.'),
        ("calls.types.new.share=0.9", "calls.types: the shares of the types add up to 1.6, more than 1."),
        ("people.zz.*=1", 'there is no "zz" in people'),
        ("calls.surges.*.factor=2", "there is nothing where the * stands."),
        ("people.csr", "this should read name=value, such as people.csr.count=3."),
        ("=3", "this should read name=value"),
    ],
)
def test_a_bad_override_is_told_what_is_wrong(override: str, words: str) -> None:
    """An error in an override names it instead of a file and a line."""
    found = problem("base", override)
    assert found.startswith(f"--set {override}: ")
    assert words in found


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("extends=combined", "extends can only be said in a scenario file."),
        ("without=['calls']", "without can only be said in a scenario file."),
        ("calls..per_day=3", "a name stands before, between and after the dots"),
        ("calls.trace.file=x.csv", "calls.trace.time_column is missing"),  # and not: in base.toml, which says no trace
    ],
)
def test_an_override_that_is_no_setting_is_told_of_itself(override: str, words: str) -> None:
    """What an override cannot say, or leaves unsaid, is told of the override and of no file."""
    assert problem("separate", override).startswith(f"--set {override}: {words}")


def test_overrides_may_be_a_mapping() -> None:
    """A study gives names and Python values, distributions and None among them."""
    shop = load(
        "base",
        {
            "people.csr.count": 3,
            "calls.competitor_half_life_min": None,
            "desk.brief_min": Distribution(family="fixed", mean=2.0),
            "people.csr.hats": ("csr", "dispatcher"),
        },
    ).scenario
    assert (shop.people["csr"].count, shop.calls.competitor_half_life_min) == (3, None)
    assert shop.desk.brief_min == Distribution(family="fixed", mean=2.0)
    assert shop.people["csr"].hats == ("csr", "dispatcher")
    with pytest.raises(ScenarioError, match=r"^--set calls\.per_day=true: calls\.per_day is true"):
        load("base", {"calls.per_day": True})


def test_overrides_and_files_are_reported_together(write: Write) -> None:
    """All that is wrong comes at once, the command line's first."""
    write(BASE + "[phones]\nlins = 3")
    assert [p.file for p in problems("shop.toml", "people.crs.count=1", "x=1")] == [
        "--set people.crs.count=1",
        "--set x=1",
        "shop.toml",
    ]


# Traces.

TRACE = 'extends = "phones_only"\nwithout = ["horizon.days"]\n[calls.trace]\nfile = "calls.csv"\ntime_column = "time"\n'
MONDAY = datetime.date(2029, 1, 1)


def traced(write: Write, csv: str | bytes, settings: str = "") -> scenarios.Loaded:
    """The plain call centre with a trace."""
    write(csv, "calls.csv")
    write(TRACE + settings)
    return load("shop.toml")


def minutes(loaded: scenarios.Loaded) -> list[float]:
    """When the calls of its trace come."""
    assert loaded.scenario.calls.trace is not None
    return [minute for minute, _, _ in loaded.scenario.calls.trace.calls]


WAYS = {
    "iso": ("time\n2017-03-01T00:01\n2017-03-02 08:00:30", ""),
    "iso with zones": ("time\n2017-03-01T00:01:00Z\n2017-03-02T08:00:30+05:00", ""),
    "iso in two columns": ("date;time\n2017-03-01;00:01\n2017-03-02;08:00:30", 'date_column = "date"'),
    "seconds": ("time\n60\n115230.0", 'time_format = "seconds"'),
    "minutes": ("time\n1\n1920.5", 'time_format = "minutes"'),
    "date and seconds": ("date,time\n2017-03-01,60\n20170302,28830", 'time_format = "seconds"\ndate_column = "date"'),
    "strptime": ("time\n01.03.2017 00:01:00\n02.03.2017 08:00:30", 'time_format = "%d.%m.%Y %H:%M:%S"'),
    "American": (
        "date\ttime\n3/1/17\t12:01 AM\n3/2/17\t08:00 AM",
        'time_format = "%I:%M %p"\ndate_column = "date"\ndate_format = "%m/%d/%y"',
    ),
    "strptime with zones": (
        "time\n2017-03-01 00:01:00 +0000\n2017-03-02 08:00:30 -0800",
        'time_format = "%Y-%m-%d %H:%M:%S %z"',
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_times_are_read_however_they_are_written(way: str, write: Write) -> None:
    """Every way of writing dates and times gives the same minutes from 00:00 of day 0."""
    csv, how = WAYS[way]
    loaded = traced(write, csv, how)
    assert minutes(loaded) == pytest.approx([1.0, 1920.0 if way == "American" else 1920.5])
    assert loaded.scenario.days == 2
    has_dates = way not in ("seconds", "minutes")
    assert loaded.scenario.horizon.start == (datetime.date(2017, 3, 1) if has_dates else MONDAY)
    assert any("2 times with a time zone; the clock" in note for note in loaded.notes) == ("zones" in way)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_files_are_read_however_they_come(delimiter: str, write: Write) -> None:
    """BOM, delimiter, quotes, blanks, blank lines and carriage returns make no difference."""
    lines = [["time", '"who, or; what"'], ["", ""], ['"2029-01-01T08:00"', '"x\ny"'], [" 2029-01-01T09:00 ", "z"]]
    csv = b"\xef\xbb\xbf" + "\r\n".join(delimiter.join(line) for line in lines).encode()
    assert minutes(traced(write, csv)) == [480.0, 540.0]


def test_rows_are_sorted_and_equal_times_keep_their_order(write: Write) -> None:
    """Calls come in order of time, those of the same second in the order of the file."""
    csv = "time,why,talk\n50,call,1\n10,call,2\n50,call,3\n10,call,4"
    loaded = traced(
        write, csv, 'time_format = "minutes"\ntype_column = "why"\nhandle_column = "talk"\nhandle_unit = "min"'
    )
    assert loaded.scenario.calls.trace is not None
    assert loaded.scenario.calls.trace.calls == (
        (10.0, "call", 2.0),
        (10.0, "call", 4.0),
        (50.0, "call", 1.0),
        (50.0, "call", 3.0),
    )


BAD_ROWS = """\
time,why,talk
2029-01-01T08:00,book,60
2029-01-01,book,60
08:00,book,60
soon,book,60
,book,60
2029-02-30T08:00,book,60
2029-01-01T09:00,gossip,60
2029-01-01T09:00,book,long
2029-01-01T09:00,book,-5
2029-01-01T09:00,book,nan
2029-01-01T09:00,book,1_0
2029-01-01T09:00,book,
2029-01-01T09:00,book
2029-01-01T10:00,book,0
"""


def test_rows_that_cannot_be_read_are_counted_never_guessed(write: Write) -> None:
    """A row whose time, type or talk time cannot be read is left out, counted, and the first one is shown."""
    how = 'type_column = "why"\ntypes = { book = "call" }\nhandle_column = "talk"'
    loaded = traced(write, BAD_ROWS, how)
    trace = loaded.scenario.calls.trace
    assert trace is not None
    assert trace.calls == ((480.0, "call", 1.0), (600.0, "call", 0.0))
    assert trace.unreadable == 12
    first = '(first: line 3: "2029-01-01" is not a date and time such as 2029-01-31T14:05:00)'
    assert loaded.notes == [f"trace calls.csv: 2 rows read from 2029-01-01 to 2029-01-01, 12 could not be read {first}"]


def test_a_call_that_nobody_answered_can_have_its_talk_drawn(write: Write) -> None:
    """Where 0 or nothing means that there was no talk, the talk is left to be drawn."""
    csv = "time,talk\n1,60\n2,0\n3,\n4,x"
    loaded = traced(write, csv, 'time_format = "minutes"\nhandle_column = "talk"\nhandle_if_zero = "draw"')
    assert loaded.scenario.calls.trace is not None
    assert [talk for _, _, talk in loaded.scenario.calls.trace.calls] == [1.0, -1.0, -1.0]
    assert loaded.scenario.calls.trace.unreadable == 1


@pytest.mark.parametrize(("unit", "talk"), [("s", 1.5), ("min", 90.0), ("h", 5400.0)])
def test_talk_times_have_their_unit(unit: str, talk: float, write: Write) -> None:
    """Talk times are turned into minutes."""
    loaded = traced(
        write, "time,talk\n1,90", f'time_format = "minutes"\nhandle_column = "talk"\nhandle_unit = "{unit}"'
    )
    assert loaded.scenario.calls.trace is not None
    assert loaded.scenario.calls.trace.calls[0][2] == talk


def test_keep_filters_rows(write: Write) -> None:
    """Only rows with the wanted values are calls; others are no errors."""
    csv = "time,end,line\n1,AGENT,1\n2,HANG,1\n3,MENU,1\nx,MENU,1\n4,AGENT,2"
    loaded = traced(write, csv, 'time_format = "minutes"\nkeep = { end = ["AGENT", "HANG"], line = ["1"] }')
    assert minutes(loaded) == [1.0, 2.0]
    assert loaded.notes == ["trace calls.csv: 2 rows read, 3 left out by keep"]


def test_a_start_in_the_file_is_day_0(write: Write) -> None:
    """Where the scenario says its first day, calls before it are left out and later ones count from it."""
    csv = "time\n2029-01-31T08:00\n2029-02-01T08:00\n2029-02-03T08:00"
    loaded = traced(write, csv, "[horizon]\nstart = 2029-02-01")
    assert minutes(loaded) == [480.0, 2 * 1440.0 + 480.0]
    assert loaded.scenario.days == 3
    assert loaded.notes == ["trace calls.csv: 3 rows read from 2029-01-31 to 2029-02-03, 1 before 2029-02-01 left out"]


def test_a_trace_of_another_length_than_the_horizon_is_a_warning(write: Write) -> None:
    """Days without calls, or calls that are not run, are worth a word."""
    loaded = traced(write, "time\n1\n4000", 'time_format = "minutes"\n[horizon]\ndays = 2')
    [warning] = loaded.warnings
    assert warning.warning
    assert "2 days are run (warm-up included) and the trace has 3, so 1 of them are not run." in str(warning)
    longer = load("shop.toml", ["horizon.warmup_days=5"])
    assert "counting starts after 5 days, and the trace has only 3." in str(longer.warnings[0])


BAD_TRACES = {
    "no file": ('file = "cals.csv"', 4, 'calls.trace.file names "cals.csv", and there is no such file beside'),
    "no column": (
        'time_column = "tme"',
        5,
        'calls.trace.time_column is "tme"; calls.csv has the columns time, why, t and t.',
    ),
    "no type column": ('type_column = "reason"', 6, 'calls.trace.type_column is "reason"; calls.csv has the columns'),
    "no handle column": ('handle_column = "talk"', 6, 'calls.trace.handle_column is "talk"; calls.csv has'),
    "no keep column": ('keep = { end = ["x"] }', 6, "calls.trace.keep.end names no column; calls.csv has the columns"),
    "column twice": ('handle_column = "t"', 6, 'calls.trace.handle_column is "t"; calls.csv has several of them.'),
    "format": ('time_format = "isoo"', 6, 'calls.trace.time_format is "isoo"; it should be "iso", "seconds", "mi'),
    "bad directive": ('time_format = "%Q"', 6, "calls.trace.time_format is"),
    "dangling": ('time_format = "%H:%"', 6, "calls.trace.time_format is"),
    "no time in it": ('time_format = "%d.%m.%Y"', 6, "calls.trace.time_format is"),
    "date format": ('date_column = "why"\ndate_format = "%H"', 7, "calls.trace.date_format is"),
    "nothing readable": (
        'time_format = "seconds"\nkeep = { why = ["a"] }',
        4,
        "none of its rows could be read (first: line 2",
    ),
    "unknown type": ('type = "sale"', 6, "calls.trace.type: there is no call type 'sale'; there are call."),
    "own calls": ("days = 3", 6, '"calls.trace.days" is not a setting: the loader reads it'),
    "all before day 0": ("[horizon]\nstart = 2040-01-01", 4, "all of its calls are before 2040-01-01, which is day 0."),
}


@pytest.mark.parametrize("case", BAD_TRACES)
def test_a_bad_trace_is_told_what_is_wrong(case: str, write: Write) -> None:
    """A missing file or column, an unusable format or an empty harvest is one line at the setting that says it."""
    how, line, words = BAD_TRACES[case]
    write("time,why,t,t\n2029-01-01T08:00,a,1,1\n2029-01-01T08:00,b,1,1", "calls.csv")
    replaced = how.split(" = ")[0]
    kept = [old for old in TRACE.splitlines() if not old.startswith(f"{replaced} =")]
    if replaced == "file":
        kept.insert(3, how)
    else:
        kept.append(how)
    write("\n".join(kept))
    [found] = problems()
    assert (found.file, found.line) == ("shop.toml", line)
    assert words in str(found)


def test_a_missing_trace_is_told_beside_other_faults(write: Write) -> None:
    """What is wrong with the file of a trace does not wait until all else is mended."""
    write(TRACE + "[phones]\nlins = 3")
    assert [found.name for found in problems()] == ["calls.trace.file", "phones.lins"]
    write(TRACE.replace("time_column", "tme_column"))
    assert [found.name for found in problems()] == ["calls.trace.time_column", "calls.trace.tme_column"]


def test_epoch_seconds_are_not_taken_for_seconds_of_day_0(write: Write) -> None:
    """Times that begin years after day 0 are a slip, and said so."""
    write("time\n1500000000\n1500000060", "calls.csv")
    write(TRACE + 'time_format = "seconds"')
    assert "its first call is on day 17,361; times count from 00:00 of day 0." in problem()


@pytest.mark.parametrize(
    ("csv", "words"),
    [
        (b"", "names calls.csv, which is empty."),
        (b"\n\n", "names calls.csv, which is empty."),
        (b"time\n", "none of its rows could be read."),
        (b"time\n\xff\xfe", "names calls.csv, of which line 2 is not UTF-8 text"),
        (b'time\n"' + b"x" * 200_000 + b'"', "names calls.csv, which is no CSV: field larger than field limit"),
        (b'time,why\n1,a\n2,"b\n3,c\n4,d\n', "names calls.csv, of which line 3 opens a quote that never closes."),
    ],
)
def test_a_csv_that_is_none_is_told_so(csv: bytes, words: str, write: Write) -> None:
    """An empty, headless or undecodable CSV is one line."""
    write(csv, "calls.csv")
    write(TRACE)
    assert words in problem()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(csv=st.binary(max_size=60) | st.text('time,;\t"\n0123456789-T: x', max_size=60).map(str.encode))
def test_junk_in_a_csv_is_counted_or_a_scenario_error(csv: bytes, tmp_path: Path) -> None:
    """Whatever a trace's file holds, it is read, counted, or reported."""
    (tmp_path / "calls.csv").write_bytes(b"time\n2029-01-01T08:00\n" + csv)
    (tmp_path / "shop.toml").write_text(TRACE)
    faults = faults_of(tmp_path / "shop.toml")
    assert faults is None or len(faults) == 1


def test_several_types_need_a_word_about_which(write: Write) -> None:
    """Without a reason column the type of the calls must be clear."""
    write("time\n1", "calls.csv")
    write(TRACE + 'time_format = "minutes"\n[calls.types.sale]\narrivals = { per_hour = 1 }')
    assert "calls.trace.type is missing" in problem()
    assert minutes(load("shop.toml", ["calls.trace.type=sale"])) == [1.0]


def test_a_reason_may_be_the_type_itself_or_fall_to_the_rest(write: Write) -> None:
    """Reasons are mapped by name, else to the type named for the rest, else to the type of their own name."""
    csv = "time,why\n1,call\n2,other\n3,s"
    types = 'time_format = "minutes"\ntype_column = "why"\ntypes = { s = "sale" }\n'
    loaded = traced(write, csv, types + "[calls.types.sale]\narrivals = { per_hour = 1 }")
    assert loaded.scenario.calls.trace is not None
    assert [kind for _, kind, _ in loaded.scenario.calls.trace.calls] == ["call", "sale"]
    rest = load("shop.toml", ["calls.trace.type=sale"]).scenario.calls.trace
    assert rest is not None
    assert [kind for _, kind, _ in rest.calls] == ["sale", "sale", "sale"]


def test_a_trace_lies_beside_the_file_that_names_it(write: Write) -> None:
    """A file is looked for beside the scenario that names it, inherited or not, and by --set where one stands."""
    write("time\n7", "logs/calls.csv")
    write(TRACE + 'time_format = "minutes"', "logs/day.toml")
    write('extends = "logs/day.toml"\n[people.agent]\ncount = 9')
    assert minutes(load("shop.toml")) == [7.0]
    write("time\n8", "calls.csv")
    assert minutes(load("shop.toml", ["calls.trace.file=calls.csv"])) == [8.0]
    assert load("shop.toml", ["calls.trace=none"]).scenario.calls.trace is None


@pytest.mark.real
def test_a_bank_s_month_of_calls_is_read(shared_data: Path, write: Write) -> None:
    """The real log of February 1999 gives its 28 days and all calls that wanted somebody."""
    file = json.dumps(str(shared_data / "bank_calls_feb1999.csv"))
    write(
        f'extends = "phones_only"\nwithout = ["horizon.days"]\n[calls.trace]\nfile = {file}\n'
        'date_column = "date"\ntime_column = "vru_entry_s"\ntime_format = "seconds"\nhandle_column = "ser_time_s"\n'
        'handle_if_zero = "draw"\nkeep = { outcome = ["AGENT", "HANG"] }'
    )
    shop = load("shop.toml").scenario
    assert shop.calls.trace is not None
    assert (shop.horizon.start, shop.days) == (datetime.date(1999, 2, 1), 28)
    assert len(shop.calls.trace.calls) == 33_066
    assert shop.calls.trace.unreadable == 0


# Samples.


def sampled(write: Write, csv: str, table: str = "") -> Distribution:
    """The talk time of the plain call centre, from a sample."""
    write(csv, "talk.csv")
    write(
        f'extends = "phones_only"\n[calls.types.call]\ntalk_min = {{ family = "empirical", file = "talk.csv"{table} }}'
    )
    return load("shop.toml").scenario.calls.types["call"].talk_min[0].value


def test_an_empirical_distribution_reads_its_column(write: Write) -> None:
    """The values come from the file's column, in the unit that is said."""
    found = sampled(write, "id;talk\n1;60\n2;180", ', column = "talk", unit = "s"')
    assert found.values == (60.0, 180.0)
    assert found.expectation() == 2.0


@pytest.mark.parametrize("csv", ["1\n2\n3", "minutes\n1\n2\n3", "\n minutes \n1\n\n2\n3\n"])
def test_a_file_of_one_column_needs_no_name_for_it(csv: str, write: Write) -> None:
    """One column is the sample, with or without a header."""
    assert sampled(write, csv).values == (1.0, 2.0, 3.0)


def test_sample_values_that_cannot_be_read_are_counted(write: Write) -> None:
    """Words, blanks and negative values are left out and noted."""
    sampled(write, "talk,x\n1,a\n-2,a\nlong,a\n,a\n4,a", ', column = "talk"')
    [note] = load("shop.toml").notes
    assert note == "sample talk.csv talk: 2 values read, 3 could not be read (first: line 3: -2 is negative)"


@pytest.mark.parametrize(
    ("csv", "table", "words"),
    [
        ("a,b\n1,2", "", "names talk.csv, which has several columns; say which"),
        ("a,b\n1,2", ', column = "c"', 'talk_min.column is "c"; talk.csv has the columns a and b.'),
        ("a\nx", "", "none of its rows could be read (first: line 2"),
        ("a\n1", ", values = [1]", "values and a file are there; keep one of them."),
        ("", "", "talk.csv, which is empty."),
    ],
)
def test_a_bad_sample_is_told_what_is_wrong(csv: str, table: str, words: str, write: Write) -> None:
    """A sample that cannot be read is one line at the distribution that names it."""
    with pytest.raises(ScenarioError) as caught:
        sampled(write, csv, table)
    [found] = caught.value.problems
    assert found.line == 3
    assert words in str(found)


def test_samples_are_found_wherever_they_stand(write: Write) -> None:
    """A sample may stand in a step of the day and in any table, and a file is named once in what is wrong."""
    write("1\n3", "s.csv")
    sample = '{ family = "empirical", file = "s.csv" }'
    write(f'{BASE}[desk]\nbrief_min = {sample}\n[calls.types.new]\ntalk_min = [{{ at = "08:00", value = {sample} }}]')
    shop = load("shop.toml").scenario
    assert shop.desk.brief_min.values == shop.calls.types["new"].talk_min[0].value.values == (1.0, 3.0)


# The digest.


def test_the_digest_changes_with_what_could_change_a_run(write: Write) -> None:
    """Settings, traced calls, sample values and the order of types count; names of scenarios and files do not."""
    base = digest(load("base").scenario)
    assert digest(load("base", ["title=x", "name=y"]).scenario) == base == digest(load("separate").scenario)
    assert digest(load("base", ["people.csr.count=3"]).scenario) != base
    assert digest(load("base", ["people.csr.count=2", "calls.per_day=60.0"]).scenario) == base
    traces = [digest(traced(write, f"time\n{t}", 'time_format = "minutes"').scenario) for t in (1, 2, 1)]
    assert traces[0] == traces[2] != traces[1]
    samples = set()
    for csv in ("1\n2", "1\n3", "1\n2"):
        sampled(write, csv)
        samples.add(digest(load("shop.toml").scenario))
    assert len(samples) == 2
    write("1\n2", "other.csv")
    assert digest(load("shop.toml", ["calls.types.call.talk_min.file=other.csv"]).scenario) in samples


def test_the_digest_is_the_same_in_every_process() -> None:
    """Another process with another hash seed gets the same digest."""
    ask = "from sim.scenarios import *; print(digest(load('base').scenario))"
    answers = {
        subprocess.run(
            [sys.executable, "-c", ask],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert answers == {digest(load("base").scenario)}


# The parameters.


def test_every_parameter_is_described() -> None:
    """Each setting has a name of its own, a sentence and a grade, and its sensible range lies within its limits."""
    listed = parameters()
    assert len({p.name for p in listed}) == len(listed) > 300
    for p in listed:
        assert p.doc, p.name
        assert p.grade in {"A", "B", "C", "assumption", "choice"}, p.name
        if p.sensible is not None:
            low, high = p.sensible
            assert low < high, p.name
            assert p.minimum is None or low >= p.minimum, p.name
            assert p.maximum is None or high <= p.maximum, p.name


def test_parameters_are_named_as_they_are_written() -> None:
    """Names of the owner's choice are NAME, list items N; limits, defaults and what must be said are known."""
    by_name = {p.name: p for p in parameters()}
    talk = by_name["calls.types.NAME.talk_min"]
    assert (talk.unit, talk.default_text) == ("min", '{family = "lognormal", mean = 5.0, cv = 0.7}')
    balk = by_name["calls.types.NAME.balk_share"]
    assert (balk.default, balk.minimum, balk.maximum) == (0.03, 0.0, 1.0)
    assert by_name["jobs.types.NAME.trade"].default_text == "(required)"
    assert by_name["phones.lines"].default_text == ""
    assert by_name["handoffs.booking.lacks_equipment"].default == 0.08
    assert by_name["people.NAME.shifts.N.lunch_min"].default == 30.0
    assert "calls.trace.calls" not in by_name


def test_defaults_are_what_a_file_may_say(write: Write) -> None:
    """Writing out every default as the list of parameters has it changes nothing."""
    told = [f"{p.name} = {p.default_text}" for p in parameters() if _is_plain(p)]
    assert len(told) > 150
    write(resolved("phones_only"))
    before = digest(load("shop.toml").scenario)
    head = [line for line in told if not _is_said(line.split(" = ")[0], tomllib.loads(resolved("phones_only")))]
    tables = dump(_merge(tomllib.loads("\n".join(head)), tomllib.loads(resolved("phones_only"))))
    write(tables)
    assert digest(load("shop.toml").scenario) == before


def _is_plain(p: scenarios.Parameter) -> bool:
    """Whether a parameter has a default that can be said, and a name without a stand-in."""
    parts = p.name.split(".")
    has_default = p.default is not None and p.default is not ...
    return has_default and not {"NAME", "N", "trace"} & set(parts) and len(parts) > 1


def _is_said(name: str, values: Any) -> bool:
    for part in name.split("."):
        if not isinstance(values, dict) or part not in values:
            return False
        values = values[part]
    return True


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {k: _merge(below[k], v) if isinstance(v, dict) and k in below else v for k, v in above.items()}
    return {**below, **both}


# Lines, and whatever else a file may hold.

keys = st.text("abc-_ .\"'\\é\n", min_size=1, max_size=3) | st.sampled_from(["calls", "types", "people", "file"])
scalars = (
    st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.dates()
    | st.times().map(lambda time: time.replace(fold=0))
    | st.sampled_from(["base", "empirical", "none"])
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=12
)
tables = st.dictionaries(keys, values, max_size=4)


def places_of(value: Any, name: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Every table, list, item and setting."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {name for name in [name] if name}.union(*(places_of(item, (*name, key)) for key, item in inside))


@given(tables)
def test_what_is_dumped_is_read_back(table: dict[str, Any]) -> None:
    """Values written as TOML come back the same."""
    assert repr(tomllib.loads(dump(table))) == repr(_without_headless(table))


def _without_headless(table: dict[str, Any]) -> dict[str, Any]:
    """The same values in the order in which TOML has them: a table's own settings come before its tables."""
    own = {key: value for key, value in table.items() if not _stands_apart(value)}
    return own | {key: _without_headless(value) for key, value in table.items() if _stands_apart(value)}


def _stands_apart(value: Any) -> bool:
    return isinstance(value, dict) and not isinstance(value.get("family"), str)


@given(tables)
def test_every_setting_has_its_line(table: dict[str, Any]) -> None:
    """The scanner finds exactly the places that a parser finds, on lines that exist."""
    text = dump(table)
    lines = lines_of(text)
    assert set(lines) == places_of(tomllib.loads(text))
    assert set(lines.values()) <= set(range(1, text.count("\n") + 2))


def test_lines_are_found_in_every_way_of_writing() -> None:
    """Headers, dotted keys, inline tables, arrays of tables, long strings and comments are told apart."""
    text = '''\
# a comment = 1
a.b = 1 # [no.header]
"c d" = """
x = 1
\\""" """"
[e]
f = [ # {
  { g = 1, h = 'i]' }, { g.k = 2 },
  2029-01-01 08:00:00,
]
[[e.l]]
m = \'\'\'
]\'\'\'
[[e.l]]
[e.l.n]
o = -1.5e3
'''
    assert lines_of(text) == {
        ("a",): 2, ("a", "b"): 2, ("c d",): 3, ("e",): 6, ("e", "f"): 7, ("e", "f", 0): 8, ("e", "f", 0, "g"): 8,
        ("e", "f", 0, "h"): 8, ("e", "f", 1): 8, ("e", "f", 1, "g"): 8, ("e", "f", 1, "g", "k"): 8, ("e", "f", 2): 9,
        ("e", "l"): 11, ("e", "l", 0): 11, ("e", "l", 0, "m"): 12, ("e", "l", 1): 14, ("e", "l", 1, "n"): 15,
        ("e", "l", 1, "n", "o"): 16,
    }  # fmt: skip
    assert set(lines_of(text)) == places_of(tomllib.loads(text))


def junk() -> st.SearchStrategy[str]:
    """Text that may be TOML: real settings with the wrong values, odd tables, broken files."""
    names = st.sampled_from([p.name.replace("NAME", "new").replace("N", "0") for p in parameters()])
    line = st.tuples(names, values).map(lambda pair: _line(*pair))
    settings_of_a_shop = st.lists(line, max_size=6, unique_by=lambda text: text.split(" = ")[0]).map("\n".join)
    return settings_of_a_shop | tables.map(dump) | st.text("[]{}=\"'.#\n, ab1-:T", max_size=40)


def _line(name: str, value: Any) -> str:
    return dump({"x": value if not isinstance(value, dict) else [value]}).strip().replace("x = ", f"{name} = ", 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(text=junk(), over_base=st.booleans())
@example(text="x = 1e999", over_base=True)
@example(text="calls.per_day = 0x" + "f" * 5000, over_base=True)
@example(text='calls.types.new.talk_min = { family = "empirical", file = "" }', over_base=True)
def test_junk_is_only_ever_a_scenario_error(text: str, over_base: bool, tmp_path: Path) -> None:
    """Whatever a file holds, it loads or it raises a ScenarioError with lines that say why."""
    path = tmp_path / "junk.toml"
    path.write_text(f'extends = "base"\n{text}' if over_base else text, encoding="utf-8")
    faults = faults_of(path)
    assert faults is None or (faults and not any("\n" in str(one) for one in faults))


@settings(max_examples=200)
@given(
    st.text("abcdeplousr.*=0123456789[]{}\"' ", max_size=30) | st.sampled_from(["calls.*.*=1", "*.*.*=0", "*=1", "."])
)
def test_junk_overrides_are_only_ever_a_scenario_error(text: str) -> None:
    """Whatever is set, it is taken or raises a ScenarioError."""
    faults = faults_of("base", text)
    assert faults is None or faults


def test_what_does_not_fit_together_is_told_beside_what_is_wrong_in_itself(tmp_path: Path) -> None:
    """A misspelt setting does not hide a shift that ends before it starts or a trade that nobody has."""
    file = tmp_path / "shop.toml"
    file.write_text(
        'extends = "base"\n[people.csr]\ncuont = 3\n[jobs.types.boiler]\nshare = 0.2\ntrade = "gas"\n'
        '[[people.dispatcher.shifts]]\nstart = "16:00"\nend = "08:00"\n'
    )
    with pytest.raises(ScenarioError) as caught:
        load(file)
    told = [str(problem) for problem in caught.value.problems]
    assert any("line 3" in line and "cuont" in line for line in told)
    assert any("line 6" in line and "gas" in line for line in told)
    assert any("ends before it starts" in line for line in told)
    assert not any("nobody wears" in line for line in told)


def test_every_setting_is_read_somewhere() -> None:
    """A setting that the program never names outside the settings' own definitions would have no effect."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in Path(scenarios.__file__).parents[1].rglob("*.py"))
    unread = []
    for row in parameters():
        name = row.name.rsplit(".", 1)[-1]
        if not re.search(rf"\.{name}\b|[\"']{name}[\"']", text):
            unread.append(row.name)
    assert unread == []


def test_the_manager_is_there_while_the_dispatcher_eats() -> None:
    """In the base shop whoever covers the desk has lunch after the dispatcher is back, and is paid eight hours a day."""
    people = load("base").scenario.people
    [desk], [cover] = people["dispatcher"].shifts, people["service_manager"].shifts
    assert desk.lunch is not None
    assert cover.lunch is not None
    assert cover.lunch >= desk.lunch + desk.lunch_min
    assert cover.end - cover.start - cover.lunch_min == 480.0
