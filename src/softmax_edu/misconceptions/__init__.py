"""A catalogue of wrong programs: what each does, on which input, and which chapter explains it.

The numbers are those of the list of twenty-five mistakes in chapter 14. An entry without
a number, or with that of another entry, is a relative that was met on the way.

>>> entry = find("softmax_without_shift")
>>> entry.mistakes, entry.chapter
((1,), '01_softmax')
>>> print(entry.question)
What does it return for [1000, 999]?
>>> outcome(entry.wrong, entry.exposed_by).value
array([nan, nan])
>>> [other.name for other in of_task("log_softmax")]
['log_softmax_of_probs', 'log_softmax_without_the_max']
"""

from softmax_edu.misconceptions import (
    costs,
    gradients,
    labels,
    meaning,
    pairs,
    softmax_axes,
    softmax_numerics,
    softmax_variants,
)
from softmax_edu.misconceptions.misconception import TASKS, Misconception
from softmax_edu.misconceptions.outcomes import Outcome, differ, outcome

CATALOGUE = (
    *softmax_numerics.ENTRIES,
    *softmax_axes.ENTRIES,
    *softmax_variants.ENTRIES,
    *costs.ENTRIES,
    *gradients.ENTRIES,
    *pairs.ENTRIES,
    *labels.ENTRIES,
    *meaning.ENTRIES,
)

__all__ = ["CATALOGUE", "TASKS", "Misconception", "Outcome", "differ", "find", "of_task", "outcome"]


def find(name: str) -> Misconception:
    """Return the entry with this name, which is that of its wrong program.

    Parameters
    ----------
    name : str

    Returns
    -------
    Misconception

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> find("temperature_multiplied").title
    'The temperature multiplies'
    """
    for entry in CATALOGUE:
        if entry.name == name:
            return entry
    raise ValueError(f"name is {name!r}; it must be that of an entry of CATALOGUE")


def of_task(task: str) -> tuple[Misconception, ...]:
    """List the entries for one task, in the order of the catalogue.

    Parameters
    ----------
    task : str
        A key of TASKS.

    Returns
    -------
    tuple of Misconception

    Raises
    ------
    ValueError
        If there is no such task.

    Examples
    --------
    >>> len(of_task("softmax"))
    20
    """
    if task not in TASKS:
        raise ValueError(f"task is {task!r}; it must be one of {', '.join(TASKS)}")
    return tuple(entry for entry in CATALOGUE if entry.task == task)
