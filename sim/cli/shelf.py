"""``baton scenarios``, ``show``, ``init``, ``check`` and ``parameters``: what scenarios there are and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.reading import Problems, read
from sim.cli.terminal import say

if TYPE_CHECKING:
    from sim.scenarios import Parameter


@click.command()
def scenarios() -> None:
    """List the built-in scenarios."""
    from sim.scenarios import names

    listed = names()
    longest = max(len(name) for name, _ in listed)
    say("\n".join(f"{name:<{longest}}  {title}".rstrip() for name, title in listed))


@click.command(short_help="Print a scenario.")
@click.argument("name")
@click.option("--resolved", is_flag=True, help="With all that it takes from the scenarios it extends.")
def show(name: str, resolved: bool) -> None:
    """Print a built-in scenario as it is written, or a file with all that it extends."""
    from sim import scenarios

    built_in = name in dict(scenarios.names())
    try:
        text = scenarios.source(name) if built_in and not resolved else scenarios.resolved(name)
    except scenarios.ScenarioError as error:
        raise Problems(error.problems) from None
    say(text.rstrip("\n"))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from", "source", metavar="NAME", default="separate", show_default=True, help="The scenario to start from."
)
def init(file: Path, source: str) -> None:
    """Write a scenario file of your own to start from."""
    from sim.scenarios import ScenarioError, names, template

    if file.is_dir():
        raise Problems([f"{file} is a folder: name a file, such as {file / 'shop.toml'}"])
    if str(file) in dict(names()):
        raise Problems([f"{file} is a built-in scenario, which that name would always mean: name the file {file}.toml"])
    try:
        text = template(source, file.parent)
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except ScenarioError as error:
        raise Problems(error.problems) from None
    except FileExistsError:
        raise Problems(
            [f"{file} exists already, and is left as it is: name another file, or remove it first"]
        ) from None
    except OSError as error:
        raise Problems([f"{file} cannot be written: {(error.strerror or '').lower()}"]) from None
    say(f"{file} is written. Change it, then: baton check {file}")


@click.command()
@click.argument("file")
def check(file: str) -> None:
    """Check a scenario file: every error at once, with its line."""
    found = read([file])[0]
    n = len(found.warnings)
    say(f"{file}: no errors{f', {n} warning' if n else ''}{'s' if n > 1 else ''}")


@click.command(short_help="List every setting.")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
def parameters(as_json: bool) -> None:
    """List every setting with its unit, default, range, source and grade."""
    from sim.scenarios import parameters as listed

    if as_json:
        import json

        say(json.dumps([_as_dict(each) for each in listed()], indent=2, ensure_ascii=False, default=str))
    else:
        say("\n".join(_entry(each) for each in listed()))


def _as_dict(parameter: Parameter) -> dict[str, Any]:
    """A setting as JSON; one that must be said has no default, which null alone would not tell."""
    required = parameter.default is ...
    return {**parameter._asdict(), "default": None if required else parameter.default, "required": required}


def _entry(parameter: Parameter) -> str:
    """A setting in two lines: its default, and what it is, may be and comes from."""
    default = f" = {_short(parameter.default_text)}" if parameter.default_text else ""
    sensible = parameter.sensible
    facts = [
        parameter.doc,
        _range(parameter.minimum, parameter.maximum),
        f"sensible {sensible[0]:g} to {sensible[1]:g}" if sensible else "",
        f"source: {parameter.source}" if parameter.source else "",
        f"grade: {parameter.grade}" if parameter.grade else "",
    ]
    return f"{parameter.name}{default} {parameter.unit}".rstrip() + f"\n    {'; '.join(filter(None, facts))}"


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"at least {low:g}" if low is not None else f"at most {high:g}" if high is not None else ""


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
