"""The assessment as its user meets it: a mapping from site id to answers, a frame, a record, a map window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from opcheck.answers import Answers
from opcheck.findings import CODES, OUTCOMES, Finding, Relation, Verdict
from opcheck.parts import Part
from opcheck.plan import Plan
from opcheck.record import Recorder, to_record
from opcheck.rules import LAND_USE, themes
from opcheck.sites import Site

if TYPE_CHECKING:
    import geopandas

WINDOW_MARGIN = 0.6
"""A map shows a site with this share of its size around it, and at least `WINDOW_LEAST_M`."""

WINDOW_LEAST_M = 400.0
WINDOW_MOST_M = 20_000.0

_CONTEXT_GROUPS = frozenset({"plan", "infrastructure", "context"})
"""Groups of themes that are drawn as surroundings; the others are interests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAnswer:
    """Everything that was answered about one site."""

    site: Site
    verdict: Verdict
    findings: tuple[Finding, ...]
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        """Return the answer in a line; the findings are many."""
        uses = ", ".join(self.site.uses) or "-"
        return f"{self.site.id} ({uses}): {self.verdict.outcome}, {self.verdict.plan or '-'}"

    def finding(self, rule: str, use: str | None = None) -> Finding:
        """Return the finding of a rule, for one use where the site has several.

        Raises
        ------
        KeyError
            The rule was not asked.
        """
        for one in self.findings:
            if one.rule == rule and use in (None, one.use):
                return one
        raise KeyError(rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapItem:
    """One shape to draw.

    Parameters
    ----------
    key
        Unique within the window.
    role
        ``border``, ``zone``, ``context``, ``interest``, ``hit``, ``near``, ``part``, ``link`` or ``site``; drawn in
        that order.
    geometry
        In the plan's CRS, clipped to the window.
    """

    key: str
    role: str
    layer_id: str | None
    theme: str | None
    feature_id: str | None
    label: str | None
    geometry: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MapWindow:
    """What a map of one site shows: bounds (min E, min N, max E, max N) in the plan's CRS, and shapes."""

    bounds: tuple[float, float, float, float]
    items: tuple[MapItem, ...]


class Shapes(Mapping[str, bytes]):
    """Shapes that reports need, by key, as WKB in the plan's CRS; each is made when it is asked for.

    Keys are ``site/<site id>``.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def __getitem__(self, key: str) -> bytes:
        kind, _, site_id = key.partition("/")
        if kind != "site" or site_id not in self._answers.site_number:
            raise KeyError(key)
        geometry = self._answers.geometry[self._answers.number(site_id)]
        return b"" if geometry is None else bytes(shapely.to_wkb(geometry))

    def __iter__(self) -> Iterator[str]:
        return (f"site/{site_id}" for site_id in self._answers.sites.ids)

    def __len__(self) -> int:
        return len(self._answers.sites)


class Assessment:
    """The result of testing sites against a plan.

    ``assessment["modulfabrik"]`` gives what was answered about a site; iterating gives the verdicts, sorted by site id;
    `keys`, `values` and `items` are those of a mapping from site id.

    Parameters
    ----------
    answers
        The columns that everything here is a view of.
    """

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    @property
    def plan(self) -> Plan:
        """The plan that was assessed against."""
        return self.answers.loaded.plan

    @property
    def shapes(self) -> Mapping[str, bytes]:
        """The sites' shapes in the plan's CRS, as WKB."""
        return Shapes(self.answers)

    def __len__(self) -> int:
        return len(self.answers.sites)

    def __iter__(self) -> Iterator[Verdict]:
        return (self.answers.verdict(number) for number in range(len(self)))

    def __contains__(self, site_id: object) -> bool:
        return site_id in self.answers.site_number

    def __getitem__(self, site_id: str) -> SiteAnswer:
        number = self.answers.number(site_id)
        return SiteAnswer(
            site=self.answers.site(number), verdict=self.answers.verdict(number),
            findings=tuple(self.answers.findings(number)), parts=self.answers.parts(number),
        )  # fmt: skip

    def keys(self) -> tuple[str, ...]:
        """Return the site ids, sorted."""
        return self.answers.sites.ids

    def values(self) -> Iterator[SiteAnswer]:
        """Iterate over what was answered about each site."""
        return (self[site_id] for site_id in self.keys())

    def items(self) -> Iterator[tuple[str, SiteAnswer]]:
        """Iterate over site ids and answers."""
        return ((site_id, self[site_id]) for site_id in self.keys())

    @property
    def findings(self) -> Iterator[Finding]:
        """Iterate over all findings of all sites; each is made as it is reached."""
        return (finding for number in range(len(self)) for finding in self.answers.findings(number))

    def to_frame(self) -> geopandas.GeoDataFrame:
        """Return one row per site with its verdict, and one column per rule with the worst outcome over its uses.

        Returns
        -------
        frame
            Index is the site id, geometry is in the plan's CRS.
        """
        import geopandas

        answers = self.answers
        # A number in OUTCOMES is the lower the worse, and every site has at least one subject.
        start = np.searchsorted(answers.subject_site, np.arange(len(self)))
        worst = np.minimum.reduceat(answers.outcomes, start, axis=1)
        columns: dict[str, Any] = {
            "name": [site.name for site in answers.sites.rows],
            "use": ["; ".join(site.uses) or None for site in answers.sites.rows],
            "outcome": [OUTCOMES.name(int(one)) for one in answers.verdicts],
            "plan": self._plan_codes(),
        }
        for number, rule in enumerate(answers.rules):
            columns[rule.id] = [OUTCOMES.name(int(one)) for one in worst[number]]
        frame = geopandas.GeoDataFrame(columns, geometry=list(answers.geometry), crs=answers.loaded.plan.crs)
        frame.index = list(answers.sites.ids)
        frame.index.name = "id"
        return frame

    def _plan_codes(self) -> list[str | None]:
        land = [one for one in self.answers.answers if one.rule.check == "use_matrix"]
        if not land:
            return [None] * len(self)
        found: list[str | None] = []
        for site in range(len(self)):
            subjects = self.answers.subjects_of(site)
            worst = min(subjects, key=lambda subject: int(land[0].outcome[subject]))
            found.append(CODES.name(int(land[0].code[worst])))
        return found

    def to_dict(self, lang: str = "sv", *, stamp: str | None = None, by: str | None = None) -> dict[str, Any]:
        """Return the record that ``result.json`` holds.

        Parameters
        ----------
        lang
            ``sv`` or ``en``.
        stamp, by
            Texts of your own: a case number or a time, and a person.
        """
        return to_record(self.answers, lang, stamp=stamp, by=by)

    def procedure(self, site_id: str, lang: str = "sv") -> dict[str, Any] | None:
        """Return what a site's case asks for and when an answer is due, None for a site that is no case.

        Parameters
        ----------
        lang
            ``sv`` or ``en``.

        Returns
        -------
        procedure
            The site's member ``procedure`` of ``result.json``.
        """
        found: dict[str, Any] | None = self._of_record(site_id, lang)["procedure"]
        return found

    def lots(self, site_id: str, lang: str = "sv") -> dict[str, Any]:
        """Return who should sit at the table for a site, which question each gets, and what to ask the applicant.

        Parameters
        ----------
        lang
            ``sv`` or ``en``.

        Returns
        -------
        lots
            The site's member ``lots`` of ``result.json``.
        """
        found: dict[str, Any] = self._of_record(site_id, lang)["lots"]
        return found

    def _of_record(self, site_id: str, lang: str) -> dict[str, Any]:
        return Recorder(self.answers, lang).site(self.answers.number(site_id))

    def window(self, site_id: str) -> MapWindow | None:
        """Return what a map of a site shows, None for a site that cannot be placed.

        The zones of the plan and the objects that findings name, clipped to the surroundings of the site; a line to the
        nearest object of each criterion, as far as the window reaches.
        """
        number = self.answers.number(site_id)
        geometry = self.answers.geometry[number]
        if geometry is None:
            return None
        return _Window(self.answers, number).window()


class _Window:
    """The surroundings of one site, out to what its criteria are measured to."""

    def __init__(self, answers: Answers, number: int) -> None:
        self._answers = answers
        self._number = number
        self._site = answers.geometry[number]
        self._findings = tuple(answers.findings(number))
        self._lines = tuple(self._measured())
        low_e, low_n, high_e, high_n = (float(value) for value in shapely.bounds(self._site))
        margin = max(WINDOW_LEAST_M, WINDOW_MARGIN * max(high_e - low_e, high_n - low_n))
        margin = min(margin, WINDOW_MOST_M)
        most = shapely.box(low_e - WINDOW_MOST_M, low_n - WINDOW_MOST_M, high_e + WINDOW_MOST_M, high_n + WINDOW_MOST_M)
        near = [line for _, _, line in self._lines if shapely.covers(most, line)]
        around = shapely.box(low_e - margin, low_n - margin, high_e + margin, high_n + margin)
        reached = [shapely.box(*shapely.bounds(line).tolist()).buffer(margin / 2, join_style="mitre") for line in near]
        west, south, east, north = shapely.total_bounds([around, *reached]).tolist()
        self._bounds = round(west, 1), round(south, 1), round(east, 1), round(north, 1)

    def window(self) -> MapWindow:
        site_id = self._answers.sites.ids[self._number]
        items = [*self._border(), *self._surroundings(), *self._parts(), *self._links()]
        site = MapItem(
            key=f"site/{site_id}", role="site", layer_id=None, theme=None, feature_id=site_id,
            label=self._answers.site(self._number).name or site_id, geometry=self._site,
        )  # fmt: skip
        order = ("border", "zone", "context", "interest", "near", "hit", "part", "link", "site")
        items.sort(key=lambda item: (order.index(item.role), item.key))
        return MapWindow(bounds=self._bounds, items=(*items, site))

    def _clip(self, geometry: Any) -> Any:  # noqa: ANN401 - shapely's geometry
        """Return the geometry inside the window, None when nothing is left."""
        clipped = shapely.intersection(geometry, shapely.box(*self._bounds))
        return None if clipped.is_empty else clipped

    def _border(self) -> Iterator[MapItem]:
        area = self._answers.loaded.area
        line = None if area is None else self._clip(shapely.boundary(area))
        if line is not None:
            name = self._answers.loaded.plan.name
            yield MapItem(
                key="border", role="border", layer_id=None, theme=None, feature_id=None, label=name, geometry=line
            )

    def _surroundings(self) -> Iterator[MapItem]:
        hit = {
            (one.layer, one.feature): one.role
            for finding in self._findings
            for one in finding.features
            if one.role in ("hit", "near", "easing") and one.governs
        }
        box = shapely.box(*self._bounds)
        for features in self._answers.layers:
            if not len(features):
                continue
            theme = features.layer.theme
            for row in np.flatnonzero(shapely.intersects(features.geometry, box)).tolist():
                geometry = self._clip(features.geometry[row])
                if geometry is None:
                    continue
                found = hit.get((features.layer.id, features.ids[row]))
                role = "context" if themes()[theme].group in _CONTEXT_GROUPS else "interest"
                role = "zone" if theme == LAND_USE else role
                if role != "zone" and found is not None:
                    role = "hit" if found in ("hit", "easing") else "near"
                label = features.value("name", row) or features.value("category", row)
                yield MapItem(
                    key=f"{features.layer.id}/{features.ids[row]}", role=role, layer_id=features.layer.id, theme=theme,
                    feature_id=features.ids[row], label=label, geometry=geometry,
                )  # fmt: skip

    def _parts(self) -> Iterator[MapItem]:
        land, row = self._answers.land, int(self._answers.measured_row[self._number])
        if land is None or row < 0:
            return
        places = [place for place in land.of(row) if land.hit[place] and land.governs[place]]
        if len(places) < 2:
            return
        for place in places:
            features, zone = land.layers[int(land.features[place])], int(land.row[place])
            yield MapItem(
                key=f"part/{features.layer.id}/{features.ids[zone]}", role="part", layer_id=features.layer.id,
                theme=LAND_USE, feature_id=features.ids[zone], label=features.value("name", zone),
                geometry=land.overlap[place],
            )  # fmt: skip

    def _measured(self) -> Iterator[tuple[Finding, Relation, Any]]:
        """Iterate over the criteria with a distance: finding, nearest object, and the line between it and the site."""
        for finding in self._findings:
            if finding.case not in ("met", "not_met", "no_threshold", "at_most") or not finding.features:
                continue
            one = min(finding.features, key=lambda one: one.distance_m if one.distance_m is not None else np.inf)
            if one.distance_m:
                yield finding, one, self._answers.link(self._number, one.layer, one.feature)

    def _links(self) -> Iterator[MapItem]:
        for finding, one, line in self._lines:
            clipped = self._clip(line)
            if clipped is not None:
                yield MapItem(
                    key=f"link/{finding.rule}/{finding.use or ''}", role="link", layer_id=one.layer, theme=None,
                    feature_id=one.feature, label=one.name, geometry=clipped,
                )  # fmt: skip
