"""One kind of error, all faults at once, each with its place."""

from __future__ import annotations

import pickle

import pytest

from opcheck import errors
from opcheck.errors import Fault, LayerError, OpcheckError, PlanError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_caught_as_the_base(kind: type[OpcheckError]) -> None:
    with pytest.raises(OpcheckError):
        raise kind("något är fel")


def test_a_layers_error_is_a_plans_error() -> None:
    assert issubclass(LayerError, PlanError)


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault(message="saknas."), "saknas."),
        (Fault(message="saknas.", path="plan.toml"), "plan.toml: saknas."),
        (Fault(message="saknas.", key="plan.crs"), "plan.crs: saknas."),
        (Fault(message="saknas.", path="plan.toml", key="plan.crs"), "plan.toml, plan.crs: saknas."),
    ],
)
def test_a_fault_tells_file_and_place_before_what_is_wrong(fault: Fault, text: str) -> None:
    assert str(fault) == text


def test_one_fault_is_one_line_and_several_are_numbered() -> None:
    one = Fault(message="ett.", path="a")
    assert str(OpcheckError(one)) == "a: ett."
    assert str(OpcheckError([one, Fault(message="två.")])) == "2 fel att rätta:\n  1. a: ett.\n  2. två."


def test_a_plain_message_is_a_fault_of_its_own() -> None:
    error = OpcheckError("något")
    assert error.faults == (Fault(message="något"),)
    assert (error.path, error.key, error.layer_id, error.feature_id, error.rule_id) == (None,) * 5


def test_the_first_faults_place_is_the_errors_place() -> None:
    first = Fault(message="x", path="p", key="k", layer_id="l", feature_id="f", rule_id="r", site_id="s")
    error = LayerError([first, Fault(message="y", path="q")])
    assert (error.path, error.key, error.layer_id, error.feature_id, error.rule_id) == ("p", "k", "l", "f", "r")


def test_an_error_comes_whole_through_pickling() -> None:
    error = LayerError([Fault(message="x", path="p"), Fault(message="y")])
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is LayerError
    assert str(copy) == str(error)
    assert copy.faults == error.faults
