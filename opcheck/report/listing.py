"""Text for a terminal: the verdicts of an assessment, and rules as a list or one at a time."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from opcheck.checks import KINDS
from opcheck.procedure import due_line
from opcheck.record import Recorder, rule_title, section_of
from opcheck.rules import Rule, uses
from opcheck.texts import Texts, load

if TYPE_CHECKING:
    from opcheck.assessment import Assessment
    from opcheck.sites import Site

BRIEF_FROM = 20
"""With this many sites or more there is one line a site."""


def verdicts(assessment: Assessment, lang: str) -> str:
    """Return the verdicts: three lines a site under its name, or one line a site when there are many."""
    texts = load(lang)
    plan = assessment.plan
    lines = [texts.ui("cli_title", plan=plan.name, on=assessment.answers.day.isoformat())]
    if plan.demonstration:
        lines.append(texts.ui("cli_demonstration"))
    if plan.base:
        lines.append(texts.ui("cli_base"))
    if plan.provisional_area:
        lines.append(texts.ui("cli_provisional"))
    brief = len(assessment) >= BRIEF_FROM
    recorder = Recorder(assessment.answers, lang)
    labels = [_label(assessment.answers.site(number)) for number in range(len(assessment))]
    width = max(map(len, labels))
    titles = max(len(texts.get("outcome", verdict.outcome.value)) for verdict in assessment)
    for number, verdict in enumerate(assessment):
        site = assessment.answers.site(number)
        title = texts.get("outcome", verdict.outcome.value)
        row = f"{labels[number]:<{width}}  {title:<{titles}}  {verdict.plan or '–':<3} {_uses_of(site, texts)}".rstrip()
        if brief:
            told = due_line(site.case, assessment.answers.day, texts, brief=True)
            lines.append(f"{row}; {told}" if told else row)
            continue
        lines += ["", row]
        lines += [f"  {line}" for line in recorder.headline(verdict, list(assessment.answers.findings(number)))]
        told = due_line(site.case, assessment.answers.day, texts)
        lines += [f"  {told}"] if told else []
        why = site.unusable or assessment.answers.unusable[number]
        if why:
            lines.append(f"  {texts.ui('cli_unusable', why=why)}")
    return "\n".join([*lines, *([] if brief else [""]), texts.ui("cli_hint"), ""])


NAME_MOST = 40
"""Letters of a site's name beside its id: the table has other columns."""


def _label(site: Site) -> str:
    """Return a site's id, with its name where it has one that says more: a drawing's ids are numbers of its own."""
    if site.name is None or site.name.casefold() == site.id.casefold():
        return site.id
    name = site.name if len(site.name) <= NAME_MOST else f"{site.name[: NAME_MOST - 1]}…"
    return f"{site.id} ({name})"


def _uses_of(site: Site, texts: Texts) -> str:
    """Return a site's uses in words, with the nearest known word for each that is not known."""
    words = [texts.get("use", use) for use in site.uses]
    for word in site.unknown_uses:
        near = difflib.get_close_matches(word.casefold(), list(uses()), n=1, cutoff=0.6)
        key = "cli_unknown_use_near" if near else "cli_unknown_use"
        words.append(texts.ui(key, word=word, near=near[0] if near else None))
    return ", ".join(words) or texts.ui("cli_no_use")


def rule_list(rules: Sequence[Rule], lang: str) -> str:
    """Return one line a rule: id, title, basis."""
    texts = load(lang)
    width = max(len(rule.id) for rule in rules)
    return "".join(
        f"{rule.id:<{width}}  {rule_title(rule, texts)} ({texts.get('basis', rule.basis.value)})\n" for rule in rules
    )


def rule_card(rule: Rule, lang: str) -> str:
    """Return everything a rule says, one thing a line; what has not been checked says so."""
    texts = load(lang)
    when = texts.listing([f"{texts.get('attribute', one.attribute)} {one.op} {one.value}" for one in rule.when]) or None
    rows: list[tuple[str, Any]] = [
        ("rule_version", f"{rule.ruleset} {rule.version}"),
        ("rule_check", rule.check),
        ("rule_theme", texts.get("theme", rule.theme) if rule.theme else None),
        ("rule_hit", _on_a_hit(rule, texts)),
        ("rule_need", texts.get("need", rule.need) if rule.need else None),
        ("rule_basis", texts.get("basis", rule.basis.value)),
        ("rule_uses", texts.listing([texts.get("use", use) for use in rule.uses])),
        ("rule_counties", texts.listing([texts.get("ui", f"county_{one}") for one in rule.counties])),
        ("rule_when", when),
        ("rule_unit", texts.get("unit", rule.unit)),
        ("rule_consult", texts.listing([texts.get("consult", one) for one in rule.consult])),
        ("rule_from", rule.valid_from),
        ("rule_to", rule.valid_to),
    ]
    lines = [f"{rule.id}: {rule_title(rule, texts)}"]
    lines += [f"  {texts.ui(key)}: {value}" for key, value in rows if value]
    for citation in rule.citations:
        text = section_of([citation], texts)
        lines.append(f"  {texts.ui('rule_citation')}: {text}{_mark(citation.checked, texts)}")
    for name, parameter in sorted(rule.parameters.items()):
        source = f"; {parameter.source}" if parameter.source else ""
        value = _value(parameter.value, texts)
        if parameter.attribute is not None:
            value = texts.get("attribute", parameter.attribute)
        lines.append(f"  {name} = {value}{_mark(parameter.checked, texts)}{source}")
    unset = sorted(set(KINDS[rule.check].parameters) - set(rule.parameters)) if rule.check == "at_most" else []
    lines += [f"  {name}: {texts.ui('rule_unset')}" for name in unset if name == "distance_m"]
    return "\n".join(lines) + "\n"


def _on_a_hit(rule: Rule, texts: Texts) -> str:
    """Return what a rule's hit comes to; criteria and the plan's own zones have answers of another kind."""
    if rule.check == "at_most":
        return texts.ui("rule_hit_criterion")
    if KINDS[rule.check].subject == "zones":
        return texts.ui("rule_hit_zones")
    return f"{texts.get('outcome', rule.hit.value)} ({rule.code}, {texts.get('code', rule.code.value)})"


def outside(assessment: Assessment, lang: str) -> str | None:
    """Return a warning when sites lie wholly outside the municipality: mostly their coordinates are misread."""
    answers = assessment.answers
    found = [answers.away_m(number) for number in range(len(assessment))]
    away = [metres for metres in found if metres is not None]
    if not away:
        return None
    return load(lang).ui(
        "cli_outside_one" if len(found) == 1 else "cli_outside", n=len(away), all=len(found),
        municipality=assessment.plan.name, away_m=min(away),
        provisional=assessment.plan.name if assessment.plan.provisional_area else None,
    )  # fmt: skip


def _mark(checked: bool, texts: Texts) -> str:
    return "" if checked else f" ({texts.ui('rule_unchecked')})"


def _value(value: Any, texts: Texts) -> str:  # noqa: ANN401 - parameters are of many types
    if value is None:
        return texts.unknown
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}"
    return value if isinstance(value, str) else ", ".join(str(one) for one in value)
