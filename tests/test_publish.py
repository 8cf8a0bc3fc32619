"""Versions of the book lie side by side: publishing one leaves the others as they are."""

import errno
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import publish
import pytest
import yaml

ROOT = Path(__file__).parents[1]


@pytest.fixture
def site(tmp_path):
    """Give a maker of small sites, each like a built one in what publishing reads of it."""

    def make(version, word="", base="https://x.org/book"):
        folder = tmp_path / f"site of {version} {word}"
        (folder / "_static").mkdir(parents=True)
        (folder / "_static/page.js").write_text("0;")
        (folder / "index.html").write_text(
            f'<!DOCTYPE html>\n<html lang="de" data-content_root="./">\n{word}'
            f'<link rel="canonical" href="{base}/{version}/" />'
            '<meta property="og:site_name" content="Q &amp; A, Step by Step">'
        )
        (folder / "404.html").write_text(f'<a href="/book/{version}/index.html">')
        (folder / "robots.txt").write_text(f"Sitemap: {base}/{version}/sitemap.xml\n")
        return folder

    return make


@pytest.fixture
def tree(tmp_path):
    return tmp_path / "tree"


def contents(folder):
    """Read every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_version_is_the_site_in_a_folder_of_its_name(site, tree):
    made = site("0.1")
    publish.publish(made, tree, "0.1")
    assert contents(tree / "0.1") == contents(made)
    assert {path.name for path in tree.iterdir()} == {
        "0.1", "index.html", "404.html", "robots.txt", "versions.json", ".nojekyll"
    }  # fmt: skip


def test_other_versions_and_foreign_files_stay_as_they_are(site, tree):
    publish.publish(site("0.1"), tree, "0.1")
    (tree / "CNAME").write_text("x.org")
    before = contents(tree / "0.1")
    publish.publish(site("0.2"), tree, "0.2")
    publish.publish(site("latest"), tree, "latest")
    assert contents(tree / "0.1") == before
    assert (tree / "CNAME").read_text() == "x.org"


def test_a_version_is_replaced_whole(site, tree):
    old = site("0.1", "old")
    (old / "gone.html").write_text("gone")
    publish.publish(old, tree, "0.1")
    new = site("0.1", "new")
    publish.publish(new, tree, "0.1")
    assert contents(tree / "0.1") == contents(new)


def test_a_run_that_was_stopped_does_no_harm(site, tree):
    (tree / ".coming-0.1").mkdir(parents=True)
    (tree / ".coming-0.1/half.html").write_text("half of a site")
    publish.publish(site("0.1"), tree, "0.1")
    assert not (tree / ".coming-0.1").exists()
    assert not (tree / "0.1/half.html").exists()


def test_a_full_disk_leaves_what_is_published(site, tree, monkeypatch):
    publish.publish(site("0.1", "old"), tree, "0.1")
    before = contents(tree)

    def half_of_it(source, target):
        Path(target).mkdir()
        (Path(target) / "index.html").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    new = site("0.1", "new")
    with monkeypatch.context() as full:
        full.setattr(shutil, "copytree", half_of_it)
        with pytest.raises(OSError, match="No space"):
            publish.publish(new, tree, "0.1")
    assert contents(tree) == before
    publish.publish(new, tree, "0.1")
    assert contents(tree / "0.1") == contents(new)


def test_versions_are_listed_newest_first(site, tree):
    for version in ("0.9", "latest", "0.10", "1.0"):
        publish.publish(site(version), tree, version)
    (tree / "assets").mkdir()
    (tree / "assets/index.html").write_text("no version")
    publish.publish(site("0.2"), tree, "0.2")
    assert json.loads((tree / "versions.json").read_text()) == [
        "latest", "1.0", "0.10", "0.9", "0.2"
    ]  # fmt: skip


def test_root_leads_to_the_newest_version_without_a_script_under_any_address(site, tree):
    publish.publish(site("0.2"), tree, "0.2")
    publish.publish(site("0.1"), tree, "0.1")
    page = (tree / "index.html").read_text()
    assert '<meta http-equiv="refresh" content="0; url=0.2/">' in page
    assert '<a href="0.2/">Q &amp; A, Step by Step</a>' in page
    assert '<link rel="canonical" href="https://x.org/book/0.2/">' in page
    assert '<html lang="de">' in page
    assert "<script" not in page
    publish.publish(site("latest"), tree, "latest")
    assert "url=latest/" in (tree / "index.html").read_text()
    for name in ("404.html", "robots.txt"):
        assert "/book/latest/" in (tree / name).read_text()


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../0.1", "/0.1", "0.1/", "0.1.0", "v0.1", "01.2", "Latest", "0.1\n"]
)
def test_other_names_are_refused(site, tree, name):
    with pytest.raises(ValueError, match="version is"):
        publish.publish(site("0.1"), tree, name)
    assert not tree.exists()


def test_a_site_that_says_it_is_elsewhere_is_refused(site, tree):
    with pytest.raises(ValueError, match=r"book/0\.1/; build it with BOOK_URL=https://…/latest/"):
        publish.publish(site("0.1"), tree, "latest")
    assert not tree.exists()


def test_what_is_no_site_is_refused(tmp_path, tree):
    with pytest.raises(ValueError, match="make book"):
        publish.publish(tmp_path, tree, "0.1")


def test_a_tree_inside_the_site_or_around_it_is_refused(site):
    made = site("0.1")
    for tree in (made, made / "tree"):
        with pytest.raises(ValueError, match="folder elsewhere"):
            publish.publish(made, tree, "0.1")
    with pytest.raises(ValueError, match="build it elsewhere"):
        publish.publish(made, made.parent, "0.1")


def test_a_site_that_was_published_otherwise_is_not_overwritten(site, tree):
    tree.mkdir()
    (tree / "index.html").write_text("mine")
    with pytest.raises(ValueError, match="a site of its own"):
        publish.publish(site("0.1"), tree, "0.1")
    assert contents(tree) == {"index.html": b"mine"}


def test_a_folder_of_the_name_that_is_no_site_is_not_lost(site, tree):
    (tree / "0.1").mkdir(parents=True)
    (tree / "0.1/notes.txt").write_text("mine")
    with pytest.raises(ValueError, match="would be lost"):
        publish.publish(site("0.1"), tree, "0.1")
    assert contents(tree) == {"0.1/notes.txt": b"mine"}


def test_the_command_says_what_it_did_and_what_was_wrong(site, tree):
    def run(*arguments):
        return subprocess.run(
            [sys.executable, ROOT / "tools/publish.py", *arguments],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    done = run(site("0.1"), tree, "0.1")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tree / '0.1'} is new; {tree} holds 0.1\n"
    refused = run(site("0.2"), tree, "two")
    assert refused.returncode == 1
    assert refused.stderr.startswith("nothing was published: version is 'two'")
    assert run().returncode == 1


# The steps of the workflow, as a runner would run them

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/book.yml").read_text(encoding="utf-8"))
STEPS = {
    step["name"]: step["run"]
    for job in WORKFLOW["jobs"].values()
    for step in job["steps"]
    if "name" in step
}


def run_step(script, folder, **environment):
    """Run the script of a step."""
    return subprocess.run(
        ["sh", "-e", "-c", script],  # the default in a container
        cwd=folder,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(folder)}
        | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def git(folder, *arguments):
    """Run git as nobody in particular, and return what it prints."""
    name = ["-c", "user.name=A", "-c", "user.email=a@x.org", "-c", "init.defaultBranch=main"]
    command = ["git", *name, "-C", folder, *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout


def number():
    return re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.M)[1]


def choose(folder, kind, name, site="https://x.org/book/", repository="ada/book"):
    """Run the step that chooses the version, in a folder; files take what it hands on."""
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return run_step(
        STEPS["Choose the version"],
        folder,
        SITE=site,
        PUBLISHED="",  # as GitHub hands on a variable that is not set
        GITHUB_REF_TYPE=kind,
        GITHUB_REF_NAME=name,
        GITHUB_ENV="env",
        GITHUB_OUTPUT="output",
        GITHUB_SERVER_URL="https://github.com",
        GITHUB_REPOSITORY=repository,
    )


@pytest.mark.parametrize(
    ("kind", "name", "version"),
    [("branch", "main", "latest"), ("tag", f"v{number()}", number().rpartition(".")[0])],
)
def test_workflow_gives_each_version_its_address(tmp_path, kind, name, version):
    done = choose(tmp_path, kind, name)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output").read_text() == f"version={version}\n"
    assert (tmp_path / "env").read_text().splitlines() == [
        f"BOOK_URL=https://x.org/book/{version}/",
        "BOOK_REPOSITORY=https://github.com/ada/book",
        f"BOOK_BRANCH={name}",
        "BOOK_PACKAGE_PUBLISHED=",
    ]


@pytest.mark.parametrize(
    ("repository", "site"),
    [
        ("Ada/Book", "https://ada.github.io/Book"),
        ("Ada/ada.github.io", "https://ada.github.io"),  # what a person or a group has once
        ("ben/ada.github.io", "https://ben.github.io/ada.github.io"),
    ],
)
def test_workflow_knows_the_address_of_github_pages(tmp_path, repository, site):
    choose(tmp_path, "branch", "main", "", repository)
    assert (tmp_path / "env").read_text().splitlines()[0] == f"BOOK_URL={site}/latest/"


@pytest.mark.parametrize("name", ["v9.9.9", "v0.1", "v", "vx"])
def test_workflow_refuses_a_tag_that_is_not_the_version_of_the_project(tmp_path, name):
    done = choose(tmp_path, "tag", name)
    assert done.returncode == 1
    assert f"the tag is {name}, pyproject.toml says {number()}" in done.stderr


@pytest.fixture
def remote(tmp_path):
    """Give a repository with the book on its main branch, to publish to."""
    hub = tmp_path / "hub.git"
    git(tmp_path, "init", "--quiet", "--bare", hub)
    git(tmp_path, "clone", "--quiet", hub, "book")
    (tmp_path / "book/tools").mkdir()
    shutil.copy(ROOT / "tools/publish.py", tmp_path / "book/tools")
    git(tmp_path / "book", "add", "tools")
    git(tmp_path / "book", "commit", "--quiet", "-m", "the book")
    git(tmp_path / "book", "push", "--quiet", "origin", "HEAD")
    return hub


def runner(remote, made, name):
    """Make what a runner starts with: a clone of the book, and the site that was built."""
    folder = remote.with_name(name)
    git(remote, "clone", "--quiet", remote, folder)
    shutil.copytree(made, folder / "_build/html")
    return folder


def test_workflow_publishes_versions_to_a_branch_one_after_the_other(site, remote):
    """The first makes the branch, the second adds to it, the third has nothing to say."""
    made = {version: site(version) for version in ("0.1", "latest")}
    for turn, version in enumerate(["0.1", "latest", "latest"]):
        folder = runner(remote, made[version], f"runner{turn}")
        done = run_step(STEPS["Publish it beside the others"], folder, VERSION=version)
        assert done.returncode == 0, done.stdout + done.stderr
    log = git(remote, "log", "--format=%s", "gh-pages")
    assert log.splitlines() == ["Publish latest", "Publish 0.1"]
    files = set(git(remote, "ls-tree", "-r", "--name-only", "gh-pages").splitlines())
    assert {"0.1/index.html", "latest/index.html", "versions.json", ".nojekyll"} <= files
    assert "tools/publish.py" not in files


@pytest.mark.parametrize("published", [(), ("0.1",)], ids=["first", "later"])
def test_workflow_tries_again_when_another_was_faster(site, remote, published):
    """Just before it pushes, somebody else publishes the version 0.2."""
    step = STEPS["Publish it beside the others"]
    for version in published:
        folder = runner(remote, site(version), "runner")
        assert run_step(step, folder, VERSION=version).returncode == 0
    faster = runner(remote, site("0.2"), "faster")
    slower = runner(remote, site("latest"), "slower")
    (faster / "step").write_text(step)
    hook = slower / ".git/hooks/pre-push"
    hook.write_text(
        f"#!/bin/sh\nset -e\ncd {shlex.quote(str(faster))}\n[ ! -e step ] || {{\n"
        "unset $(git rev-parse --local-env-vars); VERSION=0.2 sh -e step; rm step; }\n"
    )
    hook.chmod(0o755)
    done = run_step(step, slower, VERSION="latest")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rejected" in done.stderr
    log = git(remote, "log", "--format=%s", "gh-pages").splitlines()
    assert log == ["Publish latest", "Publish 0.2", *(f"Publish {one}" for one in published)]
    versions = json.loads(git(remote, "show", "gh-pages:versions.json"))
    assert versions == ["latest", "0.2", *published]


def test_workflow_fails_when_it_may_not_push(site, remote):
    folder = runner(remote, site("0.1"), "runner")
    hook = folder / ".git/hooks/pre-push"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    step = STEPS["Publish it beside the others"].replace("sleep", ": no sleep")
    assert run_step(step, folder, VERSION="0.1").returncode == 1
