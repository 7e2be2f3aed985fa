"""``baton batons``."""

from __future__ import annotations

import click

from sim.cli.options import study_options
from sim.cli.reading import read
from sim.cli.studies import Ask, check_weeks, end, take, working
from sim.cli.terminal import say, width


@click.command(short_help="What each dropped baton costs a year, and one real example of each.")
@click.argument("scenario")
@study_options
def batons(scenario: str, **asked: object) -> int:
    """Hold SCENARIO against itself with one hand-off perfect: never dropped, incomplete or late.

    That is what a hand-off costs; beside it stands what the books put down to it, and the chain of one real example,
    from the first replication.
    """
    from sim import analysis
    from sim.report import batons as words
    from sim.report import machine, show
    from sim.run import simulate

    ask = Ask(**asked)  # type: ignore[arg-type]
    (plan,) = (loaded.scenario for loaded in read([scenario], ask.settings, ask.days))
    check_weeks(plan)
    if ask.dry_run:
        return take(ask.replications * len(analysis.counterfactuals(plan)), [plan], ask)
    with working("batons", [plan], ask) as (runs, _):
        try:
            found = analysis.batons(plan, replications=ask.replications, runs=runs)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    results = runs.results(runs.plans, ask.replications)
    if found is None:
        return end(results)
    if ask.form == "csv":
        say(found.frame().to_csv(index=False, lineterminator="\n").rstrip("\n"))
        return end(results)
    example = simulate(plan, ask.seed, 0)
    if ask.form == "json":
        say(machine.dumps(words.as_data(found, example)))
    else:
        say("\n\n".join([show(found, width=width()), words.chains(example)]))
    return end(results)
