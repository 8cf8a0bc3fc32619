"""What lets the book be found, shared, linked to and taken along."""

import csv
import os
import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urljoin, urlparse

import discovery
import downloads
import links
import numpy as np
import pytest
import render
import search_words
import yaml
from bs4 import BeautifulSoup
from PIL import Image

from softmax_edu.data import digits

ROOT = Path(__file__).parents[1]
SITE = Path(os.environ.get("SITE", ROOT / "_build" / "html"))
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
BASE = os.environ.get("BOOK_URL", CONFIG["html"]["baseurl"]).rstrip("/") + "/"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(c["file"] for part in TOC["parts"] for c in part["chapters"])]


@cache
def soup_of(name):
    path = SITE / name
    assert path.exists(), f"{name} is not in the site; run: make book"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module", params=PAGES)
def page(request):
    return request.param, soup_of(f"{request.param}.html")


def address(name):
    return BASE if name == TOC["root"] else urljoin(BASE, f"{name}.html")


# Found and shared


def test_page_says_where_it_is_published(page):
    name, soup = page
    assert soup.find("link", rel="canonical")["href"] == address(name)
    assert soup.find("meta", property="og:url")["content"] == address(name)


def test_page_has_a_card_with_its_title(page):
    _, soup = page
    tags = {meta["property"]: meta["content"] for meta in soup.find_all("meta", property=True)}
    assert tags["og:title"] == soup.select_one("article h1").text.removesuffix("#")
    assert len(tags["og:description"]) > 10
    assert tags["og:image"].startswith(BASE)
    with Image.open(SITE / tags["og:image"].removeprefix(BASE)) as picture:
        assert picture.size == (int(tags["og:image:width"]), int(tags["og:image:height"]))


def test_cards_are_those_of_today():
    used = {soup_of(f"{n}.html").find("meta", property="og:image")["content"] for n in PAGES}
    stored = {urljoin(BASE, p.relative_to(SITE).as_posix()) for p in SITE.glob("_images/cards/*")}
    assert stored == used


def test_card_of_the_same_words_has_the_same_bytes(tmp_path):
    words = ("A book", "7 A long title that takes more than one line", "What it is about. " * 9)
    for name in ("one.png", "two.png"):
        discovery.draw_card(*words, tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    discovery.draw_card("A book", "8 Another", "What it is about.", tmp_path / "other.png")
    assert (tmp_path / "one.png").read_bytes() != (tmp_path / "other.png").read_bytes()


def test_icon_for_phones_is_there(page):
    name, soup = page
    link = soup.find("link", rel="apple-touch-icon")["href"]
    with Image.open((SITE / name).parent / link) as picture:
        assert picture.size == (180, 180)


def test_site_map_lists_every_page_once():
    tree = ET.parse(SITE / "sitemap.xml")
    listed = [e.text for e in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert sorted(listed) == sorted(address(name) for name in PAGES)
    assert f"Sitemap: {BASE}sitemap.xml" in (SITE / "robots.txt").read_text().splitlines()


@pytest.mark.parametrize("name", ["404.html", "search.html"])
def test_pages_without_text_are_in_no_site_map_and_say_what_they_are(name):
    soup = soup_of(name)
    assert name not in (SITE / "sitemap.xml").read_text(encoding="utf-8")
    assert soup.find("link", rel="canonical") is None
    assert len(soup.find("meta", attrs={"name": "description"})["content"]) > 20


@pytest.mark.parametrize("given", ["https://x.org/book", "https://x.org/book/"])
def test_address_comes_from_the_environment(monkeypatch, capsys, given):
    monkeypatch.setenv("BOOK_URL", given)
    config = SimpleNamespace(html_baseurl="https://default.example/")
    discovery.set_address(None, config)
    assert config.html_baseurl == "https://x.org/book/"
    assert not capsys.readouterr().err


@pytest.mark.parametrize(
    "given",
    ["foo", "x.org/book", "file:///book", "https://", "https:///book", "https://x.org/a b",
     "https://x.org/?page", "https://x.org/book#top", 'https://x.org/"book'],
)  # fmt: skip
@pytest.mark.parametrize("place", ["environment", "file"])
def test_what_is_no_address_stops_the_build_with_one_line(monkeypatch, given, place):
    config = SimpleNamespace(html_baseurl="https://default.example/")
    if place == "environment":
        monkeypatch.setenv("BOOK_URL", given)
    else:
        monkeypatch.delenv("BOOK_URL", raising=False)
        config.html_baseurl = given
    with pytest.raises(SystemExit) as refusal:
        discovery.set_address(None, config)
    said = str(refusal.value)
    assert "\n" not in said
    for part in ("BOOK_URL", "baseurl in _config.yml", "https://example.org/book/", repr(given)):
        assert part in said


def test_build_says_that_the_default_address_is_in_use(monkeypatch, capsys):
    monkeypatch.delenv("BOOK_URL", raising=False)
    config = SimpleNamespace(html_baseurl="https://default.example/")
    discovery.set_address(None, config)
    said = capsys.readouterr().err
    assert "BOOK_URL" in said
    assert "https://default.example/" in said
    assert said.count("\n") == 1


# The pages at the root


def relative_addresses(soup):
    for tag in soup.find_all(True):
        for attribute in ("href", "src", "action"):
            value = tag.get(attribute)
            if value and not re.match(r"[a-z]+:|#", value):
                yield value


def test_missing_page_works_at_any_depth():
    soup = soup_of("404.html")
    addresses = list(relative_addresses(soup))
    assert len(addresses) > 20
    root = urlparse(BASE).path
    for value in addresses:
        assert value.startswith(root), f"{value} depends on where the page is shown"
        assert (SITE / urlparse(value).path.removeprefix(root)).exists(), value
    assert soup.html["data-content_root"] == root
    assert soup.select_one('article form[action$="search.html"] input[name="q"]')


def test_first_page_stands_at_the_root_too():
    home, copy = soup_of(f"{TOC['root']}.html"), soup_of("index.html")
    assert copy.find("article").text == home.find("article").text
    folder = f"/{TOC['root']}"
    assert [urljoin("/", value) for value in relative_addresses(copy)] == [
        urljoin(folder, value) for value in relative_addresses(home)
    ]


@pytest.mark.parametrize(
    ("before", "folder", "prefix", "after"),
    [
        ('<a href="../notebooks/a.html#x">', "book/", "", '<a href="notebooks/a.html#x">'),
        ('<a href="b.html">', "book/", "", '<a href="book/b.html">'),
        ('<script src="s/s.js?v=1">', "", "/at/", '<script src="/at/s/s.js?v=1">'),
        ('<html data-content_root="../">', "book/", "", '<html data-content_root="./">'),
        ('<html data-content_root="./">', "", "/at/", '<html data-content_root="/at/">'),
        ('<a href="#x">', "book/", "/at/", '<a href="#x">'),
        ('<a href="https://x.org/">', "book/", "/at/", '<a href="https://x.org/">'),
        ('<meta content="a.html">', "book/", "/at/", '<meta content="a.html">'),
    ],
)  # fmt: skip
def test_addresses_move_with_their_page(before, folder, prefix, after):
    assert discovery.moved(before, folder, prefix) == after


# Linked to


def test_every_heading_formula_figure_and_exercise_has_a_link(page):
    _, soup = page
    article = soup.find("article")
    owners = article.select(
        "section[id] > :is(h1, h2, h3, h4, h5), div.math, figure:has(figcaption), div.exercise"
    )
    for owner in owners:
        link = owner.select_one("a.headerlink")
        assert link, f"no link at {owner.text.strip()[:60]!r}"
        target = article.find(id=link["href"].removeprefix("#"))
        assert target is owner or owner in target.children or target in owner.parents
        assert re.match(r"Link to (this \w+|equation \([\d.]+\))$", link["aria-label"])
    names = [link["href"] for link in article.select("a.headerlink")]
    assert len(names) == len(set(names)), "two links lead to the same place"


FORMULA = (
    '<div class="math">\n<span class="katex-display">'
    '<annotation encoding="application/x-tex">{}</annotation></span></div>'
)


def test_formula_keeps_its_name_when_others_come_before_it():
    alone = links.with_named_links(FORMULA.format("a = b"))
    name = BeautifulSoup(alone, "html.parser").div["id"]
    after = links.with_named_links(FORMULA.format("c = d") + FORMULA.format(" a = b\n"))
    assert BeautifulSoup(after, "html.parser").find_all("div")[1]["id"] == name


def test_formula_that_occurs_twice_has_two_names():
    body = links.with_named_links(2 * FORMULA.format("a = b"))
    names = [div["id"] for div in BeautifulSoup(body, "html.parser").find_all("div")]
    assert len(set(names)) == 2


# Searched


def test_words_of_the_search_name_sections_that_exist():
    for page, places in search_words.search_words(ROOT).items():
        assert page in PAGES
        soup = soup_of(f"{page}.html")
        for section, phrases in places:
            assert not section or soup.find(id=section), f"{page} has no section {section}"
            assert len(phrases) == len({phrase.lower() for phrase in phrases})


# Taken along


@pytest.mark.parametrize("source", render.chapters(), ids=lambda path: path.stem)
def test_chapter_offers_its_notebook_and_its_data(source):
    name = source.relative_to(ROOT).with_suffix("").as_posix()
    soup = soup_of(f"{name}.html")
    targets = [
        (SITE / name).parent.joinpath(link["href"]).resolve()
        for link in soup.select(".downloads a")
    ]
    assert targets[0].read_bytes() == source.with_suffix(".ipynb").read_bytes()
    text = source.read_text(encoding="utf-8")
    expected = [f"_downloads/{source.stem}.questions.toml"] if "SelfTest(" in text else []
    expected += [downloads.DATA] if "digits()" in text else []
    assert targets[1:] == [(SITE / path).resolve() for path in expected]
    if "SelfTest(" in text:
        assert targets[1].read_bytes() == source.with_suffix(".questions.toml").read_bytes()


def test_data_is_what_the_chapters_read():
    with (SITE / downloads.DATA).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[:3] == ["part", "label", "row0_column0"]
    assert header[-1] == "row7_column7"
    split = digits()
    for part, X, labels in [
        ("train", split.X_train, split.labels_train),
        ("test", split.X_test, split.labels_test),
    ]:
        chosen = [row for row in rows if row[0] == part]
        np.testing.assert_array_equal(np.array([row[1] for row in chosen], int), labels)
        np.testing.assert_array_equal(np.array([row[2:] for row in chosen], float), X)


def test_data_has_the_same_bytes_each_time():
    assert (SITE / downloads.DATA).read_bytes() == downloads.digits_as_csv().encode()
