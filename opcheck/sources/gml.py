"""What GDAL does not say of GML: whether the file is whole, in which systems its rows lie, how many shapes each has."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

_MEMBERS = frozenset({"featureMember", "featureMembers", "member"})
_SHAPES = frozenset({
    "Point", "MultiPoint", "LineString", "Curve", "CompositeCurve", "MultiLineString", "MultiCurve", "Polygon",
    "Surface", "CompositeSurface", "MultiPolygon", "MultiSurface", "Solid", "MultiGeometry",
})  # fmt: skip
_ENVELOPES = frozenset({"Envelope", "Box"})
_FEATURE, _PROPERTY, _VALUE = 1, 2, 3
"""How many levels below the member a feature stands, its properties, and their values."""


def is_whole(path: Path) -> bool:
    """Tell whether a file is XML to its end."""
    parser = expat.ParserCreate()
    return _parse(parser, path)


@dataclass(slots=True)
class Rows:
    """What the rows of a layer hold.

    Parameters
    ----------
    systems
        The names of coordinate systems (srsName) that the shapes have, or get from the envelope of the whole file;
        None stands for a shape that has neither.
    several
        How many rows have more than one shape, of which GDAL gives one.
    properties
        The names of the properties that those shapes are.
    """

    systems: dict[str | None, None] = field(default_factory=dict)
    several: int = 0
    properties: dict[str, None] = field(default_factory=dict)

    @property
    def note(self) -> str | None:
        """What to say of rows with several shapes, None when there are none."""
        if not self.several:
            return None
        return (
            f"{self.several} objekt har flera geometrier ({', '.join(self.properties)}); bara en av dem är läst. "
            "Exportera lagret som GeoPackage med den geometri som gäller"
        )


def look_at(path: Path, layer: str) -> Rows:
    """Go through the rows of a layer, as far as the file is XML."""
    rows = Rows()
    stack: list[str] = []
    start = 0  # depth of the member that we are in
    shape = 0  # depth of the outermost shape that we are in
    common: str | None = None
    named: dict[str | None, None] = {}
    found: dict[str, None] = {}

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal start, shape, common
        name = tag.rpartition(":")[2]
        stack.append(name)
        stated = attributes.get("srsName")
        if not start and name in _MEMBERS:
            start = len(stack)
        elif not start and name in _ENVELOPES:
            common = stated or common
        elif start and len(stack) > start + _FEATURE and stack[start] == layer:
            if not shape and name in _SHAPES:
                shape = len(stack)
                named.clear()
                if shape == start + _VALUE:
                    found[stack[-2]] = None
            if shape and stated:
                named[stated] = None

    def end(_: str) -> None:
        nonlocal start, shape
        if start and len(stack) == start + _FEATURE:
            if len(found) > 1:
                rows.several += 1
                rows.properties.update(found)
            found.clear()
        elif len(stack) == start:
            start = 0
        elif shape and len(stack) == shape:
            rows.systems.update(named or {common: None})
            shape = 0
        stack.pop()

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    _parse(parser, path)
    return rows


def _parse(parser: expat.XMLParserType, path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            parser.ParseFile(stream)
    except expat.ExpatError:
        return False
    return True
