"""The questions of the third assignment: cross-entropy."""

from softmax_edu.exercises.question import Question

QUESTIONS: tuple[Question, ...] = ()
