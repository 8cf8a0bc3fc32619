"""The book's own Sphinx extensions, on small documents."""

import chapter_numbers
import formula_index
import pytest
import static_site
from docutils import nodes
from equations import cells, equations, proven_in

PAGE = """# 3 Chapter

## Section

$$ a = b $$ (eq-03-a)

```{code-cell} ipython3
# proves: eq-03-a
assert True  # $$ no formula $$ (eq-03-none)
```

### Deeper

```{math}
:label: eq-03-B
c
```

$$
d \\\\
e
$$ (eq-03-d)
"""


def test_punctuation_stays_with_its_formula_even_if_two_texts_are_alike():
    long = "x" * 30
    paragraph = nodes.paragraph("", "")
    for formula in (long, "a", "b"):
        paragraph += [nodes.math(formula, formula), nodes.Text(". A")]
    static_site.keep_punctuation(None, nodes.section("", paragraph), "page")
    assert [child.astext() for child in paragraph] == [long, ". A", "a.", " A", "b.", " A"]


def test_a_long_formula_may_break_from_its_punctuation():
    paragraph = nodes.paragraph("", "", nodes.math("x" * 30, "x" * 30), nodes.Text(". A"))
    static_site.keep_punctuation(None, nodes.section("", paragraph), "page")
    assert [child.astext() for child in paragraph] == ["x" * 30, ". A"]


def test_things_are_numbered_by_chapter_and_place():
    running = {"fig-b": (9,), "fig-a": (7,)}
    assert chapter_numbers.by_place("notebooks/05_x", running) == {
        "fig-a": (5, 1),
        "fig-b": (5, 2),
    }
    assert chapter_numbers.by_place("book/index", {"fig": (3,)}) == {"fig": (1,)}


def test_equations_are_read_with_their_headings():
    assert [(e.label, e.tex, e.heading) for e in equations(PAGE)] == [
        ("eq-03-a", "a = b", "Section"),
        ("eq-03-B", "c", "Deeper"),
        ("eq-03-d", "d \\\\\ne", "Deeper"),
    ]


def test_only_a_cell_that_asserts_proves():
    ((code, line),) = cells(PAGE)
    assert (proven_in(code), line) == (["eq-03-a"], 7)
    assert proven_in(code.replace("assert", "print")) == []


def test_the_page_of_formulas_has_each_with_its_proof(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "03_chapter.md").write_text(PAGE)
    text = formula_index.formulas(tmp_path)
    assert text.count("$$") == 6
    assert "## 3 Chapter" in text
    assert text.index("**Section**") < text.index("a = b") < text.index("**Deeper**")
    assert "{eq}`eq-03-a`, {ref}`proof <proof-eq-03-a>`:" in text
    assert "{eq}`eq-03-d`, proof among the tests of the package:" in text


@pytest.mark.parametrize(("docname", "filled"), [("book/formulas", True), ("book/other", False)])
def test_only_its_page_is_filled(tmp_path, docname, filled):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "03_chapter.md").write_text(PAGE)
    app = type("App", (), {"confdir": str(tmp_path)})
    source = [f"before\n{formula_index.MARK}\nafter"]
    formula_index.fill_page(app, docname, source)
    assert ("a = b" in source[0]) is filled


def test_a_formula_that_is_proven_twice_has_one_place_to_link_to():
    domain = type("Domain", (), {"anonlabels": {}})
    env = type("Env", (), {"docname": "page", "get_domain": lambda self, name: domain})()
    ((code, _),) = cells(PAGE)
    made = [
        nodes.container("", nodes.literal_block(code, code), nb_element="cell_code")
        for _ in range(2)
    ]
    formula_index.name_proofs(type("App", (), {"env": env}), nodes.section("", *made))
    assert [cell["ids"] for cell in made] == [["proof-eq-03-a"], []]
    assert domain.anonlabels == {"proof-eq-03-a": ("page", "proof-eq-03-a")}
