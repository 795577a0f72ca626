"""The report as one HTML page that opens anywhere: one file, no network, and no text from elsewhere that runs.

The page's own templates escape everything; scripts and styles are the files in ``assets`` and nothing else, and a
content security policy with their hashes is written into the page, so that a browser refuses whatever else should
turn up.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from opcheck import texts as wording
from opcheck.report import map as maps
from opcheck.report import page as pages
from opcheck.report.section import named_in
from opcheck.report.symbols import SYMBOLS
from opcheck.report.wording import Texts

if TYPE_CHECKING:
    import jinja2

FILES = Path(__file__).parent
TEMPLATE = "report.html"

_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""What could end a script element, open a comment in it, or be a line break to old JavaScript."""

_UNSEEN = {
    number: "\ufffd"
    for first, last in ((0x00, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x9F), (0x202A, 0x202E), (0x2066, 0x2069))
    for number in range(first, last + 1)
}
"""Control characters, and those that turn the direction of writing: a name that holds one could make a figure beside it
read backwards. They show as the replacement character (Unicode Standard Annex 9, section 2)."""


class Plan(Protocol):
    """What the page asks of a plan."""

    @property
    def crs(self) -> str: ...  # noqa: D102 - the protocol names the members, plans explain them


class Assessment(Protocol):
    """What the page asks of an assessment."""

    @property
    def plan(self) -> Plan: ...  # noqa: D102 - see Plan
    def to_dict(self, lang: str, *, stamp: str | None, by: str | None) -> dict[str, Any]: ...  # noqa: D102
    def window(self, site_id: str) -> maps.Window | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the templates get beside the view: the files that are written into the page, and its policy.

    Parameters
    ----------
    policy
        The content security policy.
    style, scripts
        Texts of the one style element and the script elements, in order, as they stand between the tags.
    data
        The data block: JSON with nothing in it that could end a script element.
    """

    policy: str
    style: str
    scripts: tuple[str, ...]
    data: str


def render(
    assessment: Assessment,
    *,
    lang: str = "sv",
    template: str | Path | None = None,
    stamp: str | None = None,
    by: str | None = None,
) -> str:
    """Return the report as an HTML page.

    Parameters
    ----------
    assessment
        What to report.
    lang
        ``sv`` or ``en``.
    template
        A folder with templates of one's own, which are looked up before opcheck's. Templates are code: use only those
        you trust. Text is escaped in them too, and scripts of their own are refused by the page's policy.
    stamp, by
        A case number or a time, and a person: printed on the page as they are.

    Returns
    -------
    page
        The same assessment always gives the same text.
    """
    words = wording.load(lang)
    data = assessment.to_dict(lang, stamp=stamp, by=by)
    builder = pages.PageBuilder(data, words)
    titles = {layer_id: builder.layer_title(layer_id) for layer_id in builder.layers}
    site_maps, absent = _maps(assessment, data, words, titles)
    page = builder.page(site_maps, absent)
    block = data_block({"maps": {str(one.index): one.data for one in site_maps.values()}, "words": _words(words)})
    environment = _environment(template)
    environment.globals["ui"] = words.ui
    head = _head(list(site_maps.values()), block)
    return environment.get_template(TEMPLATE).render(page=page, head=head, symbols=SYMBOLS)


def data_block(value: object) -> str:
    """Return JSON that can stand inside a script element: no character in it can end the element or a line."""
    text = json.dumps(_clean(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.translate(_IN_SCRIPT)


def _maps(
    assessment: Assessment, data: Mapping[str, Any], words: Texts, layers: Mapping[str, str]
) -> tuple[dict[str, maps.SiteMap], dict[str, str]]:
    """Return the maps by site id, and for the sites without one the reason."""
    found: dict[str, maps.SiteMap] = {}
    absent: dict[str, str] = {}
    for number, site in enumerate(data["sites"][: pages.SITES_MOST], 1):
        if len(found) >= pages.MAPS_MOST:
            absent[site["id"]] = words.ui("map_over_limit", most=pages.MAPS_MOST)
            continue
        window = assessment.window(site["id"])
        if window is None or not window.items:
            absent[site["id"]] = words.ui("map_unusable")
            continue
        found[site["id"]] = maps.build(
            window, crs=assessment.plan.crs, index=number, named=named_in(site, number, words), layers=layers
        )
    return found, absent


def _words(words: Texts) -> dict[str, str]:
    """Return the texts that the page's script puts on the interactive maps."""
    own = ("zoom_in", "zoom_out", "close_popup", "open_finding", "show_live", "show_still")
    return {key: words.ui(f"map_{key}") for key in own} | {key: words.ui(f"symbol_{key}") for key in SYMBOLS}


def _head(site_maps: Sequence[maps.SiteMap], block: str) -> Page:
    style = "\n".join([_asset("leaflet/leaflet.css"), _bare(_asset("report.css"))])
    scripts: tuple[str, ...] = ()
    if site_maps:
        makers = [
            f"opcheck.maps[{one.index}] = function () {{\n{one.script}\nreturn {one.element};\n}};" for one in site_maps
        ]
        scripts = (_asset("leaflet/leaflet.js"), _asset("report.js"), "\n".join([*makers, "opcheck.start();"]))
    return Page(policy=policy(style, scripts), style=style, scripts=scripts, data=block)


def policy(style: str, scripts: Sequence[str]) -> str:
    """Return the content security policy of a page: its own style and scripts, by their hashes, and nothing else."""
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
        f"style-src {_hash(style)}; script-src {' '.join(map(_hash, scripts)) or chr(39) + 'none' + chr(39)}"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


@functools.cache
def _asset(name: str) -> str:
    """Return a file of the package; read as text, so that a line ends in a newline alone, as it will for the hash."""
    return (FILES / "assets" / name).read_text(encoding="utf-8")


def _bare(style: str) -> str:
    """Return a style sheet without its comments and indents: they are for who writes it, not for every page."""
    return re.sub(r"/\*.*?\*/|^[ \t]+", "", style, flags=re.DOTALL | re.MULTILINE)


def _environment(template: str | Path | None) -> jinja2.Environment:
    # jinja2 is loaded when a page is written, never by a check on the command line
    import jinja2
    from jinja2.sandbox import SandboxedEnvironment

    own = FILES / "templates"
    loader = jinja2.FileSystemLoader([own] if template is None else [Path(template), own])
    return SandboxedEnvironment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        newline_sequence="\n",
        finalize=_shown,
    )


def _shown(value: object) -> object:
    """Return what is about to be written, with nothing in it that is not seen; markup stays markup."""
    return value.translate(_UNSEEN) if isinstance(value, str) else value


def _clean(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON values with nothing in their texts that is not seen."""
    if isinstance(value, Mapping):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return _shown(value)
