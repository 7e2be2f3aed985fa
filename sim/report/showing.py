"""Any result as text: the words and the table that the command prints."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis import BatonCosts, Comparison, Hiring, Optimum, Sensitivity, Sweep
from sim.report import batons, deciding, hiring, levels, optimising, sensitivity, sweeping, tables, words
from sim.report.tables import Table
from sim.study import Results

Result = Results | Comparison | Hiring | BatonCosts | Sweep | Sensitivity | Optimum
MEASURE = "contribution_per_year"


def show(found: Result, *, width: int | None = None, every: bool = False, measure: str = MEASURE) -> str:
    """The answer in sentences, the table and what its numbers are.

    ``width`` breaks tables that are wider (columns of letters), ``every`` shows every measure of runs that are
    compared, ``measure`` is the one that is shown of a sweep. Raises ``TypeError`` for what is no result, and so for
    the None of a study that was stopped too early.
    """
    match found:
        case Results():
            answer = [*words.answer(found), *levels.sharper(found)]
            return _text(answer, tables.tables(found, every=every), words.footnote(found), width)
        case Comparison():
            shown = tables.tables(found.results, every=every)
            return _text(deciding.sentences(found), shown, deciding.remarks(found), width)
        case Hiring():
            return _text(hiring.sentences(found), [hiring.table(found)], hiring.remarks(found), width)
        case BatonCosts():
            return _text(batons.sentences(found), [batons.table(found)], batons.remarks(found), width)
        case Optimum(finalists=()):
            return "\n".join(optimising.sentences(found))
        case Optimum():
            return _text(optimising.sentences(found), [optimising.table(found)], optimising.remarks(found), width)
        case Sweep():
            table = sweeping.table(found, measure)
            return _text([sweeping.sentence(found, measure)], [table], sweeping.remarks(found), width)
        case Sensitivity():
            rows = sensitivity.table(found)
            if rows is None:
                return "\n".join(sensitivity.sentences(found))
            return _text(sensitivity.sentences(found), [rows], sensitivity.remarks(found), width)
    raise TypeError(f"{type(found).__name__} is no result that could be shown: was the study stopped before its end?")


def _text(answer: Sequence[str], shown: Sequence[Table], remarks: str, width: int | None) -> str:
    return "\n\n".join(["\n".join(answer), *(tables.text(table, width) for table in shown), remarks])
