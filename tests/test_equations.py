"""Every numbered equation of the book is proven by a cell or a test that names it.

A cell proves with an assertion and the comment `# proves: eq-NAME, eq-OTHER`;
a test proves with the same words in its docstring or in a comment.
"""

import re
from collections import Counter
from pathlib import Path

import pytest
from equations import cells, equations, proven_in

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("notebooks/*.md"), *ROOT.glob("book/*.md")])
TESTS = sorted(path for path in ROOT.glob("tests/*.py") if path != Path(__file__))

REFERENCE = re.compile(r"\{eq\}`(?:[^`<]*<)?([^`>]+)>?`")


def labels(pages):
    """List (label, place) of every labelled equation."""
    return [
        (equation.label, f"{name}:{equation.line}")
        for name, text in pages.items()
        for equation in equations(text)
    ]


def proofs(pages, tests):
    """List (label, place) of every proof."""
    found = []
    for name, text in pages.items():
        for code, line in cells(text):
            found += [(label, f"{name}:{line}") for label in proven_in(code)]
    for name, text in tests.items():
        for function in re.split(r"(?m)^(?=def |class |@)", text):
            if re.match(r"def test_", function):
                found += [(label, name) for label in proven_in(function)]
    return found


def problems(pages, tests):
    """List every equation without proof, proof without equation, and wrong label."""
    equations, proven = labels(pages), proofs(pages, tests)
    names = Counter(label for label, _ in equations)
    covered = {label for label, _ in proven}
    found = [f"{at}: {x} is proven nowhere" for x, at in equations if x not in covered]
    found += [f"{at}: proves {x}, which no equation has" for x, at in proven if x not in names]
    found += [f"{at}: {x} is there twice" for x, at in equations if names[x] > 1]
    found += [f"{at}: {x} should begin with eq-" for x, at in equations if x[:3] != "eq-"]
    for name, text in pages.items():
        found += [
            f"{name}: refers to {x}, which no equation has"
            for x in REFERENCE.findall(text)
            if x not in names
        ]
    return found


def test_every_numbered_equation_is_proven():
    pages = {str(p.relative_to(ROOT)): p.read_text(encoding="utf-8") for p in PAGES}
    tests = {str(p.relative_to(ROOT)): p.read_text(encoding="utf-8") for p in TESTS}
    assert labels(pages), "no equation was found"
    assert not (found := problems(pages, tests)), "\n".join(found)


EQUATION = "$$\na = b\n$$ (eq-a)\n"
CELL_A = "```{code-cell} ipython3\n# proves: eq-a\nassert True\n```\n"


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        (EQUATION, "a.md:3: eq-a is proven nowhere"),
        ("$$ a = b $$ (eq-a)\n", "eq-a is proven nowhere"),
        ("```{math}\n:label: eq-a\na = b\n```\n", "eq-a is proven nowhere"),
        (":::{math}\n:nowrap:\n:label: eq-a\na\n:::\n", "eq-a is proven nowhere"),
        (EQUATION + CELL_A.replace("assert True", "print()"), "eq-a is proven nowhere"),
        (EQUATION + "`# proves: eq-a` in prose", "eq-a is proven nowhere"),
        (CELL_A, "proves eq-a, which no equation has"),
        (EQUATION + EQUATION + CELL_A, "eq-a is there twice"),
        ("$$\na\n$$ (a)\n" + CELL_A.replace("eq-a", "a"), "a should begin with eq-"),
        (EQUATION + CELL_A + "see {eq}`eq-b`", "refers to eq-b"),
    ],
)
def test_guard_sees_a_planted_fault(page, complaint):
    assert any(complaint in problem for problem in problems({"a.md": page}, {}))


@pytest.mark.parametrize(
    ("cell", "test"),
    [
        (CELL_A, ""),
        (CELL_A.replace("eq-a", "eq-z, eq-a"), ""),
        ("", 'def test_a():\n    """a is b (proves: eq-a)."""\n    assert True\n'),
        ("", "@mark\ndef test_a():\n    # proves: eq-a\n    assert True\n"),
    ],
)
def test_guard_sees_a_proof(cell, test):
    page = EQUATION + "$$\nz\n$$ (eq-z)\n" * ("eq-z" in cell) + "see {eq}`eq-a`\n" + cell
    assert problems({"a.md": page}, {"t.py": test}) == []


def test_a_helper_proves_nothing():
    assert problems({"a.md": EQUATION}, {"t.py": "def helper():\n    # proves: eq-a\n    pass\n"})
