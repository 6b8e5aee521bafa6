"""The documentation site is built without a warning and read without network: every page, and the search."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.compiled]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a freshly built site; skips where the extra is missing."""
    pytest.importorskip("myst_nb", reason="the site needs the extra docs: pip install 'galleria[docs]'")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q", "-c", "docs", ".", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    shutil.rmtree(folder / ".doctrees")
    return folder


def test_every_page_of_the_repository_is_in_the_site_and_under_its_index(site):
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*/*.md"), *(ROOT / "docs").glob("*/*.ipynb")]
    built = [(site / page.relative_to(ROOT)).with_suffix(".html") for page in pages]

    assert [page for page in built if not page.exists()] == []


def test_pages_ask_for_nothing_beyond_themselves(site):
    loaded = re.compile(r"""<(?:script|img|iframe|link rel="stylesheet")[^>]*(?:src|href)="(https?:|//)""")

    assert [page.name for page in site.rglob("*.html") if loaded.search(page.read_text(encoding="utf-8"))] == []


def test_every_page_opens_without_network_or_complaint(site, tab):
    for page in sorted(site.rglob("*.html")):
        opened = tab.open(page)
        opened.wait_for_load_state("load")

        assert opened.locator("h1").count() or page.name in ("index.html", "search.html"), page
        assert not tab.complaints, page
        assert not tab.outside, page


def test_the_first_page_leads_to_the_four_parts(site, tab):
    page = tab.open(site / "index.html")
    page.wait_for_url("**/docs/index.html")

    for part in ("Tutorial", "How-to guides", "Reference", "Explanation"):
        page.locator("article").get_by_role("link", name=part, exact=True).click()
        page.wait_for_load_state("load")
        assert page.locator("h1").inner_text().startswith(part)
        assert page.locator("article li a, article p a").count() > 1
        page.go_back()


def test_the_search_finds_a_parameter_without_network(site, tab):
    page = tab.open(site / "search.html", "?q=jam_density_per_m2")
    page.locator("#search-results li a").first.wait_for()

    assert "Parameters" in page.locator("#search-results").inner_text()


def test_a_page_is_read_on_a_narrow_screen_without_moving_it_sideways(site, tab):
    tab.page.set_viewport_size({"width": 390, "height": 800})
    for name in ("docs/index", "docs/reference/parameters", "docs/reference/command-line", "README"):
        page = tab.open(site / f"{name}.html")

        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
