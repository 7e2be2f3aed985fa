"""``baton hire``."""

from __future__ import annotations

import click

from sim.cli.options import study_options
from sim.cli.reading import read
from sim.cli.studies import Ask, check_weeks, end, take, working
from sim.cli.terminal import say, width


@click.command(short_help="Which next step is worth most: hire, train, split, merge, or let nobody go.")
@click.argument("scenario")
@study_options
def hire(scenario: str, **asked: object) -> int:
    """Try every step that is one away from SCENARIO and rank them by contribution a year.

    One more and one fewer of each group, cross-training, both hats for everybody or one each: with its interval, the
    probability that it is the wrong choice, the weeks until it has paid for itself, and the bad week.
    """
    from sim import analysis
    from sim.report import hiring, machine, show
    from sim.shop.staffing import steps

    ask = Ask(**asked)  # type: ignore[arg-type]
    (plan,) = (loaded.scenario for loaded in read([scenario], ask.settings, ask.days))
    check_weeks(plan)
    if ask.replications < 2:
        raise click.UsageError("--replications should be at least 2, better 10: one says nothing of the spread.")
    if ask.dry_run:
        return take(ask.replications * len(steps(plan)), [plan], ask)
    with working("hire", [plan], ask) as (runs, _):
        try:
            found = analysis.hire(plan, replications=ask.replications, runs=runs)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    results = runs.results(runs.plans, ask.replications)
    if found is None:
        return end(results)
    if ask.form == "json":
        say(machine.dumps(hiring.as_data(found)))
    elif ask.form == "csv":
        say(found.frame().to_csv(index=False, lineterminator="\n").rstrip("\n"))
    else:
        say(show(found, width=width()))
    return end(results)
