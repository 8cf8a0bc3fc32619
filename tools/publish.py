"""Put a built site beside the versions that are published already.

    python tools/publish.py SITE TREE VERSION

SITE is what `make book` made, TREE the folder that a static host serves, VERSION "latest" or the
first two numbers of a release, such as 0.1. The site becomes TREE/VERSION; what was published
under this name goes, everything else stays. Beside the versions lie

    index.html       sends readers to the newest version, without a script
    404.html         the newest version's, for a host looks for it here
    robots.txt       likewise
    versions.json    the names of all versions, newest first
    .nojekyll        tells GitHub Pages to serve folders like _static too
"""

import json
import re
import shutil
import sys
from pathlib import Path

NAME = re.compile(r"latest|(0|[1-9]\d*)\.(0|[1-9]\d*)")
ADDRESS = re.compile(r'<link rel="canonical" href="([^"]*)"')
TITLE = re.compile(r'<meta property="og:site_name" content="([^"]*)"')
LANGUAGE = re.compile(r'<html[^>]*\blang="([\w-]+)"')

REDIRECT = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={version}/">
<link rel="canonical" href="{address}">
</head>
<body><p><a href="{version}/">{title}</a></p></body>
</html>
"""


def publish(site: Path, tree: Path, version: str) -> None:
    """Put `site` into `tree` as `version`, or raise ValueError and change nothing."""
    if problem := refusal(site, tree, version):
        raise ValueError(problem)
    tree.mkdir(parents=True, exist_ok=True)
    # Copied whole before the old one goes: a full disk leaves what is published as it was.
    target, coming = tree / version, tree / f".coming-{version}"
    if coming.exists():  # of a run that was stopped
        shutil.rmtree(coming)
    try:
        shutil.copytree(site, coming)
    except OSError:
        shutil.rmtree(coming, ignore_errors=True)
        raise
    if target.exists():
        shutil.rmtree(target)
    coming.rename(target)
    write_root(tree)


def refusal(site: Path, tree: Path, version: str) -> str:
    """Say why a site must not be published there, and what would be right; else nothing."""
    if not NAME.fullmatch(version):
        return f'version is {version!r}; it must be "latest" or two numbers, such as 0.1'
    home = site / "index.html"
    if not home.is_file():
        return f"{site} holds no index.html; build the site first: make book"
    if site.resolve() in (tree.resolve(), *tree.resolve().parents):
        return f"{tree} lies in {site}, of which it would hold copies; name a folder elsewhere"
    if tree.resolve() in site.resolve().parents:
        return f"{site} lies in {tree}, where versions are replaced; build it elsewhere"
    address = "".join(ADDRESS.findall(home.read_text(encoding="utf-8"))[:1])
    if not address.endswith(f"/{version}/"):
        return (
            f"the site was built for the address {address or '(none)'}; "
            f"build it with BOOK_URL=https://…/{version}/"
        )
    if (tree / "index.html").exists() and not (tree / "versions.json").exists():
        return f"{tree} holds a site of its own; name an empty folder, or one with versions.json"
    if (tree / version).exists() and version not in versions(tree):
        return f"{tree / version} is no site, and would be lost; take it away first"
    return ""


def versions(tree: Path) -> list[str]:
    """Name the versions in the tree: latest, then the releases, newest first."""
    names = [path.parent.name for path in tree.glob("*/index.html")]
    return sorted(filter(NAME.fullmatch, names), key=age)


def age(name: str) -> tuple[int, ...]:
    """Return what puts versions in order; 0.10 is newer than 0.9."""
    return () if name == "latest" else tuple(-int(part) for part in name.split("."))


def write_root(tree: Path) -> None:
    """Write the files beside the versions."""
    names = versions(tree)
    newest = tree / names[0]
    home = (newest / "index.html").read_text(encoding="utf-8")
    page = REDIRECT.format(
        language=LANGUAGE.findall(home)[0],
        title=TITLE.findall(home)[0],
        version=names[0],
        address=ADDRESS.findall(home)[0],
    )
    (tree / "index.html").write_text(page, encoding="utf-8")
    for name in ("404.html", "robots.txt"):
        shutil.copy(newest / name, tree)
    (tree / "versions.json").write_text(json.dumps(names) + "\n", encoding="utf-8")
    (tree / ".nojekyll").touch()


def main() -> None:
    """Publish what the command line names."""
    if len(sys.argv) != 4:
        sys.exit("usage: python tools/publish.py SITE TREE VERSION")
    site, tree, version = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    try:
        publish(site, tree, version)
    except ValueError as error:
        sys.exit(f"nothing was published: {error}")
    print(f"{tree / version} is new; {tree} holds {', '.join(versions(tree))}")


if __name__ == "__main__":
    main()
