"""Versions of the book side by side: a page of an older release says that there is a newer."""

import json
from contextlib import ExitStack

import pytest
from audit.server import serve


@pytest.fixture
def published(folder, tmp_path):
    """Return a function that serves the site as each of the versions, newest first."""
    with ExitStack() as servers:

        def published(*versions):
            for name in versions:
                (tmp_path / name).symlink_to(folder)
            (tmp_path / "versions.json").write_text(json.dumps(versions))
            return servers.enter_context(serve(tmp_path))

        yield published


def test_an_older_page_leads_to_the_newest_release(new_page, published):
    home = published("latest", "0.10", "0.9")
    page = new_page(home=home)
    page.goto(home + "0.9/notebooks/01_softmax.html#summary")
    note = page.locator(".older")
    note.wait_for()
    assert note.inner_text() == ("You read version 0.9 of the book. Read this page in the newest.")
    note.get_by_role("link").click()
    page.wait_for_url(home + "0.10/notebooks/01_softmax.html#summary")
    page.wait_for_load_state("networkidle", timeout=60_000)
    assert page.locator(".older").count() == 0


@pytest.mark.parametrize(
    ("versions", "read"),
    [
        (["0.1"], "0.1"),
        (["latest", "0.1"], "0.1"),
        (["latest", "0.1"], "latest"),
        (["latest"], "latest"),
    ],
)
def test_the_newest_release_and_latest_have_no_such_note(new_page, published, versions, read):
    home = published(*versions)
    page = new_page(home=home)
    page.goto(f"{home}{read}/notebooks/01_softmax.html", wait_until="networkidle")
    assert page.locator(".older").count() == 0
