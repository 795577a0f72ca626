"""The closed sets behind the columns, and what a judgement says before anybody has judged."""

from __future__ import annotations

import numpy as np
import pytest

from opcheck.findings import (
    ADJUSTMENTS,
    CASE,
    CASES,
    CODES,
    FAIL,
    NOT_APPLICABLE,
    OPEN,
    OUTCOMES,
    PASS,
    REASONS,
    REVIEW,
    Code,
    Judgement,
    OpenReason,
    Outcome,
)


def test_outcomes_are_numbered_worst_first() -> None:
    assert [OUTCOMES.name(number) for number in (FAIL, OPEN, REVIEW, PASS, NOT_APPLICABLE)] == list(Outcome)
    assert FAIL < OPEN < REVIEW < PASS < NOT_APPLICABLE


@pytest.mark.parametrize("table", [OUTCOMES, CODES, REASONS])
def test_names_and_numbers_go_both_ways_and_minus_one_is_none(table: object) -> None:
    assert [table[name] for name in table.names] == list(range(len(table.names)))  # type: ignore[attr-defined, index]
    assert table.name(-1) is None  # type: ignore[attr-defined]


def test_cases_are_unique_and_fit_a_byte() -> None:
    assert len(set(CASES)) == len(CASES) <= 127
    assert [CASES[CASE[name]] for name in CASES] == list(CASES)


def test_the_reasons_are_those_that_programs_match() -> None:
    assert set(OpenReason) == {
        "layer_missing", "no_coverage", "feature_set_aside", "attribute_missing", "guideline_missing",
        "not_map_based", "site_unusable",
    }  # fmt: skip


def test_adjustments_are_bits() -> None:
    assert sorted(ADJUSTMENTS) == [1, 2, 4]


def test_a_blank_judgement_says_nothing_rather_than_fine() -> None:
    blank = Judgement.blank(3)
    for column in (blank.outcome, blank.code, blank.case, blank.reason):
        assert list(column) == [-1, -1, -1]


def test_what_has_been_said_stands() -> None:
    answer = Judgement.blank(3)
    answer.say(np.array([True, False, False]), REVIEW, "hit", code=Code.R2)
    answer.say(np.array([True, True, False]), OPEN, "open.no_coverage", code=Code.U0, reason=OpenReason.NO_COVERAGE)
    assert [OUTCOMES.name(int(one)) for one in answer.outcome] == ["REVIEW", "OPEN", None]
    assert [CODES.name(int(one)) for one in answer.code] == ["R2", "U0", None]
    assert [REASONS.name(int(one)) for one in answer.reason] == [None, "no_coverage", None]
    assert CASES[answer.case[0]] == "hit"
