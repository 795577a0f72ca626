"""opcheck tests proposed sites against the layers of a municipality's översiktsplan.

Five verbs take files to a report: `read_plan`, `read_sites`, `read_rules`, `assess`, `write_report`. Sites can be
found by property (`find_properties`), and a plan proposed (`propose_plan`) and checked (`validate_plan`). Importing the
package loads none of the libraries behind them; each is loaded when it is first needed.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opcheck.assessment import Assessment, MapItem, MapWindow, SiteAnswer
    from opcheck.errors import (
        CRSError,
        Fault,
        LayerError,
        MissingPackage,
        OpcheckError,
        OutputError,
        PlanError,
        RuleError,
        SiteError,
    )
    from opcheck.findings import Basis, Code, Finding, OpenReason, Outcome, Relation, Severity, Verdict
    from opcheck.geometry import LedgerEntry
    from opcheck.manifest import pack_names, read_plan
    from opcheck.parts import Part
    from opcheck.plan import Document, Layer, Plan
    from opcheck.properties import find_properties
    from opcheck.proposal.propose import Proposal, propose_plan
    from opcheck.readiness import PlanFault, Readiness
    from opcheck.report import write_report
    from opcheck.report.readiness import write_readiness
    from opcheck.rules import Rule, RuleBook, read_rules
    from opcheck.run import assess
    from opcheck.sites import Site, Sites, read_sites
    from opcheck.validate import validate_plan

_HOME = {
    "Assessment": "assessment", "Basis": "findings", "CRSError": "errors", "Code": "findings", "Document": "plan",
    "Fault": "errors", "Finding": "findings", "Layer": "plan", "LayerError": "errors",
    "LedgerEntry": "geometry", "MapItem": "assessment", "MapWindow": "assessment", "MissingPackage": "errors",
    "OpcheckError": "errors", "OpenReason": "findings", "Outcome": "findings", "OutputError": "errors",
    "Part": "parts", "Plan": "plan", "PlanError": "errors", "PlanFault": "readiness", "Proposal": "proposal.propose",
    "Readiness": "readiness", "Relation": "findings", "Rule": "rules", "RuleBook": "rules", "RuleError": "errors",
    "Severity": "findings", "Site": "sites", "SiteAnswer": "assessment", "SiteError": "errors", "Sites": "sites",
    "Verdict": "findings", "assess": "run", "find_properties": "properties", "pack_names": "manifest",
    "propose_plan": "proposal.propose", "read_plan": "manifest", "read_rules": "rules", "read_sites": "sites",
    "validate_plan": "validate", "write_readiness": "report.readiness", "write_report": "report",
}  # fmt: skip
"""Public name → the module that holds it."""

__all__ = [
    "Assessment",
    "Basis",
    "CRSError",
    "Code",
    "Document",
    "Fault",
    "Finding",
    "Layer",
    "LayerError",
    "LedgerEntry",
    "MapItem",
    "MapWindow",
    "MissingPackage",
    "OpcheckError",
    "OpenReason",
    "Outcome",
    "OutputError",
    "Part",
    "Plan",
    "PlanError",
    "PlanFault",
    "Proposal",
    "Readiness",
    "Relation",
    "Rule",
    "RuleBook",
    "RuleError",
    "Severity",
    "Site",
    "SiteAnswer",
    "SiteError",
    "Sites",
    "Verdict",
    "__version__",
    "assess",
    "find_properties",
    "pack_names",
    "propose_plan",
    "read_plan",
    "read_rules",
    "read_sites",
    "validate_plan",
    "write_readiness",
    "write_report",
]

logging.getLogger("opcheck").addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    if name == "__version__":
        return importlib.import_module("opcheck.record").version()
    if name in _HOME:
        value = getattr(importlib.import_module(f"opcheck.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'opcheck' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
