"""What GDAL does not say of GML: whether the file is whole, and whether rows have more shapes than the one it gives."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

_MEMBERS = frozenset({"featureMember", "featureMembers", "member"})
_SHAPES = frozenset({
    "Point", "MultiPoint", "LineString", "Curve", "CompositeCurve", "MultiLineString", "MultiCurve", "Polygon",
    "Surface", "CompositeSurface", "MultiPolygon", "MultiSurface", "Solid", "MultiGeometry",
})  # fmt: skip
_FEATURE, _PROPERTY, _VALUE = 1, 2, 3
"""How many levels below the member a feature stands, its properties, and their values."""


def is_whole(path: Path) -> bool:
    """Tell whether a file is XML to its end."""
    parser = expat.ParserCreate()
    return _parse(parser, path)


def several_shapes(path: Path, layer: str) -> str | None:
    """Return a note when features of a layer have more than one shape each, of which GDAL gives one; None otherwise."""
    stack: list[str] = []
    start = 0  # depth of the member that we are in
    found: dict[str, None] = {}
    count = 0
    names: dict[str, None] = {}

    def begin(tag: str, _: object) -> None:
        nonlocal start
        name = tag.rpartition(":")[2]
        stack.append(name)
        if not start and name in _MEMBERS:
            start = len(stack)
        elif start and len(stack) == start + _VALUE and name in _SHAPES and stack[start] == layer:
            found[stack[-2]] = None

    def end(_: str) -> None:
        nonlocal start, count
        if start and len(stack) == start + _FEATURE:
            if len(found) > 1:
                count += 1
                names.update(found)
            found.clear()
        elif len(stack) == start:
            start = 0
        stack.pop()

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    _parse(parser, path)
    if not count:
        return None
    return (
        f"{count} objekt har flera geometrier ({', '.join(names)}); bara en av dem är läst. "
        "Exportera lagret som GeoPackage med den geometri som gäller"
    )


def _parse(parser: expat.XMLParserType, path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            parser.ParseFile(stream)
    except expat.ExpatError:
        return False
    return True
