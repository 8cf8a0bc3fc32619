"""The questions of the sixth assignment: backward through a network."""

from softmax_edu.exercises.question import Question

QUESTIONS: tuple[Question, ...] = ()
