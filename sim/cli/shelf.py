"""``baton scenarios``, ``show``, ``init``, ``check`` and ``parameters``: what scenarios there are and what they say."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import click

from sim.cli.reading import Problems, read
from sim.cli.terminal import say, width


@click.command()
def scenarios() -> None:
    """List the built-in scenarios."""
    from sim.scenarios import load, names

    listed = names()
    longest = max(map(len, listed))
    say("\n".join(f"{name:<{longest}}  {load(name).scenario.title}" for name in listed))


@click.command()
@click.argument("name")
@click.option("--resolved", is_flag=True, help="With everything it takes from the scenarios it extends.")
def show(name: str, resolved: bool) -> None:
    """Print a scenario as TOML."""
    from sim import scenarios

    try:
        say((scenarios.resolved(name) if resolved else scenarios.source(name)).rstrip("\n"))
    except scenarios.ScenarioError as error:
        raise Problems(error.problems) from None


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "source", metavar="NAME", default="separate", show_default=True, help="The scenario to start from.")
def init(file: Path, source: str) -> None:
    """Write a scenario file of your own to start from."""
    from sim.scenarios import ScenarioError, template

    try:
        text = template(source)
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except ScenarioError as error:
        raise Problems(error.problems) from None
    except FileExistsError:
        raise Problems([f"{file} exists already, and is left as it is: name another file, or remove it first"]) from None
    except OSError as error:
        raise Problems([f"{file} cannot be written: {(error.strerror or '').lower()}"]) from None
    say(f"{file} is written. Change it, then: baton check {file}")


@click.command()
@click.argument("file")
def check(file: str) -> None:
    """Check a scenario file: every error at once, with its line."""
    found = read([file])[0]
    remarks = len(found.warnings)
    say(f"{file}: no errors{f', {remarks} warning' + 's' * (remarks > 1) if remarks else ''}")


@click.command(short_help="List every setting.")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
def parameters(as_json: bool) -> None:
    """List every setting with its unit, default, range, source and grade."""
    from sim.scenarios import parameters as listed

    rows = [_as_dict(each) for each in listed()]
    if as_json:
        import json

        say(json.dumps(rows, indent=2, ensure_ascii=False, default=str))
        return
    from sim.report.tables import Table, text

    headers = ("setting", "default", "unit", "range", "sensible", "grade", "what it is")
    table = Table("", headers, tuple(_cells(row) for row in rows), fixed=len(headers))
    say(text(table, width()))


def _as_dict(parameter: Any) -> dict[str, Any]:
    if is_dataclass(parameter) and not isinstance(parameter, type):
        return asdict(parameter)
    found: dict[str, Any] = parameter._asdict()
    return found


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    sensible = row["sensible"]
    tried = f"{sensible[0]:g} to {sensible[1]:g}" if sensible else ""
    doc = f"{row['doc']} ({row['source']})" if row["source"] else row["doc"]
    return (row["name"], _short(row["default"]), row["unit"], _range(row), tried, row["grade"], doc)


def _range(row: dict[str, Any]) -> str:
    low, high = row["minimum"], row["maximum"]
    if low is None and high is None:
        return ""
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"from {low}" if high is None else f"to {high}"


def _short(value: Any, most: int = 28) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"
