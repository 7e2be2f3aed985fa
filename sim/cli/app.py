"""The command and what all its subcommands share: errors of one line, and how it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from sim.cli.batons import batons
from sim.cli.codes import BAD_INPUT, FAILED, INTERRUPTED
from sim.cli.hiring import hire
from sim.cli.kept import export, studies
from sim.cli.optimising import optimise
from sim.cli.sensitivity import sensitivity
from sim.cli.shelf import check, init, parameters, scenarios, show
from sim.cli.studies import compare, run
from sim.cli.study import study
from sim.cli.sweeping import sweep


class Command(click.Group):
    """A group whose errors are one line each, that is silent when nobody listens, and that ends at once on Ctrl-C."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """As click's, with our own ways to end."""

        def go() -> Any:
            return super(Command, self).main(args, prog_name, complete_var, False, **extra)

        return sys.exit(_ended(go)) if standalone_mode else go()


def _ended(go: Callable[[], Any]) -> int:
    """The exit code, errors told and interruptions taken."""
    try:
        code = go()
        if sys.stdout is not None:  # None where it was closed before we started
            sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        return _told(error)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        _stop_writing()
        return FAILED
    except OSError as error:  # a full disk under the output, for one
        _stop_writing()
        where = error.filename or "the output"
        click.echo(f"baton: {where} cannot be used: {(error.strerror or str(error)).lower()}", err=True)
        return FAILED
    except MemoryError:
        click.echo("baton: out of memory: fewer calls a day, people, --days or --workers need less", err=True)
        return FAILED


def _told(error: click.ClickException) -> int:
    context = getattr(error, "ctx", None)
    name = context.command_path if context is not None else "baton"
    for line in error.format_message().splitlines():
        click.echo(f"{name}: {line}" if isinstance(error, click.UsageError) else line, err=True)
    return BAD_INPUT if isinstance(error, click.UsageError) else error.exit_code


def _stop_writing() -> None:
    """Our output leads nowhere any more: what is still in the buffer is dropped, without a complaint at exit."""
    if sys.stdout is None:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        from sim.cli.version import version  # looks through what is installed, which takes its time

        click.echo(f"baton {version()}")
        context.exit()


@click.group(
    cls=Command,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def baton(context: click.Context) -> None:
    """Follow a home-service company's relay from the ringing phone to the closed, paid job; compare ways to run it.

    \b
    Start with:
      baton scenarios                     what is built in
      baton compare combined separate     which plan brings more, and what it costs
      baton init shop.toml                a scenario file of your own
    """  # noqa: D301 (click wants the backspace itself)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for _command in (
    run, compare, hire, batons, sweep, sensitivity, optimise, study, studies, export, scenarios, show, init, check,
    parameters,
):  # fmt: skip
    baton.add_command(_command)
