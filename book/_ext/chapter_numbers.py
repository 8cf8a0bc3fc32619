"""Number equations, figures and exercises by chapter: (5.3) is the third equation of chapter 5.

Sphinx counts them through the whole book, so that a new figure in chapter 1 would renumber all
later ones. The number of a chapter is the one in its file's name, notebooks/05_cross_entropy.
"""

import re


def restore_running_numbers(app, env):
    """Give Sphinx its own numbers back, with which it finds out what has changed."""
    env.toc_fignumbers = getattr(env, "running_numbers", env.toc_fignumbers)
    return []


def number_by_chapter(app, env):
    """Replace the running numbers by chapter and place in the chapter."""
    env.running_numbers = env.toc_fignumbers
    env.toc_fignumbers = {
        docname: {kind: by_place(docname, numbers) for kind, numbers in kinds.items()}
        for docname, kinds in env.running_numbers.items()
    }
    return []


def by_place(docname, numbers):
    """Number the things of one kind on one page, in their order, after the page's chapter."""
    chapter = re.search(r"/(\d\d)_", docname)
    ordered = sorted(numbers, key=numbers.get)
    prefix = (int(chapter[1]),) if chapter else ()
    return {name: (*prefix, place) for place, name in enumerate(ordered, start=1)}


def setup(app):
    """Register with Sphinx: before and after its own numbering (priority 500)."""
    app.connect("env-get-updated", restore_running_numbers, priority=100)
    app.connect("env-get-updated", number_by_chapter, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
