"""The questions of the fifth assignment: training a classifier."""

from softmax_edu.exercises.question import Question

QUESTIONS: tuple[Question, ...] = ()
