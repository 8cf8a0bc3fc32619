"""What an assignment says of itself in words is what it asks."""

import re

import assignments
import exercise_suite as suite
import pytest

WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight"]


@pytest.mark.parametrize("name", assignments.names())
def test_the_assignment_counts_its_functions(name):
    asked = WORDS[sum(assignment == name for assignment, _ in suite.asked())]
    intro = next(cell.source for cell in suite.source(name).cells if cell.id == "intro")
    said = re.search(r"You write (\w+) functions?\b", intro)
    assert said, f"exercises/{name}/assignment.md: its first cell has no 'You write N functions'"
    assert said[1] == asked, (
        f"exercises/{name}/assignment.md asks for {asked} functions; its first cell says {said[1]}"
    )
