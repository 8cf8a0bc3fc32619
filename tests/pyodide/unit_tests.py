"""What can be tried of the package wherever there is Python and NumPy, as in a browser.

All examples of the docstrings that need nothing else, and the check of the exercises on all
mistakes that it knows.
"""

import contextlib
import doctest
import importlib
import io

MODULES = (
    "activations",
    "exercises",
    "exercises.checking",
    "gradcheck",
    "layers",
    "losses",
    "misconceptions",
    "misconceptions.outcomes",
    "network",
    "online",
    "sampling",
    "stable",
)


def run_examples():
    """Run the examples; return how many there are."""
    count = 0
    for name in MODULES:
        failed, tried = doctest.testmod(importlib.import_module(f"softmax_edu.{name}"))
        assert not failed, name
        count += tried
    return count


def run_check():
    """Let the check name every mistake; return how many it named."""
    from softmax_edu.exercises import PRACTICE, QUESTIONS, NotYet, check

    named = 0
    for question in (*QUESTIONS.values(), *PRACTICE.values()):
        for mistake in question.mistakes:

            def answer(*arguments, wrong=mistake.wrong):
                return wrong(*arguments)

            answer.__name__ = question.name
            said = ""
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    check(answer)
            except NotYet as failure:
                said = " ".join(str(failure).split())
            assert said.endswith(f"See chapter {int(mistake.chapter[:2])}."), mistake.name
            named += 1
    return named


if __name__ == "__main__":
    print(run_examples(), "examples,", run_check(), "mistakes named")
