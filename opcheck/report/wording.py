"""Words and numbers in one language, for what the page says of a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from opcheck.report.view import Citation, Tag

LOUD = ("FAIL", "REVIEW", "OPEN")
"""Outcomes that ask for something, in the order of the page. What was not tested is as loud as a conflict."""

Json = Mapping[str, Any]

_USES = frozenset({"serves", "uses"})
"""Parameters that hold ids of uses."""


class Texts(Protocol):
    """The wording that the page asks for; `opcheck.texts` gives it."""

    def ui(self, key: str, **arguments: Any) -> str:  # noqa: ANN401 - whatever the template names
        """Return a text of the page's own."""
        ...

    def get(self, table: str, key: str, /) -> str:
        """Return a term: an outcome, a code, a kind of document; the key itself where there is none."""
        ...

    def has(self, table: str, key: str, /) -> bool:
        """Tell whether a text exists."""
        ...

    def say(self, table: str, key: str, arguments: Mapping[str, Any], /) -> str:
        """Return a text with its arguments filled in."""
        ...

    def format(self, template: str, **arguments: Any) -> str:  # noqa: ANN401 - whatever the template names
        """Fill a template; its format specs write measures the way the language does."""
        ...


class Wording:
    """An assessment's record, and how to word what stands in it.

    Parameters
    ----------
    data
        ``Assessment.to_dict(lang)``.
    texts
        The wording, in the same language.
    """

    def __init__(self, data: Json, texts: Texts) -> None:
        self.data, self.texts, self.ui = data, texts, texts.ui
        self.plan: Json = data["inputs"]["plan"]
        self.every_layer: tuple[Json, ...] = (*self.plan["layers"], *_of_neighbours(self.plan, "layers"))
        self.layers: dict[str, Json] = {layer["id"]: layer for layer in self.every_layer}
        self.titles: dict[str, str] = {layer_id: self.layer_title(layer_id) for layer_id in self.layers}
        self.rules: dict[str, Json] = {rule["id"]: rule for rule in data["rules"]}
        self.every_document: tuple[Json, ...] = (*self.plan["documents"], *_of_neighbours(self.plan, "documents"))
        self.documents: dict[str, Json] = {document["id"]: document for document in self.every_document}

    def tag(self, outcome: str) -> Tag:
        """Return an outcome with its word."""
        return Tag(outcome=outcome, word=self.texts.get("outcome", outcome))

    def tag_of(self, finding: Json) -> Tag:
        """Return the outcome of a finding; information that applies has a word of its own, since it is no outcome."""
        if finding["code"] == "I" and finding["outcome"] not in LOUD:
            return Tag(outcome="INFO", word=self.ui("information_word"))
        return self.tag(finding["outcome"])

    def number(self, value: float | None, spec: str, absent: str = "–") -> str:
        """Return a measure in the language's own writing; `absent` where there is none."""
        return absent if value is None else self.texts.format("{value:" + spec + "}", value=value)

    def known(self, value: object) -> str:
        """Return a text, or the word for unknown: an empty cell could be read as nothing to say."""
        return self.ui("unknown") if value is None or value == "" else str(value)

    def names(self, values: Iterable[str]) -> str:
        """Return a list in words."""
        return self.texts.format("{value:list}", value=list(values))

    def count(self, key: str, number: int, **args: object) -> str:
        """Return a text in the singular or the plural."""
        return self.ui(f"{key}_{'one' if number == 1 else 'many'}", number=number, **args)

    def layer_title(self, layer_id: str | None) -> str:
        """Return a layer's title, or that of its theme: an id alone says nothing to a reader."""
        layer = self.layers.get(layer_id or "", {})
        return str(layer.get("title") or layer.get("theme_title") or layer_id or "")

    def term(self, table: str, key: object) -> str:
        """Return a term, or the key itself where there is no term for it; the word for unknown without a key."""
        return self.ui("unknown") if key is None or key == "" else self.texts.get(table, str(key))

    def site_name(self, site: Json) -> str:
        """Return a site's name, or its id."""
        return str(site["name"] or site["id"])

    def uses(self, site: Json) -> str:
        """Return a site's uses in words, the ones that are not known included."""
        words = [
            *(site.get("use_titles") or site["uses"]),
            *(self.ui("use_unknown", use=use) for use in site.get("unknown_uses") or ()),
        ]
        return self.names(words) if words else self.ui("use_missing")

    def rule_title(self, finding: Json) -> str:
        """Return the question that a finding answers."""
        return str(finding.get("title") or self.rules.get(finding["rule"], {}).get("title") or finding["rule"])

    def citations(self, rule: Json) -> tuple[Citation, ...]:
        """Return what a rule rests on, with a warning where nobody has held it against the text."""
        return tuple(
            Citation(
                # Of a section that nobody has held against the text, "read" would say the opposite of its mark.
                text=self.ui(
                    "citation" if one.get("checked", False) else "citation_noted",
                    what=_cited(one),
                    read=self.known(one.get("read")),
                ),
                unchecked=None if one.get("checked", False) else self.unchecked(one),
            )
            for one in rule.get("citations") or ()
        )

    def unchecked(self, citation: Json) -> str:
        """Return the warning of a citation that nobody has held against the text; of a source, against the source."""
        return self.ui("citation_unchecked" if str(citation["act"]).startswith("SFS") else "source_unchecked")

    def working(self, rule: Json, *, numbers_only: bool = False) -> Iterator[str]:
        """Give the values of a rule that nobody has checked, where they come from included."""
        for name, one in (rule.get("parameters") or {}).items():
            number = isinstance(one["value"], int | float) and not isinstance(one["value"], bool)
            if one.get("checked") is False and (number or not numbers_only):
                what = self.parameter(str(name), one["value"])
                if one["value"] is None and one.get("ceiling") is not None:
                    what = self.ui("parameter_ceiling", what=what, ceiling=one["ceiling"])
                if one.get("attribute"):
                    what = self.ui("parameter_stated", attribute=self.texts.get("attribute", one["attribute"]))
                yield self.ui(
                    "working_value",
                    what=what,
                    source=one["source"] or self.ui("working_no_source"),
                )

    def parameter(self, name: str, value: object) -> str:
        """Return a rule's parameter in words; one that the page has no words for stands under its own name."""
        if name == "band" and isinstance(value, list):
            return self.ui("parameter_band", value="; ".join(self._band(one) for one in value))
        if not self.texts.has("ui", f"parameter_{name}"):
            return f"{name} = {self._value(value)}"
        if name in _USES:
            value = self._titles("use", value)
        return self.ui(f"parameter_{name}", value=value)

    def _band(self, band: object) -> str:
        if not isinstance(band, Mapping) or set(band) != {"upto_m", "uses"}:
            return self._value(band)
        return self.ui("parameter_band_one", upto_m=band["upto_m"], uses=self._titles("use", band["uses"]))

    def _titles(self, table: str, values: object) -> list[str]:
        given = values if isinstance(values, list) else [values]
        return [self.texts.get(table, str(one)) for one in given]

    def _value(self, value: object) -> str:
        if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            return "; ".join(self._value(one) for one in value)
        if isinstance(value, Mapping):
            return ", ".join(f"{name} = {self._value(one)}" for name, one in value.items())
        return self.texts.format("{value:num}", value=value)

    def version(self, rule: Json) -> str | None:
        """Return a rule's version, None when it is not stated."""
        version = rule.get("version")
        return None if version is None else str(version)


def _cited(citation: Json) -> str:
    """Return section and act as statutes are cited; of other sources the source comes first."""
    act, section = str(citation["act"]), str(citation["section"] or "")
    title = str(citation.get("act_title") or act)
    if title == act:
        return ", ".join(text for text in (act, section) if text)
    return " ".join(text for text in (section, f"{title} ({act})") if text)


def _of_neighbours(plan: Json, kind: str) -> Iterator[Json]:
    """Yield the layers or documents that were read of neighbours' plans, with the municipality in their names."""
    for one in plan.get("neighbours") or ():
        for told in one.get(kind) or ():
            own = told.get("name") if kind == "documents" else told.get("title") or told.get("theme_title")
            yield {**told, ("name" if kind == "documents" else "title"): f"{own or told['id']} ({one['name']})"}
