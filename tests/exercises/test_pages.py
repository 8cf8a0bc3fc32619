"""What the pages about the exercises say is what happens."""

import re

import assignments
import pytest

from softmax_edu.exercises import NotYet, check

BOOK = assignments.ROOT / "book"


def test_the_check_answers_as_the_page_says(capsys):
    text = (BOOK / "exercises.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(python|text)\n(.*?)```", text, re.S)
    assert [kind for kind, _ in blocks] == ["python", "text"] * 4
    namespace = {}
    for (_, code), (_, answer) in zip(blocks[::2], blocks[1::2], strict=True):
        exec(code, namespace)
        try:
            check(namespace[re.search(r"def (\w+)", code).group(1)])
        except NotYet as failure:
            print(failure)
        assert capsys.readouterr().out == answer


@pytest.mark.parametrize("name", assignments.names())
def test_every_assignment_stands_in_the_table_and_in_the_contents(name):
    assert f"{{doc}}`/exercises/{name}`" in (BOOK / "exercises.md").read_text(encoding="utf-8")
    contents = (assignments.ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert f"- file: exercises/{name}\n" in contents
