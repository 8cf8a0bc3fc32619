"""Forbid every page to load, or to send, anything from or to a host other than its own."""

import base64
import hashlib

# Before anything is drawn: dark pages must not flash white, and the fonts of the first screen are
# asked for at once. From disk a browser refuses to do so, and takes them when they are used.
FIRST_SCRIPT = """
(() => {
  const root = document.documentElement;
  let mode = "auto";
  try { mode = localStorage.getItem("mode") || mode; } catch { /* storage is forbidden */ }
  const machine = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.mode = mode;
  root.dataset.theme = mode === "auto" ? machine : mode;
  if (location.protocol === "file:") return;
  for (const name of document.currentScript.dataset.fonts.split(" ")) {
    const href = `${root.dataset.content_root}_static/fonts/${name}.woff2`;
    const link = { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href };
    document.head.append(Object.assign(document.createElement("link"), link));
  }
})();
"""


def hash_of(script):
    """Return how a policy names a script that stands in the page."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


POLICY = {
    "default-src": "'none'",
    "script-src": f"'self' {hash_of(FIRST_SCRIPT)}",
    "style-src": "'self' 'unsafe-inline'",  # KaTeX places every sign by a style attribute
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",  # the search reads the pages that it found
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "object-src": "'none'",
}


def add_policy(app, pagename, templatename, context, doctree):
    """Put the policy first, so that it holds for everything behind it."""
    policy = "; ".join(f"{name} {sources}" for name, sources in POLICY.items())
    tag = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    context["metatags"] = f"\n    {tag}{context.get('metatags', '')}"
    context["first_script"] = FIRST_SCRIPT


def setup(app):
    """Register with Sphinx, after everything that adds to a page's head."""
    app.connect("html-page-context", add_policy, priority=960)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
