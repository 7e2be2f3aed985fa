"""The table of verdicts, from the manifests of all studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.report.study_words import what
from sim.scenarios.study_settings import MEASURE

START, END = "<!-- verdicts -->\n", "<!-- end of verdicts -->\n"
HEAD = (
    "study",
    "claim or question",
    "plans",
    "measure",
    "result (95 % interval)",
    "verdict",
    "leans on",
    "what turns it",
)


def table(manifests: Sequence[Mapping[str, Any]], results: str = "../results") -> str:
    """One row a study, by name."""
    rows = [_row(each, results) for each in sorted(manifests, key=lambda each: str(each["study"]))]
    lines = [HEAD, ("---",) * len(HEAD), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines) + "\n"


def replaced(text: str, made: str) -> str:
    """A page with its table replaced, or with one at its end where it has none."""
    if START in text and END in text:
        head, rest = text.split(START, 1)
        return f"{head}{START}{made}{END}{rest.split(END, 1)[1]}"
    head = text.rstrip("\n") + "\n\n" if text.strip() else "# Studies\n\n"
    return f"{head}{START}{made}{END}"


def _row(manifest: Mapping[str, Any], results: str) -> tuple[str, ...]:
    asked, answer = manifest["asked"], manifest["answer"]
    name = str(manifest["study"])
    plans = ", ".join(str(plan.get("name") or plan["extends"]) for plan in asked["plans"])
    measure = what(asked.get("measures", [MEASURE])[0])
    ruling = str(answer["verdict"])
    leans = ", ".join(f"`{name}`" for name in asked.get("vary", {})) or "not varied"
    nothing = "there is no sign to turn" if answer["ruling"] == "cannot tell" else "nothing that was tried"
    turns = "; ".join(answer["turns"]) or (nothing if asked.get("vary") else "")
    said = asked.get("claim") or asked["question"]
    return (f"[{name}]({results}/{name}/README.md)", said, plans, measure, answer["result"], ruling, leans, turns)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
