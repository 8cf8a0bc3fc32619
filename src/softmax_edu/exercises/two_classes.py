"""The questions of the second assignment: two classes, softmax and the sigmoid."""

from softmax_edu.exercises.question import Question

QUESTIONS: tuple[Question, ...] = ()
