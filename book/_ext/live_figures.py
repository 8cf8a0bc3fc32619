"""Bring the live figures onto the pages: drawn at build time, moved by a script of the page."""

import html
import json
import re
import subprocess
from pathlib import Path

import sphinxcontrib.katex
from docutils import nodes
from docutils.parsers.rst import Directive, directives
from sphinx.errors import ExtensionError

import softmax_edu.figures
from softmax_edu.figures import modules

HERE = Path(__file__).parent
SHARED = ("kit.js", "mathematics.js")
# What `static_html` of a figure begins and ends with; there is no other <div> inside.
PLACE = re.compile(
    r'<div class="live-figure" data-figure="(\w+)" data-state="([^"]*)">(.*?)</div>', re.S
)
# A link to another chapter, or to something in it, as it works in Jupyter.
CHAPTER_LINK = re.compile(r'<a href="(\d\d_\w+)\.ipynb(?:#([\w-]+))?">(.*?)</a>', re.S)


def shared_script():
    """Join what all figures of a page use: one classic script, which works from disk too."""
    names = [
        name
        for file in SHARED
        for name in re.findall(r"^export (?:function|const) (\w+)", modules.source(file), re.M)
    ]
    parts = [modules.without_imports(file) for file in SHARED]
    parts.append((HERE / "live_figures_host.js").read_text(encoding="utf-8"))
    parts.append(f"return {{ start, {', '.join(names)} }};")
    return '"use strict";\nconst softmaxFigures = (() => {\n' + "\n".join(parts) + "\n})();\n"


def figure_script(name):
    """Turn the module of a figure into a classic script that starts it on its page."""
    body = modules.source(f"{name}.js")
    body = re.sub(
        r'^import (\{[^}]*\}) from "\./(\w+\.js)";$',
        lambda m: f"const {m[1]} = softmaxFigures;" if m[2] in SHARED else _unknown(name, m[2]),
        body,
        flags=re.M,
    )
    body = re.sub(r"^export default ", "const exported = ", body, flags=re.M)
    body = re.sub(r"^export ", "", body, flags=re.M)
    return f'(() => {{\n{body}\nsoftmaxFigures.start("{name}", exported);\n}})();\n'


def _unknown(name, module):
    raise ExtensionError(f"{name}.js imports {module}; pages only have {', '.join(SHARED)}")


def draw(places, katex):
    """Let the figures' own modules draw them, in the Node that also sets the formulas."""
    wanted = [
        {"figure": name, "state": json.loads(html.unescape(state)), "still": still}
        for name, state, still in places
    ]
    result = subprocess.run(
        [
            sphinxcontrib.katex.NODEJS_BINARY,
            "--no-warnings",
            HERE / "live_figures_draw.mjs",
            modules.FOLDER,
            katex,
        ],
        input=json.dumps(wanted),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if result.returncode:
        raise ExtensionError(f"a live figure cannot be drawn:\n{result.stderr}")
    return json.loads(result.stdout)


def katex_module(app):
    """Find KaTeX as a module for Node."""
    return str(Path(app.confdir, "book/node/node_modules/katex/dist/katex.mjs"))


def with_site_links(app, pagename, drawn):
    """Let links to notebooks lead to their pages, and name formulas by their numbers too."""

    def replace(match):
        chapter, label, text = match.groups()
        docname = f"notebooks/{chapter}"
        address = app.builder.get_relative_uri(pagename, docname)
        if not label:
            return f'<a href="{address}">{text}</a>'
        numbers = app.env.toc_fignumbers.get(docname, {})
        if number := numbers.get("displaymath", {}).get(f"equation-{label}"):
            label = f"equation-{label}"
            text += f" ({'.'.join(map(str, number))})"
        elif label not in numbers.get("figure", {}):
            raise ExtensionError(f"a live figure of {pagename} links to {label}: not in {docname}")
        if docname == pagename:
            address = ""
        return f'<a href="{address}#{label}">{text}</a>'

    return CHAPTER_LINK.sub(replace, drawn)


def bring_to_life(app, pagename, templatename, context, doctree):
    """Draw the figures of a page, and add the scripts that move them."""
    body = context.get("body") or ""
    places = tuple(PLACE.findall(body))
    if not places:
        return
    drawn = (with_site_links(app, pagename, each) for each in draw(places, katex_module(app)))
    context["body"] = PLACE.sub(
        lambda m: (
            f'<div class="live-figure" data-figure="{m[1]}" data-state="{m[2]}">{next(drawn)}</div>'
        ),
        body,
    )
    if app.builder.format == "html":
        for name in ("shared", *dict.fromkeys(name for name, *_ in places)):
            app.add_js_file(f"figures/{name}.js", loading_method="defer")


def write_scripts(app):
    """Put the figures' scripts and style into the site."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir, "_static", "figures")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shared.js").write_text(shared_script(), encoding="utf-8")
    (folder / "figures.css").write_text(modules.source("figures.css"), encoding="utf-8")
    for name in softmax_edu.figures.__all__:
        module = getattr(softmax_edu.figures, name).module.removesuffix(".js")
        (folder / f"{module}.js").write_text(figure_script(module), encoding="utf-8")


class LiveFigureDirective(Directive):
    """Place a live figure on a page that is no notebook; the content is its caption."""

    required_arguments = 1
    has_content = True
    option_spec = {"name": directives.unchanged}  # noqa: RUF012

    def run(self):
        """Make a figure of the class that is named."""
        try:
            figure = getattr(softmax_edu.figures, self.arguments[0])()
        except AttributeError:
            known = ", ".join(softmax_edu.figures.__all__)
            raise self.error(f"no live figure {self.arguments[0]}; there are {known}") from None
        node = nodes.figure("", nodes.raw("", figure.static_html(), format="html"))
        caption = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, caption)
        node += nodes.caption("", "", *(child for p in caption for child in p.children))
        self.add_name(node)
        return [node]


def setup(app):
    """Register with Sphinx; before what trims the pages."""
    app.add_directive("live-figure", LiveFigureDirective)
    app.connect("builder-inited", write_scripts)
    app.connect("html-page-context", bring_to_life, priority=400)
    app.add_css_file("figures/figures.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
