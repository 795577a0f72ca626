"""Presentation: one record of an assessment, as a page, a table or data.

Only this package builds HTML. Nothing half written is ever left: outputs are made beside their places and moved there
together, once all of them have succeeded.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opcheck.errors import Fault, OutputError, cause
from opcheck.report import records
from opcheck.tables import expected
from opcheck.texts import LANGUAGES

if TYPE_CHECKING:
    from opcheck.assessment import Assessment, MapWindow
    from opcheck.plan import Plan

UTF8_WITH_MARK = "utf-8-sig"
"""Spreadsheet programs take a CSV file without a byte order mark for the system's own encoding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An assessment with the record made of it, so that every output of one run says the same."""

    assessment: Assessment
    record: dict[str, Any]

    @property
    def plan(self) -> Plan:
        """The plan that was assessed against."""
        return self.assessment.plan

    def to_dict(self, lang: str, *, stamp: str | None = None, by: str | None = None) -> dict[str, Any]:
        """Return the record; its language, stamp and author were settled when it was made."""
        return self.record

    def window(self, site_id: str) -> MapWindow | None:
        """Return what a map of a site shows."""
        return self.assessment.window(site_id)


def write_report(
    assessment: Assessment,
    path: str | os.PathLike[str],
    *,
    lang: str = "sv",
    template: str | os.PathLike[str] | None = None,
    stamp: str | None = None,
    by: str | None = None,
) -> Path:
    """Write an assessment to a file. The suffix picks the form.

    Parameters
    ----------
    assessment
        As `opcheck.assess` gives it.
    path
        ``.html`` (one page that opens without a network), ``.json`` (the whole record), ``.csv`` (one row per finding),
        ``.gpkg`` or ``.geojson``. An existing file is replaced.
    lang
        ``sv`` or ``en``.
    template
        For HTML, a folder with templates of your own. Templates are code: use only those you trust.
    stamp, by
        Texts that the report carries: a case number or a time, and a person.

    Returns
    -------
    path
        Where it was written.

    Raises
    ------
    OutputError
        The suffix is unknown or the file cannot be written. Nothing is left behind.

    Examples
    --------
    >>> import opcheck, tempfile, pathlib
    >>> sites = opcheck.read_sites("examples/haraholmen/sites.geojson")
    >>> assessment = opcheck.assess(sites, opcheck.read_plan("pitea"), on="2026-11-22")
    >>> opcheck.write_report(assessment, pathlib.Path(tempfile.mkdtemp()) / "report.html").name
    'report.html'
    """
    return write_reports(assessment, [path], lang=lang, template=template, stamp=stamp, by=by)[0]


def write_reports(
    assessment: Assessment,
    paths: Sequence[str | os.PathLike[str]],
    *,
    lang: str = "sv",
    template: str | os.PathLike[str] | None = None,
    stamp: str | None = None,
    by: str | None = None,
) -> list[Path]:
    """Write an assessment to several files: all of them or none. Parameters are those of `write_report`."""
    targets = check_targets(paths)
    if lang not in LANGUAGES:
        raise OutputError(f"språket {lang!r} finns inte. {expected(lang, LANGUAGES)}")
    given = Recorded(assessment=assessment, record=assessment.to_dict(lang, stamp=stamp, by=by))

    def write(target: Path, path: Path) -> None:
        WRITERS[target.suffix.lower()](given, path, lang, template)

    return write_together(targets, write)


def write_together(targets: list[Path], write: Callable[[Path, Path], None]) -> list[Path]:
    """Write files beside their places and move them there together: all of them, or none.

    Parameters
    ----------
    targets
        As `check_targets` gives them.
    write
        Takes a target and the path to write what belongs there to.
    """
    made: list[tuple[Path, Path]] = []
    target = targets[0] if targets else Path()
    try:
        for target in targets:
            handle, name = tempfile.mkstemp(prefix=".opcheck-", suffix=target.suffix, dir=target.parent)
            os.close(handle)
            made.append((Path(name), target))
            write(target, Path(name))
            # mkstemp makes files that only their owner can read; a report is for others too.
            Path(name).chmod(0o644)
        _move(made)
    except OSError as error:
        raise OutputError(
            Fault(
                message=f"går inte att skriva ({cause(error)}). Kontrollera mappen och försök igen.",
                path=str(target),
            )
        ) from None
    finally:
        for temporary, _ in made:
            temporary.unlink(missing_ok=True)
    return targets


def _move(made: Sequence[tuple[Path, Path]]) -> None:
    """Move finished files to their places: all of them, or none and what stood there stands there again."""
    aside: list[tuple[Path, Path]] = []
    moved: list[Path] = []
    try:
        for temporary, target in made:
            try:
                if target.exists() or target.is_symlink():
                    kept = temporary.with_name(f"{temporary.name}.tidigare")
                    target.replace(kept)
                    aside.append((kept, target))
            except OSError as error:
                raise _stuck(target, error) from None
        for temporary, target in made:
            try:
                temporary.replace(target)
            except OSError as error:
                raise _stuck(target, error) from None
            moved.append(target)
    except BaseException:
        for target in moved:
            with contextlib.suppress(OSError):
                target.unlink()
        _put_back(aside)
        raise
    for kept, _ in aside:
        # The new files are in place; an earlier one that somebody still has open is no reason to fail.
        with contextlib.suppress(OSError):
            kept.unlink()


def _stuck(target: Path, error: OSError) -> OutputError:
    message = (
        f"går inte att ersätta ({cause(error)}). Kanske är filen öppen i ett annat program: stäng den och försök "
        "igen. Inga filer har ändrats."
    )
    return OutputError(Fault(message=message, path=str(target)))


def _put_back(aside: Sequence[tuple[Path, Path]]) -> None:
    """Give files that were set aside their names again; say where those are that cannot have them."""
    lost = []
    for kept, target in aside:
        try:
            kept.rename(target)
        except OSError as error:
            message = f"den tidigare filen gick inte att lägga tillbaka ({cause(error)}). Den heter nu {kept.name!r}."
            lost.append(Fault(message=message, path=str(target)))
    if lost:
        raise OutputError(lost)


def check_targets(paths: Sequence[str | os.PathLike[str]], suffixes: Collection[str] | None = None) -> list[Path]:
    """Return the paths to write to; `suffixes` are those that have a writer, None those of an assessment.

    Raises
    ------
    OutputError
        A suffix is unknown, a folder does not exist, or a path is named twice. All faults are listed.
    """
    faults = []
    allowed = WRITERS if suffixes is None else suffixes
    targets = [Path(path) for path in paths]
    for number, target in enumerate(targets):
        if target.suffix.lower() not in allowed:
            found = f"har ändelsen {target.suffix!r}" if target.suffix else "saknar ändelse"
            message = f"{found}. {expected(target.suffix, allowed)}"
            faults.append(Fault(message=message, path=str(target)))
        elif target.is_dir():
            faults.append(Fault(message="är en mapp. Ange ett filnamn.", path=str(target)))
        elif not target.parent.is_dir():
            message = f"mappen {str(target.parent)!r} finns inte. Skapa den först."
            faults.append(Fault(message=message, path=str(target)))
        elif target.resolve() in (earlier.resolve() for earlier in targets[:number]):
            faults.append(Fault(message="är angiven två gånger. Ta bort den ena.", path=str(target)))
    if faults:
        raise OutputError(faults)
    return targets


def _html(given: Recorded, path: Path, lang: str, template: str | os.PathLike[str] | None) -> None:
    from opcheck.report import html

    text = html.render(given, lang=lang, template=None if template is None else Path(template))
    path.write_text(text, encoding="utf-8", newline="\n")


def _json(given: Recorded, path: Path, lang: str, template: object) -> None:
    path.write_text(records.to_json(given.record), encoding="utf-8", newline="\n")


def _csv(given: Recorded, path: Path, lang: str, template: object) -> None:
    path.write_text(records.to_csv(given.record), encoding=UTF8_WITH_MARK, newline="\n")


def _geojson(given: Recorded, path: Path, lang: str, template: object) -> None:
    path.write_text(records.to_geojson(given.record, given.assessment), encoding="utf-8", newline="\n")


def _gpkg(given: Recorded, path: Path, lang: str, template: object) -> None:
    # GDAL would add to the empty file that holds the place.
    path.unlink()
    records.write_gpkg(given.record, given.assessment, path)


WRITERS: dict[str, Callable[[Recorded, Path, str, Any], None]] = {
    ".html": _html, ".json": _json, ".csv": _csv, ".geojson": _geojson, ".gpkg": _gpkg,
}  # fmt: skip
"""Suffix → writer."""
