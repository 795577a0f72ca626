"""How findings combine, for every mixture of outcomes, counted or not, gate or not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from opcheck.findings import FAIL, NOT_APPLICABLE, OPEN, OUTCOMES, PASS, REVIEW
from opcheck.verdict import asked, combine, deciding

ALL = (FAIL, OPEN, REVIEW, PASS, NOT_APPLICABLE)
NAMES = {number: OUTCOMES.name(number) for number in ALL}


def verdict(*rules: tuple[int, bool, bool]) -> int:
    """The verdict over rules given as (outcome, counted, gate), for one site with one use."""
    outcome = np.array([[one] for one, _, _ in rules], np.int8).reshape(len(rules), 1)
    counted = np.array([one for _, one, _ in rules], bool)
    gate = np.array([one for _, _, one in rules], bool)
    return int(combine(outcome, counted, gate, np.zeros(1, np.int64), 1)[0])


def expected(rules: tuple[tuple[int, bool, bool], ...]) -> int:
    """The table of the design, written out."""
    counted = {(outcome, gate) for outcome, counts, gate in rules if counts}
    outcomes = {outcome for outcome, _ in counted}
    if FAIL in outcomes:
        return FAIL
    if (OPEN, True) in counted:
        return OPEN
    if REVIEW in outcomes:
        return REVIEW
    if OPEN in outcomes:
        return OPEN
    return PASS if PASS in outcomes else OPEN


KINDS_OF_RULE = tuple(itertools.product(ALL, (True, False), (True, False)))


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_the_verdict_follows_the_table_for_every_mixture(count: int) -> None:
    # 20 kinds of rule: 1, 20, 210 and 1540 mixtures.
    mixtures = list(itertools.combinations_with_replacement(KINDS_OF_RULE, count))
    wrong = [mixture for mixture in mixtures if verdict(*mixture) != expected(mixture)]
    assert wrong == []


COUNTED, GATE, BESIDE = (True, False), (True, True), (False, False)


@pytest.mark.parametrize(
    ("rules", "outcome"),
    [
        ([(FAIL, *COUNTED), (OPEN, *GATE), (REVIEW, *COUNTED), (PASS, *COUNTED)], FAIL),
        ([(OPEN, *GATE), (REVIEW, *COUNTED), (PASS, *COUNTED)], OPEN),
        ([(OPEN, *COUNTED), (REVIEW, *COUNTED), (PASS, *GATE)], REVIEW),
        ([(OPEN, *COUNTED), (PASS, *GATE)], OPEN),
        ([(PASS, *GATE), (NOT_APPLICABLE, *COUNTED)], PASS),
        ([(PASS, *COUNTED), (FAIL, *BESIDE), (OPEN, *BESIDE), (REVIEW, *BESIDE)], PASS),
        ([(NOT_APPLICABLE, *COUNTED)], OPEN),
        ([(PASS, *BESIDE)], OPEN),
        ([], OPEN),
    ],
    ids=[
        "against beats all",
        "an open gate beats questions",
        "an open question does not hide others",
        "open keeps green away",
        "green",
        "what is not counted changes nothing",
        "nothing asked",
        "nothing counted",
        "no rules",
    ],
)
def test_each_step_of_the_table(rules: list[tuple[int, bool, bool]], outcome: int) -> None:
    assert NAMES[verdict(*rules)] == NAMES[outcome]


def test_green_needs_every_counted_question_answered_clear() -> None:
    for mixture in itertools.combinations_with_replacement(KINDS_OF_RULE, 3):
        if verdict(*mixture) == PASS:
            assert {outcome for outcome, counts, _ in mixture if counts} <= {PASS, NOT_APPLICABLE}


def test_one_more_counted_rule_never_lifts_against() -> None:
    for mixture in itertools.combinations_with_replacement(KINDS_OF_RULE, 2):
        if verdict(*mixture) == FAIL:
            assert all(verdict(*mixture, one) == FAIL for one in KINDS_OF_RULE)


def test_the_uses_of_a_site_are_combined_and_sites_are_kept_apart() -> None:
    # Site 0 under two uses (clear and to be assessed), site 1 under one use (clear).
    outcome = np.array([[PASS, REVIEW, PASS]], np.int8)
    found = combine(outcome, np.array([True]), np.array([False]), np.array([0, 0, 1]), 2)
    assert [NAMES[int(one)] for one in found] == ["REVIEW", "PASS"]


def test_an_open_gate_decides_alone() -> None:
    outcome = np.array([[OPEN], [OPEN], [REVIEW]], np.int8)
    counted, gate = np.array([True, True, True]), np.array([True, False, False])
    assert list(deciding(outcome, counted, gate, OPEN)) == [True, False, False]


def test_without_a_gate_every_open_question_decides() -> None:
    outcome = np.array([[OPEN], [OPEN], [PASS]], np.int8)
    counted, gate = np.array([True, True, True]), np.array([False, False, False])
    assert list(deciding(outcome, counted, gate, OPEN)) == [True, True, False]


def test_what_is_not_counted_decides_nothing() -> None:
    outcome = np.array([[REVIEW], [REVIEW]], np.int8)
    assert list(deciding(outcome, np.array([True, False]), np.array([False, False]), REVIEW)) == [True, False]


def test_a_rule_is_asked_when_it_applies_to_one_of_the_uses() -> None:
    outcome = np.array([[NOT_APPLICABLE, PASS], [NOT_APPLICABLE, NOT_APPLICABLE], [PASS, PASS]], np.int8)
    assert list(asked(outcome, np.array([True, True, False]))) == [True, False, False]
