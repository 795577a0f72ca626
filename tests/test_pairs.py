"""The weighing of two interests: a question once one of them is met, and never the same gap told twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn import Pack, book, box, rule, run, saying

SITE = box(5000, 5000, 5100, 5100)
ON_SITE, AWAY = box(4900, 4900, 5200, 5200), box(100, 100, 200, 200)

PAIR = rule("t.pair", check="conflict", themes=["natura_2000", "groundwater"])
ALONE = [
    rule("t.nature", theme="natura_2000", check="avoid"),
    rule("t.water", theme="groundwater", check="avoid"),
]
NOT_YET = ("NOT_APPLICABLE", None, "not_applicable.pair")
MISSING = ("OPEN", "U0", "open.layer_missing")


def answered(folder: Path, *rules: object, nature: object = None, water: object = None) -> tuple[object, ...]:
    """The answer of the pair, with a layer of each theme that is given an object; None leaves the layer out."""
    pack = Pack(folder / "paket")
    for name, theme, where in (("natur", "natura_2000", nature), ("vatten", "groundwater", water)):
        if where is not None:
            pack.layer(name, theme, [where])
    return saying(run(folder, pack, book(folder, *rules), ("a", SITE))["a"].finding("t.pair"))


@pytest.mark.parametrize(
    ("nature", "water", "expected"),
    [
        (ON_SITE, ON_SITE, ("REVIEW", "A", "hit")),
        # One is met and the other is not known: the weighing is open.
        (ON_SITE, None, MISSING),
        (None, ON_SITE, MISSING),
        (ON_SITE, AWAY, ("PASS", "R0", "clear")),
        (AWAY, AWAY, ("PASS", "R0", "clear")),
        (AWAY, None, ("PASS", "R0", "clear")),
        # Neither is known: both say so themselves.
        (None, None, NOT_YET),
    ],
)
def test_a_pair_is_asked_about_once_one_of_the_two_is_met(
    tmp_path: Path, nature: object, water: object, expected: tuple[object, ...]
) -> None:
    assert answered(tmp_path, PAIR, *ALONE, nature=nature, water=water) == expected


@pytest.mark.parametrize(
    "rules",
    [
        [PAIR],
        [PAIR, ALONE[0]],
        [PAIR, ALONE[0], {**ALONE[1], "uses": ["bostäder"]}],
        [PAIR, ALONE[0], {**ALONE[1], "when": {"attribute": "height_m", "op": ">", "value": 20}}],
        [PAIR, ALONE[0], {**ALONE[1], "basis": "information", "code": "I"}],
    ],
)
def test_a_gap_that_no_question_of_its_own_tells_of_stays_open_in_the_pair(tmp_path: Path, rules: list[object]) -> None:
    assert answered(tmp_path, *rules) == MISSING


def test_a_border_that_may_reach_the_site_keeps_the_pair_open(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket")
    # 20 m from the site, drawn to 25 m: the area may reach into it, and what the other one says is not known.
    pack.layer("natur", "natura_2000", [box(5120, 4900, 5300, 5200)], accuracy_m=25, coverage=None)
    found = run(tmp_path, pack, book(tmp_path, PAIR, *ALONE), ("a", SITE))["a"].finding("t.pair")
    assert saying(found)[0] == "OPEN"
