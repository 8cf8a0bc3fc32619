"""Wrong programs that compute something well, but not what the question was."""

from softmax_edu.activations import sigmoid, softmax
from softmax_edu.misconceptions.misconception import Array, Misconception, Number
from softmax_edu.misconceptions.references import cheapest_action, likeliest, share_right

Z = [5.0, 2.0, -1.0, 3.0]


def yes_by_softmax(scores: Array) -> Array:
    return softmax(scores)


BY_SOFTMAX = Misconception(
    task="yes_or_no",
    mistakes=(24,),
    title="Softmax on one output unit",
    wrong=yes_by_softmax,
    right=sigmoid,
    exposed_by=([[-3.0], [0.0], [2.0]],),
    hides_on=([[40.0]],),
    shows="wrong value",
    symptom="The scores -3, 0 and 2 all give 1; right are 0.047, 0.5 and 0.881.",
    why="A single exponential divided by itself is 1, whatever the score.",
    question="Does the probability of yes depend on the score?",
    fix="Use a sigmoid on one unit, or softmax on two.",
    chapter="03_two_classes",
)


def several_labels_by_softmax(scores: Array) -> Array:
    return softmax(scores)


SEVERAL_BY_SOFTMAX = Misconception(
    task="several_labels",
    mistakes=(24,),
    title="Softmax for labels that may occur together",
    wrong=several_labels_by_softmax,
    right=sigmoid,
    exposed_by=([[4.0, 4.0, -4.0]],),
    shows="wrong value",
    symptom="Two clear labels, with scores of 4, get 0.4999 each; right is 0.9820.",
    why="Softmax makes classes compete: what one gains, the others lose.",
    question="Can two labels both have a probability above one half?",
    fix="Give each label a sigmoid of its own.",
    chapter="03_two_classes",
)


def accuracy_from_confidence(logits: Array, labels: Array) -> Number:
    return softmax(logits).max(axis=1).mean()


FROM_CONFIDENCE = Misconception(
    task="accuracy",
    mistakes=(25,),
    title="A softmax output read as certainty",
    wrong=accuracy_from_confidence,
    right=share_right,
    exposed_by=([Z, Z], [0, 1]),
    hides_on=([[40.0, 0.0], [0.0, 40.0]], [0, 1]),
    shows="wrong value",
    symptom="The report says 0.842 although only 0.5 of the answers are right.",
    why="The number says how far the logits are apart, not how often such answers are right.",
    question="Of the answers given with 84 percent, how many were right?",
    fix="Count right answers on data that was held out; calibrate the probabilities.",
    chapter="11_calibration",
)


def accuracy_against_column(logits: Array, labels: Array) -> Number:
    return (logits.argmax(axis=1) == labels).mean()


AGAINST_COLUMN = Misconception(
    task="accuracy",
    mistakes=(),
    title="Every prediction is compared with every label",
    wrong=accuracy_against_column,
    right=share_right,
    exposed_by=([[3.0, 0.0], [0.0, 3.0]], [[0], [1]]),
    hides_on=([[3.0, 0.0], [0.0, 3.0]], [0, 1]),
    shows="wrong value",
    symptom="Two right predictions of two have an accuracy of 0.5; right is 1.",
    why="Shapes (m,) and (m, 1) are compared as a table of shape (m, m).",
    question="What shape has the comparison before the mean?",
    fix="Give both shape (m,), for instance with labels.reshape(-1).",
    chapter="07_softmax_regression",
)


def predicted_by_threshold(probs: Array) -> Array:
    above = probs > 0.5
    return above.argmax(axis=1)


BY_THRESHOLD = Misconception(
    task="predict",
    mistakes=(25,),
    title="A threshold of one half among many classes",
    wrong=predicted_by_threshold,
    right=likeliest,
    exposed_by=([[0.2, 0.45, 0.35]],),
    hides_on=([[0.1, 0.8, 0.1]],),
    shows="wrong value",
    symptom="The prediction [0.2, 0.45, 0.35] counts as class 0; right is 1.",
    why="With more than two classes the winner can have less than half.",
    question="What is predicted when no class reaches one half?",
    fix="Take the largest probability; use a threshold only to abstain.",
    chapter="11_calibration",
)


def action_by_largest(probs: Array, costs: Array) -> Array:
    action_for = costs.argmin(axis=1)
    return action_for[probs.argmax(axis=1)]


BY_LARGEST = Misconception(
    task="decision",
    mistakes=(25,),
    title="The likeliest class decides, whatever a mistake costs",
    wrong=action_by_largest,
    right=cheapest_action,
    exposed_by=([[0.95, 0.05]], [[0.0, 1.0], [100.0, 0.0]]),
    hides_on=([[0.95, 0.05]], [[0.0, 1.0], [1.0, 0.0]]),
    shows="wrong value",
    symptom="It takes action 0, whose expected cost is 5; action 1 would cost 0.95.",
    why="A rare class can still decide, if it costs much to miss it.",
    question="What does each action cost on average?",
    fix="Multiply the probabilities by the costs, and take the action with the least result.",
    chapter="11_calibration",
)

ENTRIES = (
    BY_SOFTMAX,
    SEVERAL_BY_SOFTMAX,
    FROM_CONFIDENCE,
    AGAINST_COLUMN,
    BY_THRESHOLD,
    BY_LARGEST,
)
