"""Forbid every page to load, or to send, anything from or to a host other than its own."""

import base64
import hashlib

# Before anything is drawn: dark pages must not flash white. The theme's own script comes later.
CHOOSE_THEME = """
(() => {
  const root = document.documentElement;
  let mode = "auto";
  try { mode = localStorage.getItem("mode") || mode; } catch { /* storage is forbidden */ }
  const machine = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.mode = mode;
  root.dataset.theme = mode === "auto" ? machine : mode;
})();
"""


def hash_of(script):
    """Return how a policy names a script that stands in the page."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


POLICY = {
    "default-src": "'none'",
    "script-src": f"'self' {hash_of(CHOOSE_THEME)}",
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
    context["choose_theme"] = CHOOSE_THEME


def setup(app):
    """Register with Sphinx, after everything that adds to a page's head."""
    app.connect("html-page-context", add_policy, priority=960)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
