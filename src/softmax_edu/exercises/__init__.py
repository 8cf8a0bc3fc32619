"""The exercises: what they ask, and a check that names the mistake.

>>> import numpy as np
>>> from softmax_edu.exercises import check
>>> def column_softmax(logits, temperature):
...     t = np.exp((logits - logits.max(axis=0)) / temperature)
...     return t / t.sum(axis=0)
>>> check(column_softmax)
column_softmax: right on all 8 inputs that were tried.
"""

from softmax_edu.exercises import (
    cross_entropy,
    deep_network,
    gradient,
    softmax,
    training,
    two_classes,
)
from softmax_edu.exercises.checking import NotYet, check, examine
from softmax_edu.exercises.practice import PRACTICE
from softmax_edu.exercises.question import Mistake, Question

_ASSIGNMENTS = (softmax, two_classes, cross_entropy, gradient, training, deep_network)
QUESTIONS = {question.name: question for module in _ASSIGNMENTS for question in module.QUESTIONS}

__all__ = ["PRACTICE", "QUESTIONS", "Mistake", "NotYet", "Question", "check", "examine"]
