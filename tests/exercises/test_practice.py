"""The check of what a reader writes along the chapters: it knows the catalogue of chapter 14."""

import textwrap

import exercise_suite as suite
import numpy as np
import pytest

from softmax_edu.exercises import PRACTICE, QUESTIONS, NotYet, check
from softmax_edu.misconceptions import CATALOGUE, TASKS

ENTRIES = [pytest.param(entry, id=entry.name) for entry in CATALOGUE if entry.task in PRACTICE]


# A right program for each task, as a reader may write it, without the package


def softmax(logits):
    logits = np.asarray(logits, dtype=float)  # of small integers the differences overflow
    t = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return t / t.sum(axis=-1, keepdims=True)


def log_softmax(logits):
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def temperature(logits, temperature):
    return softmax(logits / temperature)


def masked_softmax(logits, allowed):
    return softmax(np.where(allowed, logits, -np.inf))


def sigmoid(scores):
    t = np.exp(-np.abs(scores))
    return np.where(scores >= 0, 1, t) / (1 + t)


def cross_entropy(logits, labels):
    return -np.mean([log_softmax(row)[label] for row, label in zip(logits, labels, strict=True)])


def target_cross_entropy(logits, targets):
    log_probs = log_softmax(logits)
    terms = np.zeros_like(log_probs)
    np.multiply(targets, log_probs, out=terms, where=targets > 0)
    return -terms.sum(axis=1).mean()


def epoch_cost(losses, batch_size):
    return np.mean(losses)


def gradient(logits, labels):
    return (softmax(logits) - one_hot(labels, logits.shape[1])) / len(labels)


def target_gradient(logits, targets):
    return (targets.sum(axis=1, keepdims=True) * softmax(logits) - targets) / len(logits)


def jacobian(logits):
    probs = softmax(logits)
    return np.diag(probs) - np.outer(probs, probs)


def softmax_backward(probs, dprobs):
    return probs * (dprobs - (probs * dprobs).sum(axis=1, keepdims=True))


def cost_and_gradient(logits, labels):
    return cross_entropy(logits, labels), gradient(logits, labels)


def training_step(W, b, X, labels, learning_rate):
    dlogits = gradient(X @ W + b, labels)
    return W - learning_rate * X.T @ dlogits, b - learning_rate * dlogits.sum(axis=0)


def one_hot(labels, num_classes):
    if np.min(labels) < 0:
        raise ValueError("a label is negative")
    return np.eye(num_classes)[labels]


def smooth_targets(targets, epsilon):
    return (1 - epsilon) * targets + epsilon / targets.shape[1]


def yes_or_no(scores):
    return sigmoid(scores)


def several_labels(scores):
    return sigmoid(scores)


def predict(probs):
    return np.argmax(probs, axis=1)


def accuracy(logits, labels):
    return np.mean(np.argmax(logits, axis=1) == np.ravel(labels))


def decision(probs, costs):
    return np.argmin(probs @ costs, axis=1)


def test_every_task_but_one_can_be_checked_and_none_has_the_name_of_a_graded_question():
    assert set(TASKS) - set(PRACTICE) == {"shuffle"}
    assert not set(PRACTICE) & set(QUESTIONS)


@pytest.mark.parametrize("task", PRACTICE)
def test_a_right_program_passes(task, capsys):
    check(globals()[task])
    assert capsys.readouterr().out.startswith(f"{task}: right on all ")


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_check_names_each_mistake_of_the_catalogue(entry):
    with pytest.raises(NotYet) as failure, np.errstate(all="ignore"):
        check(suite.renamed(entry.wrong, entry.task))
    words = f"{entry.symptom} {entry.why} {entry.fix} See chapter {int(entry.chapter[:2])}."
    assert str(failure.value).endswith(textwrap.fill(words, 80))


def test_all_inputs_of_a_task_have_the_same_right_program():
    for task, question in PRACTICE.items():
        assert {entry.right for entry in CATALOGUE if entry.task == task} == {question.right}


def test_where_an_error_is_right_the_check_says_which():
    def one_hot(labels, num_classes):
        return np.eye(num_classes)[labels]

    with pytest.raises(NotYet, match="right is     an error: ValueError: labels holds -1"):
        check(one_hot)


def test_the_package_may_be_used_where_nothing_is_graded(capsys):
    import softmax_edu

    check(softmax_edu.softmax)
    assert "right on all" in capsys.readouterr().out
