"""Writes the pages of this folder that are made from the program: settings, measures, scenarios, and printed results.

    python docs/generate.py              parameters.md, kpis.md and scenarios.md (a second)
    python docs/generate.py --results    results.md, the headline in README.md and comparison.png (some minutes)

The first three must be up to date at all times, and tests/test_docs.py says so. The results are as old as the line
under their title says; they are printed by the commands beside them and never typed.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).resolve().parent
HOUSE = DOCS.parent
SCREEN = (1180, 2400)  # what chromium draws, in pixels
MARGIN = 14  # kept around what is not background
ONLY_THE_TOP = "<style>main > :not(header, .cards, .figures) { display: none }</style></head>"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HEADLINE = ("<!-- headline -->\n", "<!-- end of headline -->\n")

GRADES = {
    "A": "official or platform data",
    "B": "a named survey or the trade press",
    "C": "a vendor's blog",
    "assumption": "nobody knows",
    "choice": "the shop's own plan, not a fact about the world",
}
WINDOWS = {
    "calls that rang in the window": "attempts, by when they rang",
    "needs born in the window": "needs, by when they were born (cohort)",
    "what happened in the window": "by when it happened",
    "minutes in the window": "minutes that lie in the window",
    "as it stands at the end of the window": "as it stands at the end",
}
GROUPS = {
    "calls": "Calls, per attempt",
    "waits": "Waiting on the phone",
    "callers": "Callers, per need",
    "people": "People",
    "jobs": "Jobs",
    "times": "Times from the hang-up",
    "batons": "Batons",
    "manager": "The service manager",
    "waterfall": "The waterfall, by root need",
    "income": "The income statement, by time",
}


def main(wanted: Sequence[str]) -> None:
    """Write the pages."""
    sys.path.insert(0, str(HOUSE))
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
    if "--results" in wanted:
        write_results()


def pages() -> dict[str, str]:
    """The pages that are made from the program, by file name."""
    return {"parameters.md": parameters_page(), "kpis.md": kpis_page(), "scenarios.md": scenarios_page()}


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("``", "`").replace("|", "\\|").split())


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


# Settings.


def parameters_page() -> str:
    """Every setting, section by section."""
    from sim.scenarios import Parameter, parameters

    sections: dict[str, list[Parameter]] = {}
    for each in parameters():
        sections.setdefault(each.name.split(".")[0], []).append(each)
    counts = {grade: sum(p.grade == grade for some in sections.values() for p in some) for grade in GRADES}
    grades = "\n".join(f"- **{grade}**: {what} ({counts[grade]} settings)" for grade, what in GRADES.items())
    parts = [
        "# Every setting\n\nMade by `docs/generate.py` from the program itself; `baton parameters` prints the same.\n\n"
        "A name is dotted. NAME stands for a name of your choice, N for the number of a list item, counted from 0. "
        "*Allowed* are the hard limits. *Sensible* is the range that is worth trying. An empty default means none.\n\n"
        "Where a setting may change over the day, one value stands for the whole day and a list of "
        '`{ at = "08:00", value = ... }` for its parts; before the first step the last one holds. A duration is a '
        "distribution, see [how to say one](how-to.md#say-a-distribution).\n\n"
        f"The grade says where the default comes from:\n\n{grades}"
    ]
    headers = ("setting", "default", "unit", "allowed", "sensible", "grade", "source", "meaning")
    alone = [each for some in sections.values() if len(some) == 1 for each in some]
    parts.append(f"## the scenario itself\n\n{table(headers, map(_setting, alone))}")
    for name, some in sections.items():
        if len(some) > 1:
            parts.append(f"## {name}\n\n{table(headers, map(_setting, some))}")
    return "\n\n".join(parts) + "\n"


def _setting(each) -> tuple[str, ...]:  # type: ignore[no-untyped-def]  # a sim.scenarios.Parameter
    sensible = each.sensible
    return (
        _code(each.name),
        _code(each.default_text),
        each.unit,
        _limits(each.minimum, each.maximum),
        f"{sensible[0]:g} to {sensible[1]:g}" if sensible else "",
        each.grade,
        each.source,
        each.doc,
    )


def _limits(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"from {low:g}" if low is not None else f"to {high:g}" if high is not None else ""


# Measures.


def kpis_page() -> str:
    """Every measure, chapter by chapter; those of a year in the row of what they are the year of."""
    from sim.kpis import GROUPS as ORDER
    from sim.kpis import KPIS

    parts = [KPIS_HEAD.strip()]
    headers = ("key", "label", "unit", "better", "which clock", "splits", "definition")
    for group in ORDER:
        rows = [
            (
                _code(key) + (f", {_code(f'{key}_per_year')}" if f"{key}_per_year" in KPIS else ""),
                kpi.label,
                kpi.unit,
                "" if kpi.direction == "neither" else kpi.direction,
                WINDOWS[kpi.window],
                ", ".join(kpi.splits),
                kpi.definition,
            )
            for key, kpi in KPIS.items()
            if kpi.group == group and not _is_a_year_of(key, KPIS)
        ]
        parts.append(f"## {GROUPS[group]}\n\n{table(headers, rows)}")
    return "\n\n".join(parts) + "\n"


def _is_a_year_of(key: str, kpis: Iterable[str]) -> bool:
    return key.endswith("_per_year") and key.removesuffix("_per_year") in kpis


KPIS_HEAD = """
# Every measure

Made by `docs/generate.py` from the program itself. `baton run` and `baton compare` print a dozen of these; `--all`
prints every one, and `--format json` and `--format csv` always hold them all.

A measure is a function of one run: of its ledger of events and its table of root needs, and of nothing else. A
study runs several replications; what is printed is the mean over them with a 95 % interval (Student's t), and
differences are paired by replication.

**The window** is the counted days: from the end of `horizon.warmup_days` on, `horizon.days` long. *Which clock*
says what of the window a measure counts:

- *attempts, by when they rang*: an attempt to reach the shop belongs to the moment it rang, however long it waited.
- *needs, by when they were born (cohort)*: a root need belongs to the moment it first rang (or came by web form).
  What becomes of it counts whenever that happens. The waterfall is of this kind.
- *by when it happened*: an event belongs to its own moment. The income statement is of this kind.
- *minutes that lie in the window*: a stretch of work or presence counts with the part of it that lies inside.
- *as it stands at the end*: a count at the last moment of the window.

So the waterfall and the income statement do not add up to one another: the first follows the people who first rang
in the window, the second counts what was billed and paid for in it.

What never happened is NaN (a dash in tables, `null` in JSON, empty in CSV); a count may be 0. Shares are numbers
from 0 to 1 in JSON and CSV, and per cents in tables. Money is over the window, in the shop's currency, summed in
whole cents; each amount is also there for a year, as `..._per_year`, which is the amount times 365 over the days
counted.

*Splits* are the ways in which `--by` can split a measure. Attempts go by the type they rang with, by who answered
first and by their hour of arrival. What is about a need goes by the type of its first call, its true tier and its
job type.

Service level within T seconds (`phones.service_threshold_s`), of calls in phone hours, has four definitions:

| definition | formula |
| --- | --- |
| all | answered within T / offered |
| answered | answered within T / answered |
| net | answered within T / (offered - given up within T) |
| any | (answered or given up within T) / offered |

`service_level_share` is the one that `phones.service_definition` names. A wait runs from queue entry, after the
phone tree, to the first word; so the seconds in which somebody changes hats or puts work aside for the call are
part of it.
"""


# Scenarios.


def scenarios_page() -> str:
    """The built-in scenarios as they are written."""
    from sim import scenarios

    parts = [
        "# The built-in scenarios\n\nMade by `docs/generate.py` from the program itself. `baton show NAME` prints "
        "one as it is written, `baton show NAME --resolved` with all that it takes from those it extends, and "
        "`baton init FILE --from NAME` writes a file of your own that starts from it."
    ]
    parts.append(table(("name", "what it is"), ((f"[`{n}`](#{n})", title) for n, title in scenarios.names())))
    for name, _ in scenarios.names():
        parts.append(f"## {name}\n\n```toml\n{scenarios.source(name).rstrip()}\n```")
    return "\n\n".join(parts) + "\n"


# Printed results.


class Asked(NamedTuple):
    """One command and what is shown of what it prints."""

    title: str
    about: str
    command: str
    whole: bool  # all of it, or only the answer


ROLES = "baton compare combined separate --replications 8 --seed 1"
ALL_DROPS = [
    f"handoffs.{baton}.{part}"
    for baton in ("booking", "brief", "update", "report", "close")
    for part in ("drop_between", "drop_to_self", "drop_per_interruption")
]
BETWEEN = [name for name in ALL_DROPS if name.endswith("drop_between") and "close" not in name]


def _set(names: Iterable[str], value: object) -> str:
    return " ".join(f"--set {name}={value}" for name in names)


ASKED = (
    Asked(
        "Combined or separate roles",
        "The same three people in the office, with the same gifts, hours and wages. Only the hats differ.",
        ROLES,
        True,
    ),
    Asked(
        "Five ways to run the same shop",
        "Each against `separate`, on the same callers.",
        "baton compare separate combined combined_focused cross_trained screening --replications 8 --seed 1",
        True,
    ),
    Asked(
        "The next hire",
        "Every step that is one away from separate roles, over half a year.",
        "baton hire separate --days 182 --replications 8 --seed 1",
        True,
    ),
    Asked(
        "What the first answer leans on: no hand-off is ever dropped",
        "Nobody has measured how often a hand-off is dropped. This is one end of what is possible.",
        f"{ROLES} {_set(ALL_DROPS, 0)}",
        False,
    ),
    Asked(
        "The other end: one in ten between two people",
        "The upper end of the sensible range of four of the five batons (the fifth is always handed to oneself).",
        f"{ROLES} {_set(BETWEEN, 0.1)}",
        False,
    ),
    Asked(
        "What the first answer leans on: people who are good at one thing",
        "Gifts for the phone and for the desk go against one another, and people differ more.",
        f"{ROLES} --set gifts.correlation=-0.5 --set gifts.phone_sd=0.2 --set gifts.desk_sd=0.2",
        False,
    ),
    Asked(
        "What the first answer leans on: quick changes of hat",
        "Changing hats, leaving side work and finding back take no time at all.",
        f"{ROLES} " + _set(("attention.switch_s", "attention.leave_side_s", "attention.resume_lag_s"),
                           "'{family = \"fixed\", mean = 0}'"),
        False,
    ),
)  # fmt: skip


def write_results() -> None:
    """Run the commands, and put what they print where it belongs."""
    with tempfile.TemporaryDirectory() as folder:
        html = Path(folder) / "comparison.html"
        printed = [baton(asked.command, html if asked.command == ROLES else None) for asked in ASKED]
        picture(html, DOCS / "comparison.png")
    (DOCS / "results.md").write_text(results_page(printed), encoding="utf-8")
    readme = HOUSE / "README.md"
    readme.write_text(_between(readme.read_text(encoding="utf-8"), quoted(printed[0])), encoding="utf-8")


def baton(command: str, html: Path | None = None) -> str:
    """What a command prints."""
    more = ["--html", str(html)] if html is not None else []
    ask = [sys.executable, "-m", "sim.cli", *shlex.split(command)[1:], *more]
    done = subprocess.run(ask, cwd=HOUSE, check=True, capture_output=True, text=True)
    return done.stdout.rstrip()


def results_page(printed: Sequence[str]) -> str:
    """The page of printed results."""
    import datetime
    import tomllib

    version = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    parts = [
        "# Printed results\n\nWhat the commands below printed, word for word, with Baton "
        f"{version} on {datetime.date.today().isoformat()}. `python docs/generate.py --results` runs them again and "
        "writes this page, the headline in the README and the picture. All of it is about the built-in shop, which is "
        "made up from trade figures and assumptions: read it as what follows from those, not as what happens in yours."
    ]
    for asked, text in zip(ASKED, printed, strict=True):
        shown = text if asked.whole else quoted(text)
        block = f"```text\n{shown}\n```" if asked.whole else shown
        parts.append(f"## {asked.title}\n\n{asked.about}\n\n```sh\n{_folded(asked.command)}\n```\n\n{block}")
    return "\n\n".join(parts) + "\n"


def _folded(command: str, width: int = 100) -> str:
    """A long command over several lines."""
    lines = [""]
    for word in command.replace(" --", "\n--").split("\n"):
        if lines[-1] and len(lines[-1]) + len(word) + 3 > width:
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines)


def quoted(text: str) -> str:
    """The answer at the top of what was printed, as a quotation."""
    answer = text.split("\n\n")[0].splitlines()
    return "\n>\n".join(f"> {line}" for line in answer)


def _between(text: str, headline: str) -> str:
    """The README with its headline renewed."""
    start, end = HEADLINE
    before, _, rest = text.partition(start)
    return f"{before}{start}{headline}\n{end}{rest.partition(end)[2]}"


def picture(html: Path, png: Path) -> None:
    """The top of the page as a picture; left as it is where there is no browser."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        print("comparison.png is left as it is: there is no chromium", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as profile:
        shot, top = Path(profile) / "shot.png", Path(profile) / "top.html"
        top.write_text(html.read_text(encoding="utf-8").replace("</head>", ONLY_THE_TOP), encoding="utf-8")
        flags = (
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            f"--user-data-dir={profile}", f"--screenshot={shot}", f"--window-size={SCREEN[0]},{SCREEN[1]}",
        )  # fmt: skip
        subprocess.run([browser, *flags, top.as_uri()], check=True, timeout=120, capture_output=True)
        _crop(shot, png)


def _crop(shot: Path, png: Path) -> None:
    """The picture without the background around it, and with few colours, so that it is small."""
    from PIL import Image, ImageChops  # comes with matplotlib

    with Image.open(shot) as image:
        page = image.convert("RGB")
        background = Image.new("RGB", page.size, page.getpixel((0, 0)))
        left, top, right, bottom = ImageChops.difference(page, background).getbbox() or (0, 0, *page.size)
        box = (left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN)
        page.crop(box).quantize(128).save(png, optimize=True)


def fences(text: str) -> Iterator[tuple[str, str, str]]:
    """The code blocks of a page: language, the file name after it, and the code."""
    inside: list[str] | None = None
    language = name = ""
    for line in text.splitlines():
        if line.startswith("```"):
            if inside is None:
                language, _, name = line[3:].partition(" ")
                inside = []
            else:
                yield language, name.strip(), "\n".join(inside) + "\n"
                inside = None
        elif inside is not None:
            inside.append(line)


if __name__ == "__main__":
    main(sys.argv[1:])
