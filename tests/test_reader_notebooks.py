"""Readers' notebooks say in words what the book says with references."""

import re
from html import unescape

import pytest
from reader_notebooks import ROOT, all_notebooks, for_readers, numbers

CHAPTERS = [path for path in all_notebooks() if path.parent.name == "notebooks"]
LINK = re.compile(r'<a class="reference internal" href="[^"#]*#(?:equation-)?([\w-]+)">(.*?)</a>')


@pytest.fixture(scope="module")
def readers():
    return for_readers(all_notebooks())


def words(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_numbers_are_those_of_the_book(path):
    labels = {k.lower(): v for p, n in all_notebooks().items() for k, v in numbers(p, n)}
    page = ROOT / "_build" / "html" / "notebooks" / f"{path.stem}.html"
    links = LINK.findall(page.read_text(encoding="utf-8"))
    said = [(label, unescape(re.sub(r"<[^>]+>", "", text)).strip()) for label, text in links]
    compared = [label for label, text in said if label in labels and re.search(r"\d", text)]
    assert len(compared) > 5
    for label, text in said:
        if label in compared:
            assert re.match(rf"{re.escape(labels[label])}(?!\d)", text), label


def test_no_reference_is_left_that_only_sphinx_knows(readers):
    for path, notebook in readers.items():
        text = words(notebook)
        assert not re.findall(r"\{(?:doc|eq|numref|ref|term|cite:.)\}`", text), path.name
        assert not re.findall(r"^\$\$ \(", text, re.M), path.name


def test_formulas_carry_their_numbers(readers):
    for path in CHAPTERS:
        labelled = [label for label, said in numbers(path, all_notebooks()[path]) if said[0] == "("]
        tags = re.findall(r"\\tag\{\d+\.(\d+)\}\n\\end\{equation\*\}", words(readers[path]))
        assert tags == [str(place) for place in range(1, len(labelled) + 1)]


def test_publications_are_named(readers):
    first = words(readers[ROOT / "notebooks" / "01_softmax.ipynb"])
    assert "- Blanchard et al. (2021) analyse the rounding errors" in first
    assert "Gutmann and Hyvärinen" in words(readers[ROOT / "notebooks" / "13_scale.ipynb"])


def test_figures_have_captions(readers):
    cells = readers[ROOT / "notebooks" / "01_softmax.ipynb"].cells
    (place,) = (i for i, cell in enumerate(cells) if cell.get("id") == "fig-01-steps")
    assert cells[place].source.startswith("*Fig. 1.1* The scores, their exponentials")
    assert "plt.subplots(1, 3" in cells[place - 1].source


def test_links_lead_to_notebooks_that_the_reader_has(readers):
    some = [path for path in all_notebooks() if path.parent.name != "book"]
    for path, notebook in for_readers(some).items():
        for name in re.findall(r"\]\(([\w./]+\.ipynb)\)", words(notebook)):
            assert (path.parent / name).resolve() in some, f"{path.name}: {name}"


def test_what_the_book_folds_is_folded(readers):
    folded = 0
    for notebook in readers.values():
        for cell in notebook.cells:
            if "hide-cell" in cell.metadata.get("tags", []):
                assert cell.metadata.jupyter == {"source_hidden": True, "outputs_hidden": True}
                folded += 1
    assert folded >= len(CHAPTERS)


def test_the_book_s_own_notebooks_stay_as_they_are():
    before = {path: str(notebook) for path, notebook in all_notebooks().items()}
    for_readers(all_notebooks())
    assert before == {path: str(notebook) for path, notebook in all_notebooks().items()}
