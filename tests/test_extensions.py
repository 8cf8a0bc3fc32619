"""The book's own Sphinx extensions, on small documents."""

import chapter_numbers
import downloads
import formula_index
import page_weight
import pytest
import security_policy
import static_site
import valid_html
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


def test_a_macro_that_katex_does_not_know_is_a_warning_which_stops_the_build(monkeypatch):
    warnings = []
    monkeypatch.setattr(static_site.logger, "warning", lambda *args, **_: warnings.append(args))
    unknown = '<span class="katex-error" title="ParseError: no \\\\sofmax" style="color:#cc0000">'
    context = {"metatags": "", "body": f"{unknown}x</span>"}
    static_site.describe_page(None, "page", "page.html", context, None)
    assert "ParseError: no" in str(warnings)
    static_site.describe_page(None, "page", "page.html", context | {"body": "x"}, None)
    assert len(warnings) == 1


def test_a_page_without_a_paragraph_is_described_by_the_book_s_title():
    page = nodes.section("", nodes.paragraph("", "", nodes.math("a", "a")))
    assert static_site.first_paragraph(page, "Q & A") == "A chapter of Q &amp; A"
    page += nodes.paragraph("", 'It says "a < b".')
    assert static_site.first_paragraph(page, "Q & A") == "It says &quot;a &lt; b&quot;."


def table(heads, *rows):
    cells = [f"<tr>{''.join(f'<td><p>{cell}</p></td>' for cell in row)}</tr>" for row in rows]
    head = "".join(f'<th class="head"><p>{name}</p></th>' for name in heads)
    body = f"<thead>\n<tr>{head}</tr></thead><tbody>{''.join(cells)}</tbody>"
    return f'<table class="table">\n{body}</table>'


def test_cells_of_a_wide_table_name_their_column():
    long = "words " * 12
    formula = "<math>x<annotation>x</annotation></math><span>x</span>"
    wide = table(
        ["way", "it <b>needs</b>", f"{formula} &amp; y"], ["a", long, "b"], ["c", "d", "e"]
    )
    made = static_site.TABLE.sub(static_site.named_cells, wide)
    assert '<table class="table by-rows">' in made
    for row in (["a", long, "b"], ["c", "d", "e"]):
        assert (
            f'<tr><td><p>{row[0]}</p></td><td data-head="it needs"><p>{row[1]}</p></td>'
            f'<td data-head="x &amp; y"><p>{row[2]}</p></td></tr>'
        ) in made


@pytest.mark.parametrize(
    "narrow",
    [
        table(["a", "b"], ["words " * 12, "c"]),
        table("abc", ["1", "2", f"<i id='{'x' * 90}'>3</i>"]),
    ],
)
def test_a_narrow_table_stays_as_it_is(narrow):
    assert static_site.TABLE.sub(static_site.named_cells, narrow) == narrow


# Light, private and valid pages

SIZES = {"a.png": (640, 480), "b.svg": (0, 0)}


def test_pictures_have_their_size_and_wait_until_they_are_near():
    early = page_weight.reserve_space('<img alt="A" src="../_images/a.png" />', SIZES)
    assert (
        early == '<img decoding="async" width="640" height="480" alt="A" src="../_images/a.png" />'
    )
    late = page_weight.reserve_space('<img src="x/a.png"><h2>Two</h2><img src="x/a.png">', SIZES)
    assert [p.count("lazy") for p in late.split("<h2>")] == [0, 1]


@pytest.mark.parametrize(
    "tag", ['<img src="b.svg">', '<img width="9" src="a.png">', '<img src="c">']
)
def test_a_picture_of_unknown_or_given_size_keeps_it(tag):
    assert page_weight.reserve_space(tag, SIZES) == tag.replace("<img", '<img decoding="async"')


def test_addresses_in_style_sheets_begin_where_the_bundle_lies():
    css = "a{b:url(../webfonts/f.woff2)} c{d:url('e.png')} g{h:url(data:image/png,x)}"
    moved = page_weight.with_font_paths(css, "vendor/icons/css/all.css?v=1")
    assert moved == (
        "a{b:url(vendor/icons/webfonts/f.woff2)} c{d:url(vendor/icons/css/e.png)} "
        "g{h:url(data:image/png,x)}"
    )


def test_style_rules_stay_if_pages_or_scripts_use_them(tmp_path):
    app = type("App", (), {"confdir": str(page_weight.Path(__file__).parents[1])})
    words = page_weight.words_of(['<p class="used">unused</p>'], ["x.classList.add('shown')"])
    css = ".used{color:red} .shown{color:red} .unused{color:red} p.used:hover{color:blue}"
    small = page_weight.run_node(app, css, sorted(words), {"a.js": "const kept = 1 + 1; // no"})
    assert small["css"].strip() == ".used,.shown{color:red}p.used:hover{color:#00f}"
    assert "kept" in small["js"]["a.js"]
    assert "no" not in small["js"]["a.js"]


@pytest.mark.parametrize(
    ("selector", "kept"),
    [
        (":focus-visible", ":focus-visible"),
        (":target", ":target"),
        (":is(p, .unused):focus-visible", ":is(p):focus-visible"),
        (":where(p):hover", ":where(p):hover"),
        (":not(.shown):hover", ":not(.shown):hover"),
        (":is(.unused, #unused):hover", ""),
        (".unused:focus-visible", ""),
        (".unused :target", ""),
    ],
)
def test_a_rule_that_names_nothing_may_be_meant_for_all_and_stays(selector, kept):
    app = type("App", (), {"confdir": str(page_weight.Path(__file__).parents[1])})
    small = page_weight.run_node(app, f"{selector}{{color:red}}", ["p"], {})
    assert small["css"].strip() == (f"{kept}{{color:red}}" if kept else "")


def test_a_script_that_cannot_be_read_stops_the_build():
    app = type("App", (), {"confdir": str(page_weight.Path(__file__).parents[1])})
    with pytest.raises(page_weight.ExtensionError, match="could not be made"):
        page_weight.run_node(app, "", [], {"a.js": "const = 1"})


def test_the_policy_names_no_host_and_lets_the_first_script_run():
    context = {"metatags": "<meta>"}
    security_policy.add_policy(None, "page", "page.html", context, None)
    assert security_policy.hash_of(context["first_script"]) in context["metatags"]
    assert "http:" not in context["metatags"].replace("http-equiv", "")
    assert "https:" not in context["metatags"]
    assert "unsafe-eval" not in context["metatags"]
    # the hash of the empty script, as sha256sum and base64 give it
    assert security_policy.hash_of("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"


@pytest.mark.parametrize(
    ("fault", "mended"),
    [
        ("<p><ul><li>a</li></ul>\n</p>", "<ul><li>a</li></ul>"),
        ('<section id="solution-content">', '<section class="solution-content">'),
        ('<div role="doc-biblioentry">', '<div role="listitem">'),
        ('<th class="head text-left"><p></p></th>', "<td></td>"),
        (
            "<msub><mi>arg max</mi><mo>\u2061</mo><mi>i</mi></msub>",
            "<msub><mi>arg max</mi><mi>i</mi></msub>",
        ),
        (
            "<msub><mi>x</mi><mi>max</mi><mo>\u2061</mo></msub>",
            "<msub><mi>x</mi><mi>max</mi></msub>",
        ),
        ('<span class="vlist" style="height:-0.2em;">', '<span class="vlist">'),
        ('<a href="x&lt;1&gt;2">a &lt; b</a>', '<a href="x%3C1%3E2">a &lt; b</a>'),
        (
            '<summary aria-label="Toggle hidden content">\n<p class="collapsed">Show</p>\n'
            '<p class="expanded">Hide</p>\n</summary>',
            '<summary><span class="collapsed">Show</span>'
            '<span class="expanded">Hide</span></summary>',
        ),
    ],
)
def test_faulty_markup_is_mended(fault, mended):
    assert valid_html.mend(fault) == mended
    assert valid_html.mend(mended) == mended


def test_the_start_line_has_an_address_or_says_that_it_has_none():
    begin = 'uvx --from "softmax-edu[lab] @ '
    (line,) = downloads.start_line("https://example.org/scores/")
    assert line.startswith(f"{begin}https://example.org/scores/_downloads/softmax_edu-")
    line, note = downloads.start_line("https://softmax.example/")
    assert line.startswith(f"{begin}ADDRESS/_downloads/softmax_edu-")
    assert "built without an address" in note
