"""The questions of the fourth assignment: gradients of the loss."""

from softmax_edu.exercises.question import Question

QUESTIONS: tuple[Question, ...] = ()
