"""Puts a page's words into another language: messages with places for names and numbers, found in text as a whole or one after another."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sim.reporting.words.quantities import quantity

LANGUAGES = ("en", "zh")
LETTERS_TELLING = 7  # a message with fewer letters of its own could be found in anything: it must fill the text, around numbers
LETTERS_INSIDE = 12  # the same for one that begins with a place
_PLACE = re.compile(r"(\{#?\})")
_STOP = r"(?=$|[.;,:)](?: |$)| ·)"  # after a place at the end
_ENDS = r"(?=$|[ .;,:()·–])"  # after a word at the end
_PAUSES = r"(?=$| )"  # after a mark at the end, so that the point of a number is none
_ANYTHING = r"((?:(?!(?<!\.)\. [A-Z0-9]).)*?)"  # within a sentence
_NUMBER = r"([−+-]?¥?[\d.,]+(?: ?%)?)"
_MARKS = {".": "。", ",": "，", ";": "；", ":": "：", "(": "（", ")": "）", "·": " · ", "–": "–"}
_LISTS = (("; ", "；"), (", ", "、"), (" and ", "和"))
LABEL_MAX = 60  # a longer text is no label, and is taken sentence by sentence
TELLING_NUMBER = 7  # letters that a place for a number alone is worth


class Message(NamedTuple):
    """A message with places, as something to look for."""

    literal: str  # its longest part without places: what does not hold this cannot be it
    letters: int
    pattern: re.Pattern[str]
    ends_open: bool  # with a place
    words: str  # with {0}, {1} ... where the places go


class Translator:
    """The words of one language; `missing` collects text that it has no words for."""

    def __init__(self, messages: Mapping[str, str], names: Iterable[str] = ()) -> None:
        """Take the messages, and names that stay as they are."""
        self._whole = {text: words for text, words in messages.items() if not _PLACE.search(text)}
        self._names = frozenset(names)
        found = [_message(text, words) for text, words in messages.items() if _PLACE.search(text)]
        found += [
            _message(text, words) for text, words in self._whole.items() if sum(map(str.isalpha, text)) >= LETTERS_TELLING
        ]
        self._parts = sorted(found, key=lambda each: (-each.letters, each.pattern.pattern))
        self._known: dict[str, str | None] = {}
        self.missing: set[str] = set()

    def text(self, text: str) -> str:
        """Return text in the language; what there are no words for stays, sentence by sentence, and is noted in `missing`."""
        bare = " ".join(text.split())
        if not re.search("[A-Za-z]", bare) or bare in self._names:
            return text
        found = self._one(bare)
        if found is None and len(bare) <= LABEL_MAX and (value := self._value(bare)) != bare:
            found = value
        if found is None:
            found = "".join(self._sentence(each) for each in re.split(r"(?<=[.:]) (?=[A-Z0-9¥])", bare))
        return text[: len(text) - len(text.lstrip())] + found + text[len(text.rstrip()) :]

    def _sentence(self, text: str) -> str:
        found = self._one(text)
        if found is None:
            self.missing.add(text)
            return f"{text} "
        return found

    def _one(self, text: str) -> str | None:
        """Return the words of a text that is a message, a quantity, or messages one after another; None where it is none."""
        if text not in self._known:
            self._known[text] = None  # what leads back to itself leads nowhere
            self._known[text] = self._found(text)
        return self._known[text]

    def _found(self, text: str) -> str | None:
        if not text:
            return ""
        if not re.search("[A-Za-z]", text):
            return self._marked(text)
        whole = self._whole.get(text) or self._whole.get(text[:1].lower() + text[1:])
        if whole is not None:
            return whole
        measured = quantity(text)
        if measured is not None:
            return measured
        if text.endswith(":") and (said := self._one(text[:-1])) is not None:
            return f"{said}："
        for message in self._parts:
            if message.literal not in text:
                continue
            # A place at the end takes as little as it can, one before the end as much: "of 1.5 m" is no end of a sentence.
            ways = (message.pattern.match, message.pattern.fullmatch)
            for match in (way(text) for way in (ways if message.ends_open else ways[::-1])):
                if match is None or not self._fits(message, match, text):
                    continue
                rest = self._one(text[match.end() :].lstrip(" "))
                if rest is not None:
                    return _joined(message.words.format(*(self._value(each) for each in match.groups())), rest)
        mark = _MARKS.get(text[0])
        rest = self._one(text[1:].lstrip(" ")) if mark else None
        return None if rest is None else f"{mark}{rest}"

    def _fits(self, message: Message, match: re.Match[str], text: str) -> bool:
        if message.letters >= (LETTERS_INSIDE if message.pattern.pattern.startswith("(") else LETTERS_TELLING):
            return True
        return match.end() == len(text) and all(self._is_plain(each) for each in match.groups())

    def _is_plain(self, value: str) -> bool:
        return not re.search("[A-Za-z]", value) or value in self._names or value in self._whole or quantity(value) is not None

    def _marked(self, text: str) -> str:
        """Return marks and numbers with the marks of the language where they end a clause."""
        return re.sub(r"([.,;:])(?= |$)(?: )?", lambda found: _MARKS[found[1]], text)

    def _value(self, value: str) -> str:
        """Return what stands in a message's place: names and numbers as they are, words in the language."""
        if not re.search("[A-Za-z]", value) or value in self._names:
            return value
        if value in self._whole:
            return self._whole[value]
        for mark, joined in _LISTS:
            parts = [self._one(each) for each in value.split(mark)]
            if len(parts) > 1 and None not in parts:
                return joined.join(str(each) for each in parts)
        found = self._one(value)
        if found is not None:
            return found
        for mark, joined in _LISTS:
            if mark in value:
                return joined.join(self._value(each) for each in value.split(mark))
        told = re.fullmatch(r"(.+?) \((.+)\)", value)
        if told:
            return f"{self._value(told[1])}（{self._value(told[2])}）"
        counted = re.fullmatch(r"([A-Za-z][A-Za-z ]*) ([\d.,]+ ?%?)", value)
        if counted:
            return f"{self._value(counted[1])} {counted[2]}"
        counting = re.fullmatch(r"([\d.,]+) ([a-z].*)", value)
        return f"{counting[1]} {self._value(counting[2])}" if counting else value


def _joined(words: str, rest: str) -> str:
    """Return both, with a space where a number or a name follows words."""
    return (
        f"{words} {rest}"
        if rest[:1].isascii() and rest[:1].isalnum() and not words.endswith(("。", "，", "；", "："))
        else words + rest
    )


def _message(text: str, words: str) -> Message:
    parts = _PLACE.split(text)
    literals = parts[::2]
    places = {"{}": _ANYTHING, "{#}": _NUMBER}
    end = _STOP if text.endswith("}") else _PAUSES if text[-1] in ".,;:" else _ENDS
    pattern = "".join(places.get(part) or re.escape(part) for part in parts) + end
    letters = sum(character.isalpha() for part in literals for character in part) + TELLING_NUMBER * parts.count("{#}")
    escaped = words if "{" in text else words.replace("{", "{{").replace("}", "}}")
    return Message(max(literals, key=len), letters, re.compile(pattern), text.endswith("}"), escaped)


@lru_cache(maxsize=len(LANGUAGES))
def messages(language: str) -> dict[str, str]:
    """Return the messages of a language: English text, `{}` where names and numbers go -> words, {0}, {1} ... where they go."""
    found: dict[str, str] = json.loads((Path(__file__).parent / f"{language}.json").read_text(encoding="utf-8"))
    return found


def text_of(language: str, names: Iterable[str] = ()) -> Callable[[str], str]:
    """Return what puts English text into a language."""
    return str if language == LANGUAGES[0] else Translator(messages(language), names).text
