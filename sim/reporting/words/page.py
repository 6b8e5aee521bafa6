"""A whole page in another language: text between tags and the attributes that are read out; names, code and scripts stay."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from sim.reporting.words.translator import Translator

_CHUNKS = re.compile(
    r'(<(?:style|script|code)\b.*?</(?:style|script|code)>|<[^<>]*\btranslate="no"[^<>]*>[^<]*|<[^<>]+>)', re.DOTALL
)
_READ_OUT = re.compile(r'\b(aria-label|title|placeholder|data-words)="([^"]*)"')


def translated(page: str, words: Translator) -> str:
    """Return the HTML in the translator's language; every word that goes in is escaped as the page's own are."""

    def attribute(found: re.Match[str]) -> str:
        return f'{found[1]}="{_escaped(words.text(html.unescape(found[2])))}"'

    parts = _CHUNKS.split(page)
    for place, part in enumerate(parts):
        if place % 2:
            parts[place] = part if part.startswith(("<style", "<script", "<code")) else _tag(part, attribute)
        elif part.strip():
            parts[place] = _escaped(words.text(html.unescape(part)))
    return "".join(parts)


def _tag(part: str, attribute: Callable[[re.Match[str]], str]) -> str:
    end = part.index(">") + 1
    return _READ_OUT.sub(attribute, part[:end]) + part[end:]


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)
