"""Versions of the book side by side: a page of an older one says that there is a newer."""

import json

import pytest
from audit.server import serve


@pytest.fixture
def published(folder, tmp_path):
    """Serve the site twice, as version 0.1 and as the latest."""
    for name in ("0.1", "latest"):
        (tmp_path / name).symlink_to(folder)
    (tmp_path / "versions.json").write_text(json.dumps(["latest", "0.1"]))
    with serve(tmp_path) as address:
        yield address


def test_an_older_page_leads_to_the_newest(new_page, published):
    page = new_page(home=published)
    page.goto(published + "0.1/notebooks/01_softmax.html#summary")
    note = page.locator(".older")
    note.wait_for()
    assert note.inner_text() == ("You read version 0.1 of the book. Read this page in the newest.")
    note.get_by_role("link").click()
    page.wait_for_url(published + "latest/notebooks/01_softmax.html#summary")
    page.wait_for_load_state("networkidle", timeout=60_000)
    assert page.locator(".older").count() == 0
