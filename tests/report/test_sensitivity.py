"""What an owner reads of a study of sensitivity and of a sweep."""

import json

import numpy as np
import pytest

from sim.analysis import Asked, Sensitivity, sensitivity, sweep
from sim.report import machine
from sim.report import sensitivity as words
from sim.report import sweeping as swept
from sim.report.numbers import NONE
from sim.report.sensitivity_figures import figures
from sim.report.sensitivity_page import page
from sim.shop.scenario import Scenario
from tests.analysis.shops import MEASURE, formula, shop

ONE, TWO = shop("one"), shop("two", people__agent__count=5)
BURDEN, DELAY = "prices.burden=1:2", "phones.answer_delay_s=0:10"


def crossing(plan: Scenario, noise: np.random.Generator) -> float:
    """The second plan is ahead by 100,000 times (burden less 1.4)."""
    common, own = noise.normal(scale=50.0), noise.normal(scale=2000.0)
    return common + (100_000.0 * (plan.prices.burden - 1.4) + own if plan.people["agent"].count == 5 else 0.0)


def study(wished: Asked | None = None, budget: int | None = None) -> Sensitivity:
    return sensitivity([ONE, TWO], [BURDEN, DELAY], wished, runs=formula(crossing, budget))


MAPPED = study(Asked(indices=True, base=8, chart=("prices.burden", "phones.answer_delay_s")))


def test_the_sentences_say_what_matters_and_where_the_verdict_turns() -> None:
    """The owner reads who is ahead now, what moves that most and over which range, and where it turns with its band."""
    text = "\n".join(words.sentences(MAPPED))
    assert text.startswith("As they are, one is ahead by $")
    assert (
        "What matters most for one against two: 1. cost of a wage over the wage (moves the difference by $100,000 over 1 to 2)"
        in text
    )
    assert "Not to be told from noise: seconds from choosing who answers to the first word." in text
    assert "The verdict turns where “cost of a wage over the wage” is about 1.4" in text
    assert "below, one is ahead; above, two is ahead" in text
    assert "Of 36 combinations of cost of a wage over the wage and seconds from choosing" in text


def test_a_verdict_that_does_not_turn_says_so() -> None:
    """Where the verdict is the same at both ends, the range is named."""
    text = "\n".join(words.sentences(study(Asked(turn=("prices.burden=1.6:1.9",)))))
    assert (
        "The verdict does not turn where “cost of a wage over the wage” goes from 1.6 to 1.9: two is ahead at both"
        in text
    )


def test_one_side_only_is_told_as_far_as_it_goes() -> None:
    """Where a range ends in the band, the side that was told is named with its end."""
    text = "\n".join(words.sentences(study(Asked(turn=("prices.burden=1:1.4",)))))
    assert "not seen to turn" in text
    assert "one is ahead up to 1.3" in text


def test_what_a_budget_left_out_is_said() -> None:
    """Every step that the budget had no room for is named with the runs that it takes."""
    text = "\n".join(words.sentences(study(Asked(indices=True), budget=200)))
    assert "Left out, for the budget: 3 of 6 trajectories of the screening (180 runs); the indices" in text
    assert "where the verdict turns along prices.burden" in text


def test_the_table_has_the_most_important_first() -> None:
    """The table ranks what matters and has a dash for what noise alone could have done."""
    table = words.table(MAPPED)
    assert table is not None
    assert [row[:2] for row in table.rows] == [("1", "prices.burden"), (NONE, "phones.answer_delay_s")]
    assert "helps two" in table.rows[0]


def test_data_is_json_and_a_frame() -> None:
    """All that was found can be had as JSON, and one row a setting as a data frame."""
    data = json.loads(machine.dumps(words.as_data(MAPPED)))
    assert data["turns"][0]["between"][0] < 1.4 < data["turns"][0]["between"][1]
    assert len(data["map"]["cells"]) == 36
    assert list(MAPPED.frame()["setting"]) == ["prices.burden", "phones.answer_delay_s"]


def test_pictures_tell_their_numbers() -> None:
    """There is one picture of what matters and one map, each with its numbers for those who cannot see it."""
    bars, chart = figures(MAPPED)
    assert "noise" in bars.alt
    assert chart.title == "Where one and where two is ahead"
    assert "cannot be told" in chart.alt


def test_the_page_is_the_same_from_the_same_study() -> None:
    """The page loads nothing, holds both pictures, and is the same byte for byte."""
    html = page(MAPPED, "1")
    assert html == page(MAPPED, "1")
    assert html.count("data:image/svg+xml") == 2
    assert "http" not in html.replace("http-equiv", "")


def test_a_sweep_has_one_line_a_point_and_plan() -> None:
    """A sweep's table has the values of a point once, each plan's measure, and the paired difference to the first."""
    found = sweep([ONE, TWO], ["prices.burden=1,2"], replications=3, runs=formula(crossing))
    table = swept.table(found, MEASURE)
    assert [row[:3] for row in table.rows] == [("0", "1", "one"), ("", "", "two"), ("1", "2", "one"), ("", "", "two")]
    assert table.rows[0][-1] == NONE
    assert table.rows[3][-1].startswith("+")


@pytest.mark.parametrize(("said", "told"), [("people.agent.count=1:3", "rounded"), ("prices.burden=1:2", "paired")])
def test_a_sweep_says_what_was_done_to_the_numbers(said: str, told: str) -> None:
    """Whole numbers are said to be rounded, and differences to be paired."""
    assert told in swept.remarks(sweep([ONE, TWO], [said], points=2, replications=2, runs=formula(crossing)))
