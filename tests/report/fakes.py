"""A hand-made assessment with every kind of answer in it, so that the page is tested apart from the engine.

The place is invented. Coordinates are SWEREF 99 21 45 (EPSG:3017): east 140 000 to 148 000, north 7 233 000 to
7 239 000.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import shapely

CRS = "EPSG:3017"
BOUNDS = (140_000.0, 7_233_000.0, 148_000.0, 7_239_000.0)
HASH = "4f2c1d9be87a06a35c1f0d6be39d72145eaf0c8b93d2617f5a4e8c0b1d3f6a97"


@dataclass(frozen=True)
class MapItem:
    role: str
    layer_id: str | None
    theme: str | None
    feature_id: str | None
    label: str | None
    geometry: Any
    key: str = ""


@dataclass(frozen=True)
class MapWindow:
    bounds: tuple[float, float, float, float]
    items: tuple[MapItem, ...]


@dataclass(frozen=True)
class Plan:
    crs: str = CRS


@dataclass
class Assessment:
    data: dict[str, Any]
    windows: dict[str, MapWindow | None]
    plan: Plan = field(default_factory=Plan)

    def to_dict(self, lang: str, *, stamp: str | None = None, by: str | None = None) -> dict[str, Any]:
        return copy.deepcopy(self.data) | {"lang": lang, "stamp": stamp or self.data["stamp"], "by": by}

    def window(self, site_id: str) -> MapWindow | None:
        return self.windows[site_id]


def feature(layer: str, fid: str, **known: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("name", "category", "area_m2", "share", "length_m", "distance_m", "depth_m", "text"))
    return {"role": "hit", "layer": layer, "id": fid, **empty, "sliver": False, "governs": True} | known


def finding(rule: str, outcome: str, code: str | None, message: str, **known: Any) -> dict[str, Any]:
    measures = dict.fromkeys(("area_m2", "share", "length_m", "count", "distance_m", "coverage"))
    measures["coverage"] = 1.0 if outcome != "OPEN" else None
    measures |= known.pop("measures", {})
    about = RULES[rule]
    return {
        "rule": rule,
        "use": "industri",
        "part": None,
        "outcome": outcome,
        "code": code,
        "open_reason": None,
        "need": None,
        "measures": measures,
        "boundary_case": None,
        "margin_m": None,
        "outcome_nominal": outcome,
        "outcome_inner": outcome,
        "outcome_outer": outcome,
        "adjustments": [],
        "evidence": HASH,
        "fingerprint": HASH[:16],
        "features": [],
        "message_key": f"{rule}.hit",
        "args": {},
        "message": message,
        "next_step": None,
        "how": [],
        "title": about["title"],
        "basis": about["basis"],
        "severity": about["severity"],
        "gate": about["gate"],
        "counted": about["basis"] not in {"criterion", "information"},
        "theme": about["theme"],
        "consult": [],
        "unit": "Fysisk planering",
        "note": None,
        "case": known.get("message_key", f"{rule}.hit").rpartition(".")[2],
    } | known


def rule(rule_id: str, title: str, theme: str | None, basis: str, section: str, **known: Any) -> dict[str, Any]:
    act = "SFS 2010:900" if rule_id.startswith("plan") else "SFS 1998:808"
    return {
        "id": rule_id,
        "title": title,
        "basis": basis,
        "severity": "warning",
        "gate": rule_id.startswith("plan.land"),
        "ground": None,
        "citations": [
            {
                "act": act,
                "act_title": "plan- och bygglagen" if "2010" in act else "miljöbalken",
                "section": section,
                "read": "2026-11-22",
                "checked": act == "SFS 2010:900",
            }
        ],
        "responsible": {"unit": "plan", "consult": ["Länsstyrelsen"]},
        "check": "avoid",
        "theme": theme,
        "theme_title": title,
        "holder": "kommunen",
        "code": None,
        "version": "2026.11",
        "parameters": {},
    } | known


RULES = {
    one["id"]: one
    for one in (
        rule("plan.detailed_plan", "Detaljplan", "detailed_plan", "information", "9 kap. 30 §"),
        rule("plan.land_use", "Användning enligt översiktsplanen", "land_use", "plan", "3 kap. 2 §"),
        rule("plan.current", "Är översiktsplanen aktuell?", "land_use", "plan", "3 kap. 25 §"),
        rule("interest.port", "Anspråk på riksintresse: hamn", "riksintresse_hamn", "claim", "3 kap. 8 §"),
        rule(
            "interest.reindeer", "Anspråk på riksintresse: rennäring", "riksintresse_rennaring", "claim", "3 kap. 5 §"
        ),
        rule("protection.water", "Vattenskyddsområde", "water_protection", "statute", "7 kap. 22 §"),
        rule(
            "risk.dangerous_goods",
            "Transportled för farligt gods",
            "dangerous_goods_route",
            "guideline",
            "2 kap. 6 §",
            parameters={"distance_m": {"value": 150.0, "source": "Riskpolicy, läst i andra hand.", "checked": False}},
        ),
        rule("service.power", "Elförsörjning", None, "guideline", "2 kap. 5 §"),
        rule("risk.seveso_site", "Den egna verksamheten: Seveso", None, "statute", "4 kap. 2 §"),
        rule("protection.natura_2000", "Natura 2000", "natura_2000", "statute", "7 kap. 28 a §"),
        rule("interest.nature", "Anspråk på riksintresse: naturvård", "riksintresse_naturvard", "claim", "3 kap. 6 §"),
        rule("interest.protected_river", "Skyddat vattendrag (upplysning)", None, "information", "4 kap. 6 §"),
        rule("height.tall_object", "Höga objekt", None, "statute", "4 kap. 22 §"),
        rule("criterion.port", "Avstånd till hamn", "port", "criterion", "2 kap. 6 §"),
        rule("criterion.rail_access", "Avstånd till spåranslutning", "rail_access", "criterion", "2 kap. 6 §"),
        rule("criterion.interchange", "Avstånd till trafikplats", "interchange", "criterion", "2 kap. 6 §"),
        rule("criterion.rail_line", "Avstånd till järnvägslinje", "rail_line", "criterion", "2 kap. 6 §"),
    )
}


def findings() -> list[dict[str, Any]]:
    text = (
        "Området ska utvecklas för ytkrävande industri med koppling till hamnen. Vid nya etableringar ska "
        "skyddsavstånd till Riksvägen och dagvattnets väg till havet redovisas."
    )
    return [
        finding(
            "plan.detailed_plan",
            "NOT_APPLICABLE",
            "I",
            "Platsen ligger inom detaljplan: Hamnområdet norra, 3,1 ha (25 % av platsen). Där prövas bygglov mot "
            "detaljplanen, inte mot översiktsplanen.",
            measures={"area_m2": 31_000.0, "share": 0.25, "count": 1, "distance_m": 0.0},
            unit="Bygglov",
            features=[
                feature(
                    "detaljplaner",
                    "25-P08/44",
                    name="Hamnområdet norra",
                    area_m2=31_000.0,
                    share=0.25,
                    distance_m=0.0,
                    text="J, T – industri och hamntrafik",
                )
            ],
        ),
        finding(
            "plan.land_use",
            "REVIEW",
            "F3",
            "Platsen ligger i flera områden som svarar olika: 9,3 ha (75 %) i Verksamheter och industri, Haraudden, "
            "som stöder användningen, och 3,1 ha (25 %) i Natur, Lillnäset, som inte tar upp användningen.",
            measures={"area_m2": 124_000.0, "share": 1.0, "count": 2, "distance_m": 0.0},
            boundary_case=True,
            margin_m=12.4,
            outcome_inner="PASS",
            outcome_outer="REVIEW",
            next_step="Redovisa hur den del som ligger i naturområdet ska användas, eller minska platsen.",
            consult=["Länsstyrelsen"],
            features=[
                feature(
                    "markanvandning",
                    "17",
                    name="Haraudden",
                    category="Verksamheter och industri",
                    area_m2=93_000.0,
                    share=0.75,
                    distance_m=0.0,
                    depth_m=310.5,
                    text=text,
                ),
                feature(
                    "markanvandning",
                    "18",
                    name="Lillnäset",
                    category="Natur",
                    area_m2=31_000.0,
                    share=0.25,
                    distance_m=0.0,
                    depth_m=88.0,
                    text="Området hålls fritt från ny bebyggelse.",
                ),
                feature(
                    "markanvandning_2008",
                    "H4",
                    name="Haraudden",
                    category="Skogsbruk",
                    area_m2=124_000.0,
                    share=1.0,
                    distance_m=0.0,
                    governs=False,
                    text="Rationellt skogsbruk bedrivs vidare.",
                ),
            ],
            adjustments=[
                {
                    "by": "accuracy",
                    "from": "PASS",
                    "to": "REVIEW",
                    "why": "Gränsen är inte exakt (noggrannhet 50 m). Svaret hänger på var den går; 12 m skiljer.",
                }
            ],
            how=["rule=plan.land_use@2026.11", "check=use_matrix", "crs=EPSG:3017", "sliver_m2=1", "reach_m=0"],
        ),
        finding(
            "plan.current",
            "OPEN",
            "U0",
            "Planens aktualitet är inte känd: datum för laga kraft eller planeringsstrategi saknas.",
            open_reason="attribute_missing",
            next_step="Ange dag för laga kraft och senaste planeringsstrategi i planpaketet.",
        ),
        finding(
            "interest.port",
            "REVIEW",
            "R2",
            "Ligger inom område med anspråk på riksintresse (3 kap. 8 § miljöbalken): Haraholmens hamn, 5,4 ha "
            "(44 % av platsen). Om åtgärden kan påtagligt försvåra utnyttjandet av anläggningen är inte bedömt; "
            "utgå från värdebeskrivningen.",
            measures={"area_m2": 54_000.0, "share": 0.435484, "count": 1, "distance_m": 0.0},
            boundary_case=False,
            margin_m=210.0,
            consult=["Trafikverket", "Länsstyrelsen", "hamnbolaget"],
            next_step="Begär Trafikverkets värdebeskrivning och yttrande.",
            features=[
                feature(
                    "riksintresse_hamn",
                    "TRV-331",
                    name="Haraholmens hamn",
                    area_m2=54_000.0,
                    share=0.435484,
                    distance_m=0.0,
                    depth_m=210.0,
                )
            ],
        ),
        finding(
            "protection.water",
            "FAIL",
            "K",
            "Ligger inom «Vattenskyddsområde»: Harasjöns vattentäkt, 1,2 ha (9,7 % av platsen). Områdets föreskrift "
            "nämner industri bland det som inte får förekomma.",
            measures={"area_m2": 12_000.0, "share": 0.096774, "count": 1, "distance_m": 0.0},
            need="tillstånd",
            boundary_case=False,
            margin_m=96.0,
            unit="Miljö och hälsa",
            consult=["Länsstyrelsen"],
            next_step="Sök dispens hos länsstyrelsen innan ärendet går vidare, eller flytta gränsen.",
            features=[
                feature(
                    "vattenskydd",
                    "VSO-12",
                    name="Harasjöns vattentäkt, primär zon",
                    area_m2=12_000.0,
                    share=0.096774,
                    distance_m=0.0,
                    depth_m=96.0,
                    text="§ 4. Industriell verksamhet får inte etableras inom primär skyddszon.",
                )
            ],
        ),
        finding(
            "risk.dangerous_goods",
            "REVIEW",
            "K",
            "Ligger 96 m från «Transportled för farligt gods»: Riksvägen. Inom 150 m behöver frågan utredas.",
            measures={"distance_m": 96.214, "count": 1},
            need="utredning",
            boundary_case=False,
            margin_m=53.8,
            args={"threshold_m": 150.0},
            unit="Räddningstjänst",
            consult=["Länsstyrelsen", "Trafikverket"],
            next_step="Ta fram en riskutredning för farligt gods.",
            message_key="at_least.too_near",
            features=[feature("farligt_gods", "v506", role="near", name="Riksvägen", distance_m=96.214)],
        ),
        finding(
            "service.power",
            "OPEN",
            "U0",
            "Uppgift saknas: effektbehov i megawatt. Nätägaren behöver den för att svara på om effekten finns.",
            open_reason="attribute_missing",
            next_step="Fråga sökanden: Hur mycket el behövs, i megawatt, från start och fullt utbyggt?",
        ),
        finding(
            "risk.seveso_site",
            "OPEN",
            "U0",
            "Uppgift saknas: om verksamheten omfattas av Sevesolagen. Sökanden behöver svara.",
            open_reason="attribute_missing",
            gate=True,
            unit="Miljö och hälsa",
            next_step="Fråga sökanden: Ska farliga ämnen hanteras i sådana mängder att Sevesolagen gäller?",
        ),
        finding(
            "interest.nature",
            "OPEN",
            "U0",
            "Underlag saknas: Riksintresse: naturvård. Uppgiften finns hos länsstyrelsen.",
            open_reason="layer_missing",
            next_step="Hämta lagret från länsstyrelsens geodatakatalog.",
        ),
        finding(
            "interest.reindeer",
            "PASS",
            "R0",
            "Berörs inte; närmast ligger Flyttled Harasjön, 1,8 km bort. Inverkan utifrån är inte bedömd.",
            measures={"distance_m": 1812.0, "count": 0},
            features=[feature("rennaring", "FL-7", role="nearest", name="Flyttled Harasjön", distance_m=1812.0)],
        ),
        finding(
            "protection.natura_2000",
            "PASS",
            "R0",
            "Berörs inte; närmaste objekt ligger 11 km bort. Inverkan utifrån är inte bedömd.",
            measures={"distance_m": 11_240.0, "count": 0},
        ),
        finding(
            "height.tall_object",
            "NOT_APPLICABLE",
            None,
            "Frågan ställs inte här: byggnadens högsta höjd är 18; gränsen går vid 20.",
        ),
        finding(
            "interest.protected_river",
            "NOT_APPLICABLE",
            "I",
            "Upplysning: vattenkraft får inte byggas ut i Harabäcken (4 kap. 6 § miljöbalken).",
            measures={"count": 1},
        ),
        finding(
            "criterion.port",
            "PASS",
            None,
            "Ligger 1,2 km från hamn, Haraholmen, fågelvägen. Ert mått, högst 3 km, är uppfyllt.",
            measures={"distance_m": 1200.0},
            args={"threshold_m": 3000.0},
            message_key="criterion.port.met",
            features=[feature("hamn", "h1", role="nearest", name="Haraholmen", distance_m=1200.0)],
            how=["rule=criterion.port@2026.11", "check=at_most", "reach_m=100000", "from=hamnområdets gräns"],
        ),
        finding(
            "criterion.rail_access",
            "REVIEW",
            None,
            "Ingen spåranslutning inom 500 m.",
            measures={"distance_m": 742.0},
            args={"threshold_m": 500.0},
            message_key="criterion.rail_access.not_met",
            features=[feature("spar", "s2", role="nearest", name="Hamnspåret", distance_m=742.0)],
        ),
        finding(
            "criterion.interchange",
            "OPEN",
            None,
            "Underlag saknas.",
            open_reason="layer_missing",
            message_key="open.layer_missing",
        ),
        finding(
            "criterion.rail_line",
            "NOT_APPLICABLE",
            None,
            "1 480 m fågelvägen till järnvägslinje: Hamnbanan. Inget eget mått är angivet.",
            measures={"distance_m": 1480.0},
            message_key="criterion.rail_line.no_threshold",
            features=[feature("spar", "s1", role="nearest", name="Hamnbanan", distance_m=1480.0)],
        ),
    ]


def site(site_id: str, name: str | None, outcome: str, plan_code: str, answers: list[dict[str, Any]]) -> dict[str, Any]:
    counted = [one for one in answers if one["counted"]]
    counts = {kind: sum(one["outcome"] == kind for one in counted) for kind in ("PASS", "REVIEW", "OPEN", "FAIL")}
    return {
        "id": site_id,
        "name": name,
        "uses": ["industri"],
        "area_m2": 124_000.0,
        "plot": None,
        "case": {
            "type": "planbesked",
            "dnr": "SBN 2026-1187",
            "received": "2026-10-30",
            "fastighet": "Haraholmen 2:14",
        },
        "verdict": {
            "outcome": outcome,
            "plan": plan_code,
            "interests": ["R2", "K"],
            "criteria": {
                "met": ["criterion.port"],
                "not_met": ["criterion.rail_access"],
                "unknown": ["criterion.interchange"],
            },
            "asked": len(counted),
            "counts": counts,
            "open": [one["rule"] for one in counted if one["outcome"] == "OPEN"],
            "open_gate": ["risk.seveso_site"],
            "decided_by": ["protection.water"],
            "headline": [
                "Översiktsplanen: delvis (F3). Planens aktualitet är inte känd.",
                "Att hantera: 4 frågor – vattenskydd, användning, anspråk på riksintresse hamn och farligt gods.",
                "Inte prövat: 4 av 10, däribland avgörande (Seveso).",
            ],
        },
        "parts": [
            {
                "id": "p1",
                "use": "industri",
                "document": "op",
                "layer": "markanvandning",
                "zone": "17",
                "name": "Haraudden",
                "category": "Verksamheter och industri",
                "subcategory": "Ytkrävande anläggning",
                "area_m2": 93_000.0,
                "share": 0.75,
                "plan": "F1",
                "governs": True,
                "text": None,
            },
            {
                "id": "p2",
                "use": "industri",
                "document": "op",
                "layer": "markanvandning",
                "zone": "18",
                "name": "Lillnäset",
                "category": "Natur",
                "subcategory": None,
                "area_m2": 31_000.0,
                "share": 0.25,
                "plan": "F4",
                "governs": True,
                "text": None,
            },
            {
                "id": "p3",
                "use": "industri",
                "document": "fop",
                "layer": "markanvandning_2008",
                "zone": "H4",
                "name": "Haraudden",
                "category": "Skogsbruk",
                "subcategory": None,
                "area_m2": 124_000.0,
                "share": 1.0,
                "plan": None,
                "governs": False,
                "text": None,
            },
        ]
        if answers
        else [],
        "findings": answers,
    }


def layer(layer_id: str, theme: str, title: str, **known: Any) -> dict[str, Any]:
    return {
        "id": layer_id,
        "theme": theme,
        "title": title,
        "document": None,
        "file": f"{layer_id}.gpkg",
        "sha256": HASH,
        "content": HASH[::-1],
        "features": 12,
        "crs": CRS,
        "dated": "2025-03-01",
        "owner": "Länsstyrelsen",
        "licence": "CC0-1.0",
        "confirmed": True,
        "accuracy_m": 25.0,
        "border": "legal",
        "coverage": "municipality",
        "repaired": 0,
        "set_aside": 0,
        "unplaced": 0,
        "duplicate": 0,
        "rows": 12,
        "theme_title": title,
        "note": None,
        "reader": "pyogrio 0.13.0",
        "source_layer": None,
        "crs_accuracy_m": 0.0,
        "notes": [],
        "unread": None,
    } | known


UNTOLD: dict[str, Any] = {
    "in_force": "in_force",
    "current_until": None,
    "base": None,
    "themes": [],
    "url": None,
    "published": None,
    "horizon_from": None,
    "note": None,
    "area": "municipality",
    "decisions": [],
}
"""What nobody has said of a plan document."""


def document(sites: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schema": "opcheck-assessment/1",
        "opcheck": "0.1.0",
        "versions": {"shapely": "2.2.0"},
        "on": "2026-11-22",
        "lang": "sv",
        "stamp": "SBN 2026-1187, aktbilaga 4",
        "inputs": {
            "plan": {
                "id": "exempel",
                "name": "Exempelkommuns översiktsplan",
                "demonstration": True,
                "sha256": HASH,
                "attribution": "Påhittade kartlager för test.",
                "licence": "CC0-1.0",
                "crs": CRS,
                "notes": [],
                "included": [],
                "base": False,
                "question": "Får verksamheter plats vid Haraudden?",
                "contact": "Planenheten",
                "note": None,
                "area": "loaded",
                "neighbours": [],
                "documents": [
                    {
                        "id": "op",
                        "name": "Översiktsplan 2030",
                        "kind": "översiktsplan",
                        "status": "laga kraft",
                        "adopted": "2016-12",
                        "legal_force": None,
                        "current": "unknown",
                        **UNTOLD,
                    },
                    {
                        "id": "fop",
                        "name": "Fördjupning för Haraudden",
                        "kind": "fördjupning",
                        "status": "ersatt",
                        "adopted": "2008-05-26",
                        "legal_force": "2008-06-30",
                        "current": "lapsed",
                        **UNTOLD,
                    },
                ],
                "layers": [
                    layer(
                        "markanvandning",
                        "land_use",
                        "Mark- och vattenanvändning",
                        document="op",
                        dated="2016-12-01",
                        owner="Exempelkommun",
                        accuracy_m=50.0,
                        border="indicative",
                        confirmed=False,
                        features=64,
                        repaired=1,
                    ),
                    layer(
                        "markanvandning_2008",
                        "land_use",
                        "Markanvändning 2008",
                        document="fop",
                        dated="2008",
                        owner=None,
                        licence=None,
                        accuracy_m=None,
                        border="indicative",
                    ),
                    layer("detaljplaner", "detailed_plan", "Detaljplaner", features=211),
                    layer(
                        "riksintresse_hamn", "riksintresse_hamn", "Riksintresse hamn", owner="Trafikverket", features=2
                    ),
                    layer(
                        "rennaring", "riksintresse_rennaring", "Riksintresse rennäring", owner="Sametinget", unplaced=1
                    ),
                    layer("vattenskydd", "water_protection", "Vattenskyddsområden", owner="Naturvårdsverket"),
                    layer("natura", "natura_2000", "Natura 2000", features=1),
                    layer(
                        "farligt_gods",
                        "dangerous_goods_route",
                        "Rekommenderade leder för farligt gods",
                        dated=None,
                        accuracy_m=None,
                    ),
                    layer("hamn", "port", "Hamn"),
                    layer("spar", "rail_access", "Spår och spåranslutning"),
                    layer("vag", "main_road", "Större vägar"),
                ],
                "statements": [
                    {
                        "kind": "stance",
                        "what": "markanvandning/17",
                        "text": "villkor: skyddsavstånd ska redovisas",
                        "by": "A. Planarkitekt",
                        "date": "2026-01-15",
                    },
                    {
                        "kind": "override",
                        "what": "criterion.port",
                        "text": "distance_m = 3000: näringslivskontorets önskemål",
                        "by": "PM 2026-02",
                        "date": None,
                    },
                    {
                        "kind": "not_applicable",
                        "what": "MSA-område",
                        "text": "ingen flygplats påverkar kommunen",
                        "by": "B. Handläggare",
                        "date": None,
                    },
                ],
            },
            "sites": {"file": "platser.geojson", "sha256": HASH, "content": HASH, "count": len(sites), "notes": []},
            "rules": [
                {"id": "se.plan", "version": "2026.11", "sha256": HASH, "count": 7},
                {"id": "se.skydd", "version": "2026.11", "sha256": HASH, "count": 24},
            ],
        },
        "rules": list(RULES.values()),
        "sites": sites,
        "not_seen": [
            {
                "key": "secret_defence",
                "text": "Totalförsvaret: alla lägen är inte offentliga.",
            },
            {"key": "straight_line", "text": "Avstånd är fågelvägen. Vägen längs gata, spår eller farled är längre."},
        ],
        "ledger": [
            {
                "layer": "markanvandning",
                "feature": "41",
                "state": "repaired",
                "reason": "ytan korsade sig själv och byggdes om",
                "bounds": [141_000.0, 7_234_000.0, 141_400.0, 7_234_300.0],
                "area_before_m2": 81_200.0,
                "area_after_m2": 80_950.0,
                "accepted_by": None,
            },
            {
                "layer": "rennaring",
                "feature": "FL-9",
                "state": "unplaced",
                "reason": "raden saknar geometri",
                "bounds": [],
                "accepted_by": "B. Handläggare",
            },
        ],
    }


def window() -> MapWindow:
    """Surroundings with every role, and areas with holes, multiparts, lines and points."""
    area = shapely.box(143_900, 7_236_000, 144_300, 7_236_310)
    harbour = shapely.Polygon([(145_300, 7_236_000), (146_400, 7_235_700), (146_600, 7_236_500), (145_500, 7_236_700)])
    zone = shapely.Polygon([(142_800, 7_235_300), (145_100, 7_235_200), (145_200, 7_236_900), (143_000, 7_237_000)])
    nature = shapely.Polygon(
        [(142_000, 7_233_000), (144_800, 7_233_000), (145_100, 7_235_200), (142_800, 7_235_300), (142_000, 7_234_700)]
    )
    nature_north = shapely.box(144_200, 7_236_000, 144_300, 7_236_310)
    housing = shapely.Polygon(
        [(140_000, 7_236_800), (142_600, 7_237_000), (142_900, 7_239_000), (140_000, 7_239_000)],
        [[(140_900, 7_237_700), (141_700, 7_237_700), (141_700, 7_238_300), (140_900, 7_238_300)]],
    )
    claim = shapely.Polygon([(144_120, 7_235_600), (147_000, 7_235_200), (147_600, 7_237_200), (144_120, 7_236_900)])
    water = shapely.MultiPolygon(
        [shapely.Point(143_850, 7_236_350).buffer(140), shapely.Point(141_200, 7_234_600).buffer(500)]
    )
    road = shapely.LineString(
        [
            (140_000, 7_235_150),
            (142_300, 7_235_600),
            (143_300, 7_236_420),
            (144_600, 7_236_470),
            (146_000, 7_238_000),
            (148_000, 7_238_600),
        ]
    )
    rail = shapely.MultiLineString(
        [
            [(140_000, 7_238_100), (143_500, 7_237_700), (145_000, 7_236_900)],
            [(145_000, 7_236_900), (145_600, 7_236_500)],
        ]
    )
    reindeer = shapely.LineString([(141_000, 7_233_000), (142_200, 7_235_200), (141_700, 7_239_000)])
    mixed = shapely.GeometryCollection(
        [shapely.Point(147_200, 7_234_000), shapely.LineString([(146_300, 7_233_600), (147_200, 7_234_000)])]
    )
    border = shapely.LineString([(146_700, 7_233_000), (147_400, 7_235_000), (148_000, 7_236_200)])
    item = MapItem
    return MapWindow(
        bounds=BOUNDS,
        items=(
            item("border", None, None, None, "Exempelkommun", border),
            item("zone", "markanvandning", "land_use", "18", "Natur", nature),
            item("zone", "markanvandning", "land_use", "3", "Bostäder, Haranäs", housing),
            item("context", "vag", "main_road", "e4", "Riksvägen", road),
            item("context", "spar", "rail_line", "s1", "Hamnbanan", rail),
            item("interest", "rennaring", "riksintresse_rennaring", "FL-7", "Flyttled Harasjön", reindeer),
            item("interest", "natura", "natura_2000", "N1", "Blandat objekt", mixed),
            item("near", "hamn", "port", "h1", "Haraholmen", harbour),
            item("near", "spar", "rail_access", "s2", "Hamnspåret", shapely.Point(145_000, 7_236_900)),
            item("near", "farligt_gods", "dangerous_goods_route", "v506", "Riksvägen", road),
            item("zone", "markanvandning", "land_use", "17", "Verksamheter och industri", zone),
            item("hit", "riksintresse_hamn", "riksintresse_hamn", "TRV-331", "Haraholmens hamn", claim),
            item("hit", "vattenskydd", "water_protection", "VSO-12", "Harasjöns vattentäkt, primär zon", water),
            item("part", "markanvandning", "land_use", "17", "Haraudden", area.difference(nature_north)),
            item("part", "markanvandning", "land_use", "18", "Lillnäset", nature_north),
            item(
                "link",
                "hamn",
                "port",
                "h1",
                "Haraholmen",
                shapely.LineString([(144_300, 7_236_150), (145_336, 7_236_126)]),
            ),
            item("site", None, None, "modulfabrik", "Modulfabrik Haraudden", area),
        ),
    )


def one_site() -> Assessment:
    return Assessment(
        document([site("modulfabrik", "Modulfabrik Haraudden", "FAIL", "F3", findings())]), {"modulfabrik": window()}
    )


def many_sites(number: int = 4) -> Assessment:
    outcomes = ("FAIL", "REVIEW", "OPEN", "PASS")
    sites = [
        site(f"plats-{count}", f"Plats nummer {count}", outcomes[count % 4], "F1", findings() if count % 4 != 3 else [])
        for count in range(number)
    ]
    return Assessment(document(sites), {one["id"]: window() if count != 1 else None for count, one in enumerate(sites)})


PAYLOADS = (
    "<img src=x onerror=window.__pwned=1>",
    "</script><script>window.__pwned=2</script>",
    "${window.__pwned=3}",
    "`+(window.__pwned=4)+`",
    "\\x3cimg src=x onerror=window.__pwned=5\\x3e",
    "\\\\srv\\planer\\utredning\\x1.pdf",
    "{{ cycler.__init__.__globals__.os.mkdir('opcheck-pwned') }}",
    "{% set x = cycler.__init__.__globals__.os.mkdir('opcheck-pwned') %}",
    "{# borta #} {# oavslutad",
    "\"'><svg onload=window.__pwned=6>",
    "javascript:window.__pwned=7",
    "<!--<script>",
    "å\u2028ä\u2029ö\u0000\u202e]]>&lt;&amp;",
    "</title></style></textarea><script>window.__pwned=8</script>",
    "url(javascript:window.__pwned=9) expression(window.__pwned=9)",
)

_FIXED = frozenset(
    {
        "area",
        "schema",
        "lang",
        "outcome",
        "outcome_nominal",
        "outcome_inner",
        "outcome_outer",
        "from",
        "to",
        "basis",
        "state",
        "kind",
        "current",
        "role",
        "code",
        "plan_code",
        "open_reason",
        "crs",
    }
)


def hostile(payload: str | Callable[[int], str], assessment: Assessment | None = None) -> Assessment:
    """Put a payload into every text that can come from a file or from a user, keeping ids that tie things together."""
    given = assessment or one_site()
    count = 0

    def evil(text: str) -> str:
        nonlocal count
        count += 1
        return (payload if isinstance(payload, str) else payload(count)) + f" {text}"

    ids: dict[str, str] = {}

    def same(text: str) -> str:
        return ids.setdefault(text, evil(text))

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            keep = key == "criteria" or key == "measures" or key == "counts"
            return {name: inner if keep else walk(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [walk(inner, key) for inner in value]
        if not isinstance(value, str) or key in _FIXED:
            return value
        return same(value) if key in {"id", "layer", "rule", "document", "zone", "theme"} else evil(value)

    data = walk(given.data)
    data["inputs"]["plan"]["statements"] = [one | {"kind": "stance"} for one in data["inputs"]["plan"]["statements"]]
    windows = {
        same(site_id): None
        if window is None
        else MapWindow(
            window.bounds,
            tuple(
                MapItem(
                    one.role,
                    one.layer_id and same(one.layer_id),
                    one.theme,
                    one.feature_id and same(one.feature_id),
                    one.label and evil(one.label),
                    one.geometry,
                )
                for one in window.items
            ),
        )
        for site_id, window in given.windows.items()
    }
    return Assessment(data, windows)
