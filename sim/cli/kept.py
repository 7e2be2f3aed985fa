"""``baton studies`` and ``baton export``: what is in the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import store_option
from sim.cli.reading import Problems
from sim.cli.terminal import note, say

if TYPE_CHECKING:
    import pandas as pd

    from sim.study import Kept

HEADERS = ("no.", "study", "kind", "plans", "runs", "asked (UTC)", "state", "model")


@click.command()
@store_option
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table", show_default=True,
              help="How they are written.")  # fmt: skip
def studies(store: Path | None, form: str) -> None:
    """List the studies that are kept.

    A study is running, finished, interrupted, stopped by its budget, or stopped: its process is gone. Asked again, it
    goes on where it was. Runs of an older model are not used again.
    """
    found = _studies(store)
    if form == "json":
        say(json.dumps([study.as_json() for study in found], indent=2, ensure_ascii=False))
    elif found:
        say(_laid_out([HEADERS, *map(_row, found)]))
    else:
        note("No study is kept yet.")


@click.command()
@click.argument("study")
@store_option
@click.option(
    "--format",
    "form",
    type=click.Choice(("csv", "parquet")),
    help="What to write.  [default: what FILE ends in, else csv]",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
              help="Where to write it.  [default: stdout]")  # fmt: skip
def export(study: str, store: Path | None, form: str | None, output: Path | None) -> None:
    """Write a study's runs: one row for each plan and replication, with every measure.

    STUDY is a name or number that baton studies lists; of several with one name it is the one asked last.
    """
    form = form or ("parquet" if output is not None and output.suffix == ".parquet" else "csv")
    if form == "parquet":
        _check_parquet(output)
    table = _table(study, store)
    if output is None:
        say(table.to_csv(index=False, lineterminator="\n").rstrip("\n"))
        return
    try:
        if form == "parquet":
            table.to_parquet(output, index=False)
        else:
            table.to_csv(output, index=False, lineterminator="\n")
    except OSError as error:
        raise Problems([f"{output} could not be written: {(error.strerror or str(error)).lower()}"]) from None
    note(f"{len(table):,} rows are in {output}")


def _studies(place: Path | None) -> list[Kept]:
    from sim.study import Store, StoreError

    try:
        if place is None and not _usual().exists():
            return []
        with Store(place, readonly=True) as store:
            return store.studies()
    except StoreError as error:
        raise Problems([error]) from None


def _usual() -> Path:
    from sim.study import StoreError
    from sim.study.place import default_place

    try:
        return default_place()
    except RuntimeError as error:
        raise StoreError(f"there is no place for the store of runs: {error}") from None


def _row(study: Kept) -> tuple[str, ...]:
    plans = ", ".join(name for _, name in study.plans)
    asked = "?" if study.asked is None else f"{study.asked:,}"
    return (
        str(study.number),
        study.name,
        study.kind,
        plans if len(plans) <= 40 else f"{plans[:39]}…",
        f"{study.runs:,} of {asked}",
        study.asked_at[:16].replace("T", " "),
        study.state,
        "current" if study.current else "old",
    )


def _laid_out(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _check_parquet(output: Path | None) -> None:
    from importlib.util import find_spec

    if output is None:
        raise click.UsageError("say where the parquet file goes with -o FILE.")
    if find_spec("pyarrow") is None:
        raise Problems(['parquet needs pyarrow, which is not installed: pip install "call-to-close[parquet]"'])


def _table(study: str, place: Path | None) -> pd.DataFrame:
    from sim.study import StoreError, load_results

    try:
        return load_results(study, place)
    except StoreError as error:
        raise Problems([error]) from None
