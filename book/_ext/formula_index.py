"""Fill the page of all formulas: each with its derivation and the cell that proves it.

The page is written anew from the sources in every build, so it cannot fall behind them.
"""

from pathlib import Path

from docutils import nodes
from equations import HEADING, cells, equations, proven_in

PAGE = "book/formulas"
MARK = "<!-- every labelled formula of the chapters -->"


def fill_page(app, docname, source):
    """Put the formulas where the page says so."""
    if docname == PAGE:
        source[0] = source[0].replace(MARK, formulas(Path(app.confdir)))


def formulas(root):
    """Write all formulas as MyST, chapter by chapter."""
    pages = {p: p.read_text(encoding="utf-8") for p in sorted(root.glob("notebooks/*.md"))}
    proven = {
        label for text in pages.values() for code, _ in cells(text) for label in proven_in(code)
    }
    lines = []
    for text in pages.values():
        heading = HEADING.search(text)[1]
        lines += ["", f"## {heading}"]
        for equation in equations(text):
            if equation.heading != heading:
                heading = equation.heading
                lines += ["", f"**{heading}**"]
            proof = (
                f"{{ref}}`proof <{proof_name(equation.label)}>`"
                if equation.label in proven
                else "proof among the tests of the package"
            )
            lines += ["", f"{{eq}}`{equation.label}`, {proof}:", "", "$$", equation.tex, "$$"]
    return "\n".join(lines)


def proof_name(label):
    """Name the place of a proof, as Sphinx spells names."""
    return f"proof-{label}".lower()


def name_proofs(app, doctree):
    """Give each cell that proves an equation a name to link to; the first proof gets it."""
    domain = app.env.get_domain("std")
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        code = "\n".join(block.astext() for block in cell.findall(nodes.literal_block))
        for label in proven_in(code):
            name = proof_name(label)
            if name not in domain.anonlabels:
                domain.anonlabels[name] = app.env.docname, name
                cell["ids"].append(name)


def is_outdated(app, env, added, changed, removed):
    """Read the page anew whenever a chapter changed."""
    chapters = {name for name in added | changed | removed if name.startswith("notebooks/")}
    return [PAGE] if chapters and PAGE in env.found_docs else []


def setup(app):
    """Register with Sphinx."""
    app.connect("source-read", fill_page)
    app.connect("doctree-read", name_proofs)
    app.connect("env-get-outdated", is_outdated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
