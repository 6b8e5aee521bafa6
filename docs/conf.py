"""The documentation site: the Markdown and notebooks of this repository as they are, in four parts, readable without network.

The source folder is the repository, so that a link between two files holds on the code host and on the site alike. An index page is a
plain list of links; the site's tree is read from it, and pages that it forgets come after.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("PYTHONPATH", str(ROOT))  # for the kernels of notebooks

project = "Galleria"
author = "The Galleria authors"
project_copyright = author
html_title = "Galleria"

extensions = ["myst_nb"]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/*.md", "docs/*/*.md", "docs/*/*.ipynb"]
exclude_patterns = [
    ".*",
    "agents",
    "conf",
    "dist",
    "floorplans",
    "outputs",
    "scenarios",
    "sim",
    "tests",
    "docs/_build",
    "**/.*",
]
suppress_warnings = [
    "misc.highlighting_failure",  # what a command prints is no language
    "myst.header",  # a page may begin with a lower heading
]

myst_heading_anchors = 3
nb_execution_mode = "force" if os.environ.get("GALLERIA_EXECUTE") else "off"
nb_execution_raise_on_error = True
nb_execution_timeout = 900
nb_merge_streams = True

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_additional_pages = {"index": "to-docs.html"}
templates_path = ["_templates"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it would fetch pages, which a browser forbids where the site is a folder of files

_LINK = re.compile(r"\]\(([^)\s#]+\.(?:md|ipynb))\)")


def setup(app: Any) -> dict[str, bool]:
    """Give index pages their tree, and notebooks a word on how to run them."""
    app.connect("source-read", _complete)
    return {"parallel_read_safe": True}


def _complete(_app: Any, name: str, source: list[str]) -> None:
    path = ROOT / f"{name}.md"
    if path.name == "index.md":
        source[0] += _tree(path, source[0])
    elif path.with_suffix(".ipynb").exists() and nb_execution_mode == "off":
        source[0] = _told_how_to_run(source[0], name)


def _tree(index: Path, text: str) -> str:
    """Return the hidden tree of an index: the pages that it links to, then those of its folder that it does not."""
    linked = [(index.parent / link).resolve() for link in dict.fromkeys(_LINK.findall(text))]
    beside = [path for ending in ("md", "ipynb") for path in sorted(index.parent.glob(f"*.{ending}"))]
    pages = [page for page in dict.fromkeys([*linked, *beside]) if page != index and _is_child(page, index)]
    names = [os.path.relpath(page.with_suffix(""), index.parent).replace(os.sep, "/") for page in pages]
    lines = ["About Galleria <../README>" if name == "../README" else name for name in names]
    return "\n\n```{toctree}\n:hidden:\n\n" + "\n".join(lines) + "\n```\n"


def _is_child(page: Path, index: Path) -> bool:
    """Say whether a page hangs under an index: pages of its own folder, and under the first index those of the root and the other indices."""
    if index.parent == ROOT / "docs":
        return page.parent == ROOT or page.name == "index.md"
    return page.parent == index.parent


def _told_how_to_run(notebook: str, name: str) -> str:
    """Return the notebook with a note behind its heading that it is shown without results."""
    content = json.loads(notebook)
    words = (
        "```{note}\nThis notebook is shown as it is kept, without results. To see them, run it in the clone: "
        f"`.venv/bin/python -m pip install notebook`, then `.venv/bin/jupyter notebook {name}.ipynb`; or build this site with `make docs execute=1`.\n```"
    )
    content["cells"].insert(1, {"cell_type": "markdown", "id": "how-to-run", "metadata": {}, "source": words})
    return json.dumps(content)
