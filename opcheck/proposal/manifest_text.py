"""TOML written for people: values, tables, comments, and lines that are switched off until somebody takes them in.

Two signs keep a manifest readable: ``# `` begins an explanation, and ``#`` with nothing after it switches a line off,
so that taking the sign away switches it on. Whatever text comes from somebody's data, it stays in its value or on its
comment's line.
"""

from __future__ import annotations

import datetime
import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

WIDTH = 110
"""Explanations are folded at this width; a value is never folded."""

OFF = "#"
"""Before a line that is switched off."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}

# Besides what TOML bids (control characters), what an editor takes for the end of a line, and half a character.
_UNSAFE = re.compile('[\x00-\x1f"\\\\\x7f-\x9f\u2028\u2029\ud800-\udfff]')
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HALVES = re.compile("[\ud800-\udfff]")


def quoted(text: str) -> str:
    """Return a text as a TOML basic string, on one line; half a character, which TOML cannot hold, becomes U+FFFD."""
    return '"' + _UNSAFE.sub(_escaped, text) + '"'


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    if sign in _SHORT:
        return _SHORT[sign]
    return "\ufffd" if _HALVES.match(sign) else f"\\u{ord(sign):04X}"


def value(one: Any) -> str:  # noqa: ANN401 - whatever TOML can hold
    """Return a value as TOML on one line; tables inline.

    Raises
    ------
    TypeError
        TOML has no such value.
    """
    if isinstance(one, str):
        return quoted(one)
    if isinstance(one, bool):
        return "true" if one else "false"
    if isinstance(one, int | float):
        return repr(one)
    if isinstance(one, datetime.date | datetime.time):
        return one.isoformat()
    if isinstance(one, Mapping):
        inner = ", ".join(f"{key(name)} = {value(cell)}" for name, cell in one.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(one, list | tuple):
        return "[" + ", ".join(value(cell) for cell in one) + "]"
    raise TypeError(f"TOML has no value for {type(one).__name__}")


def key(name: str) -> str:
    """Return a key, quoted where it has to be."""
    return name if _BARE.fullmatch(name) else quoted(name)


def pair(name: str, one: Any, note: str | None = None) -> str:  # noqa: ANN401 - whatever TOML can hold
    """Return ``key = value``, with a short explanation after it."""
    line = f"{key(name)} = {value(one)}"
    return f"{line}  # {on_one_line(note)}" if note else line


def on_one_line(text: str) -> str:
    """Return a text that can stand in a comment: no sign in it ends the line."""
    return _HALVES.sub("\ufffd", " ".join(_BREAKS.sub(" ", text).split()))


def comment(text: str, indent: str = "") -> list[str]:
    """Return an explanation as comment lines, folded; `indent` is put before all lines but the first."""
    folded = textwrap.wrap(
        on_one_line(text), WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return [f"# {line}" for line in folded]


def off(lines: Iterable[str]) -> list[str]:
    """Return lines switched off: explanations stay as they are, empty lines stay empty."""
    return [line if not line or line.startswith("# ") else OFF + line for line in lines]


def switched_on(text: str) -> str:
    """Return a manifest's text with every line that is switched off switched on."""
    return re.sub(r"^#(?=[^ \n])", "", text, flags=re.MULTILINE)
