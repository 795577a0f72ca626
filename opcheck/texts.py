"""Wording: a message key and its arguments become a sentence, in Swedish or English.

Sentences stand in ``texts/<language>/*.toml``. They hold no numbers and no names of their own: both come from the
assessment, through one vocabulary of arguments.
"""

from __future__ import annotations

import datetime
import decimal
import functools
import re
import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from opcheck.findings import AREA_DECIMALS, SHARE_DECIMALS

TEXTS = Path(__file__).with_name("texts")
LANGUAGES = ("sv", "en")

NBSP = "\u00a0"
"""Between a number and its unit, and between thousands: neither may end up on a line of its own."""

HECTARE_M2 = 10_000

KILOMETRES_FROM_M = 10_000
"""Below this metres are written out: in kilometres a distance and the threshold beside it could read the same."""


@functools.cache
def load(language: str) -> Texts:
    """Return the texts of a language.

    Raises
    ------
    ValueError
        The language is not one of `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise ValueError(f"språket {language!r} finns inte. Giltiga: {', '.join(LANGUAGES)}.")
    tables: dict[str, dict[str, str]] = {}
    for path in sorted((TEXTS / language).glob("*.toml")):
        for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            tables.setdefault(name, {}).update(table)
    return Texts(language, tables)


class Texts:
    """The sentences and number forms of one language.

    Parameters
    ----------
    language
        ``sv`` or ``en``.
    tables
        Table → key → template.
    """

    def __init__(self, language: str, tables: Mapping[str, Mapping[str, str]]) -> None:
        self.language = language
        self._tables = tables
        self._formatter = _Formatter(self)

    def has(self, table: str, key: str) -> bool:
        """Tell whether a text exists."""
        return key in self._tables.get(table, {})

    def get(self, table: str, key: str) -> str:
        """Return a text as it stands, or the key itself when there is none (a user's own title, for example)."""
        return self._tables.get(table, {}).get(key, key)

    def keys(self, table: str) -> tuple[str, ...]:
        """Return the keys of a table."""
        return tuple(self._tables.get(table, {}))

    def say(self, table: str, key: str, arguments: Mapping[str, Any]) -> str:
        """Return a text with its arguments filled in; a missing argument reads as unknown."""
        template = self._chosen(self.get(table, key), arguments)
        return self._formatter.vformat(template, (), _Known(arguments, self.unknown))

    def _chosen(self, template: str, arguments: Mapping[str, Any]) -> str:
        """Return the template with each optional part, ``[one|other]``, replaced by the first that can be filled in."""

        def choose(match: re.Match[str]) -> str:
            for option in match[1].split("|"):
                names = [name for _, name, _, _ in self._formatter.parse(option) if name]
                if all(_is_known(arguments.get(name)) for name in names):
                    return option
            return ""

        return _OPTIONAL.sub(choose, template)

    def topic(self, rule: str, title: str) -> str:
        """Return the short noun of a rule or its family, its title where the texts have none, as for a user's own."""
        return next((self.get("topic", one) for one in family(rule) if self.has("topic", one)), title)

    def ui(self, key: str, **arguments: Any) -> str:  # noqa: ANN401 - whatever the template names
        """Return a text of the report's own."""
        return self.say("ui", key, arguments)

    def format(self, template: str, **arguments: Any) -> str:  # noqa: ANN401 - whatever the template names
        """Return a template with its arguments filled in."""
        return self._formatter.vformat(template, (), _Known(arguments, self.unknown))

    @property
    def unknown(self) -> str:
        """The word for what is not known."""
        return "okänt" if self.language == "sv" else "unknown"

    # --- sentences of findings ---------------------------------------------------------------------------------------

    def message_key(self, rule: str, check: str, case: str, basis: str, *, touching: bool = False) -> str:
        """Return the most particular key that has a sentence for a finding.

        A distance of nothing has sentences of its own, where there are any: "0 m from" says it badly.
        """
        if touching:
            for key in (*(f"{one}.{case}.touching" for one in family(rule)), f"{check}.{case}.touching"):
                if self.has("message", key):
                    return key
        for key in (*(f"{one}.{case}" for one in family(rule)), f"{check}.{case}.{basis}", f"{check}.{case}", case):
            if self.has("message", key):
                return key
        return case

    def at(self, table: str, key: str, kind: str | None) -> str:
        """Return the key of a text as it is for a kind of case, ``key@kind``; the key itself where there is no such."""
        return f"{key}@{kind}" if kind is not None and self.has(table, f"{key}@{kind}") else key

    def next_step(
        self, rule: str, case: str, outcome: str, need: str | None, arguments: Mapping[str, Any],
        kind: str | None = None,
    ) -> str | None:  # fmt: skip
        """Return what to do next, None where the texts name nothing.

        What is not tested asks for data, what is to be assessed for a step; what is clear needs a sentence of its own.
        A kind of case may have steps of its own: what a permit is asked for alone, a plan may settle itself.
        """
        names = family(rule)
        own = tuple(f"{one}.{case}" for one in names)
        keys: dict[str, tuple[str | None, ...]] = {"OPEN": (*own, case, "open"), "PASS": own, "NOT_APPLICABLE": own}
        if outcome == "NOT_APPLICABLE" and case in ("hit", "serves"):
            keys["NOT_APPLICABLE"] = (*own, *names)
        for key in keys.get(outcome, (*own, *names, need)):
            if key and self.has("step", found := self.at("step", key, kind)):
                return self.say("step", found, arguments)
        return None

    # --- numbers -----------------------------------------------------------------------------------------------------

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number with the language's decimal sign, and thousands apart; a half is rounded away from nought."""
        text = f"{half_up(value, decimals):,.{decimals}f}"
        if self.language == "sv":
            return text.replace(",", NBSP).replace(".", ",").replace("-", "−")
        return text.replace("-", "−")

    def area(self, value_m2: float) -> str:
        """Return an area: hectares from one hectare, else square metres; what is more than nothing never reads as 0."""
        if value_m2 >= HECTARE_M2:
            return f"{self.number(value_m2 / HECTARE_M2, 1 if value_m2 < 100 * HECTARE_M2 else 0)}{NBSP}ha"
        if 0 < value_m2 < 1:
            return f"{self.number(value_m2, 2)}{NBSP}m²"
        return f"{self.number(value_m2)}{NBSP}m²"

    def distance(self, value_m: float) -> str:
        """Return a distance: kilometres with one decimal from ten kilometres, else metres."""
        if value_m >= KILOMETRES_FROM_M:
            return f"{self.number(value_m / 1000, 1)}{NBSP}km"
        if 0 < value_m < 1:
            # Distances are known to a millimetre, and the nearest of them must not read as none.
            return f"{self.number(value_m, 2 if value_m >= 0.01 else 3)}{NBSP}m"
        return f"{self.number(value_m)}{NBSP}m"

    def exact_area(self, value_m2: float) -> str:
        """Return an area with every decimal that was judged: beside a limit, the last one may decide."""
        return f"{self.number(value_m2, AREA_DECIMALS)}{NBSP}m²"

    def share(self, value: float) -> str:
        """Return a share in per cent; neither 0 nor 100 unless it is exactly that."""
        percent = round(value * 100, 2 * SHARE_DECIMALS)  # 0.145 is 14.5 per cent, and not 14.499999999999998
        space = NBSP if self.language == "sv" else ""
        if 0 < percent < 1:
            return f"under 1{space}%"
        if 99 < percent < 100:
            return f"över 99{space}%" if self.language == "sv" else f"over 99{space}%"
        return f"{self.number(percent)}{space}%"

    def listing(self, items: Sequence[Any]) -> str:
        """Return items as a list in words."""
        words = [str(item) for item in items]
        if len(words) < 2:
            return "".join(words)
        joint = " och " if self.language == "sv" else " and "
        return f"{', '.join(words[:-1])}{joint}{words[-1]}"


def family(rule: str) -> tuple[str, ...]:
    """Return the names under which a rule's sentences may stand: its own, and that of the rule it is a variant of.

    A county's rule is called by the national one's id and a word of its own: ``risk.dangerous_goods.stockholm``.
    """
    parent = rule.rpartition(".")[0]
    return (rule, parent) if "." in parent else (rule,)


def begun(text: str) -> str:
    """Return words as they begin a heading or a sentence."""
    return text[:1].upper() + text[1:]


def half_up(value: float, decimals: int = 0) -> decimal.Decimal:
    """Return a number as people round it: 12.5 is 13, and not the nearest even number.

    The shortest decimal that stands for the number is what is rounded, so that 1.15 is 1.2 though the number behind it
    is a little less.
    """
    exact = decimal.Decimal(repr(float(value)))
    if not exact.is_finite():
        return exact
    with decimal.localcontext() as context:
        context.prec = 400  # every number there is, in full
        return exact.quantize(decimal.Decimal(1).scaleb(-decimals), rounding=decimal.ROUND_HALF_UP)


def year(value: Any) -> str:  # noqa: ANN401 - an attribute of a site, as the file has it
    """Return a year as it is written: it is no quantity, and has no thousands."""
    return f"{value:.0f}" if isinstance(value, int | float) and value == value else str(value)


_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


def _is_known(value: Any) -> bool:  # noqa: ANN401 - arguments are of many types
    return not (value is None or value == () or value == [] or value == "" or value != value)


class _Known(Mapping[str, Any]):
    """Arguments in which a missing or empty one reads as unknown."""

    def __init__(self, arguments: Mapping[str, Any], unknown: str) -> None:
        self._arguments = arguments
        self._unknown = unknown

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - arguments are of many types
        value = self._arguments.get(name)
        return value if _is_known(value) else self._unknown

    def __iter__(self) -> Iterator[str]:
        return iter(self._arguments)

    def __len__(self) -> int:
        return len(self._arguments)


class _Formatter(string.Formatter):
    """Python's format strings with the words' own formats: area, m2, dist, share, list, num, exact, date, =one/many."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - arguments are of many types
        """Format one argument; text where a number was expected passes through, since it says what is not known."""
        texts = self._texts
        if isinstance(value, bool):
            return ("ja" if value else "nej") if texts.language == "sv" else ("yes" if value else "no")
        if format_spec == "list" or isinstance(value, list | tuple):
            return texts.listing(value) if isinstance(value, list | tuple) else str(value)
        if isinstance(value, datetime.date):
            return value.isoformat()
        if not isinstance(value, int | float):
            return str(value)
        forms = {"area": texts.area, "m2": texts.exact_area, "dist": texts.distance, "share": texts.share}
        if format_spec in forms:
            return forms[format_spec](float(value))
        if format_spec == "exact":
            # As it was stated: a height of 12.25 m rounded to 12.3 would be another height.
            digits = decimal.Decimal(repr(float(value))).normalize().as_tuple().exponent
            return texts.number(float(value), max(0, -digits) if isinstance(digits, int) else 0)
        told = texts.number(float(value), 0 if float(value).is_integer() else 1)
        if format_spec.startswith("="):
            one, many = format_spec[1:].split("/")
            return f"{told} {one if value == 1 else many}"
        return told
