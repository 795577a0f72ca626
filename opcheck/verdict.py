"""How findings combine into one verdict per site.

FAIL if any counted finding is FAIL; else OPEN if a gate is OPEN; else REVIEW if any is REVIEW; else OPEN if any is
OPEN; else PASS. PASS is thus impossible while anything is open, and a missing height does not hide three questions.
"""

from __future__ import annotations

import numpy as np

from opcheck.findings import FAIL, NOT_APPLICABLE, OPEN, PASS, REVIEW, Flags, Ints, Small


def combine(outcome: Small, counted: Flags, gate: Flags, site: Ints, sites: int) -> Small:
    """Return the outcome of each site.

    Parameters
    ----------
    outcome
        Rules × subjects, numbers in `OUTCOMES`.
    counted, gate
        Per rule.
    site
        Per subject, the number of its site.
    sites
        How many sites there are.

    Returns
    -------
    verdict
        Per site. A site about which no counted question was asked is OPEN: nothing has been tested.
    """

    def some(rules: Flags, wanted: int) -> Flags:
        subjects = (outcome[rules] == wanted).any(axis=0)
        return np.bincount(site[subjects], minlength=sites) > 0

    verdict = np.full(sites, OPEN, np.int8)
    steps = (
        (some(counted, FAIL), FAIL),
        (some(counted & gate, OPEN), OPEN),
        (some(counted, REVIEW), REVIEW),
        (some(counted, OPEN), OPEN),
        (some(counted, PASS), PASS),
    )
    settled = np.zeros(sites, bool)
    for where, result in steps:
        verdict[where & ~settled] = result
        settled |= where
    return verdict


def deciding(outcome: Small, counted: Flags, gate: Flags, verdict: int) -> Flags:
    """Return which rules made a site's outcome.

    Parameters
    ----------
    outcome
        Rules × the site's subjects.
    counted, gate
        Per rule.
    verdict
        The site's outcome.

    Returns
    -------
    rules
        Those whose outcome is the site's; where an OPEN gate decided, the gates alone.
    """
    same: Flags = counted & (outcome == verdict).any(axis=1)
    gates: Flags = same & gate
    return gates if verdict == OPEN and gates.any() else same


def asked(outcome: Small, counted: Flags) -> Flags:
    """Return which rules were asked of a site: those that apply to at least one of its subjects."""
    found: Flags = counted & (outcome != NOT_APPLICABLE).any(axis=1)
    return found
