"""Makes an SVG file part of a page: ids of its own, colours by the page's names, nothing that runs or loads."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from sim.reporting import figure_colours as colours

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_ALLOWED = ("svg", "g", "path", "text", "tspan", "use", "rect", "circle", "polygon", "polyline", "line", "defs", "clipPath", "style", "image",
            "linearGradient", "stop", "pattern")  # fmt: skip
_COLOURS = {
    colours.INK: "ink", colours.MUTED: "muted", colours.GRID: "line", colours.MAIN: "main", colours.SECOND: "second", colours.PAPER: "paper",
}  # fmt: skip
ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _XLINK)


def inline_svg(text: str, prefix: str, label: str, recolour: bool) -> str:
    """Return the SVG as an element of a page; `prefix` begins its ids, `label` is read out, `recolour` follows light and dark."""
    root = ElementTree.fromstring(text)
    _prune(root)
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            if name.lower().startswith("on"):
                del element.attrib[name]
            elif name == "id":
                element.set(name, f"{prefix}-{value}")
            elif name in ("href", f"{{{_XLINK}}}href"):
                _keep_inside(element, name, value, prefix)
            elif "url(" in value:
                element.set(name, re.sub(r"url\(#", f"url(#{prefix}-", value))
            if recolour and name in ("style", "fill", "stroke"):
                element.set(name, _by_name(element.attrib.get(name, "")))
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.set("role", "img")
    root.set("aria-label", label)
    return ElementTree.tostring(root, encoding="unicode")


def _prune(element: ElementTree.Element) -> None:
    for child in list(element):
        if str(child.tag).removeprefix(f"{{{_SVG}}}") not in _ALLOWED:
            element.remove(child)
        elif child.tag == f"{{{_SVG}}}style":
            child.text = re.sub(r"@import|url\(|<", "", child.text or "")
            # The file's rule for all elements would reach the whole page.
            child.text = child.text.replace("*{", "svg *{").replace("* {", "svg * {")
        else:
            _prune(child)


def _keep_inside(element: ElementTree.Element, name: str, value: str, prefix: str) -> None:
    if value.startswith("#"):
        element.set(name, f"#{prefix}-{value[1:]}")
    elif not value.startswith("data:image/png;"):
        del element.attrib[name]


def _by_name(value: str) -> str:
    for colour, name in _COLOURS.items():
        value = value.replace(colour, f"var(--{name})")
    return value
