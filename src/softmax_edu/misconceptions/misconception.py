"""What is known about one mistake, and which tasks there are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

# A wrong program may return anything; the shapes that it should have are in TASKS.
Array = Any
Number = Any

Shows = Literal["wrong value", "not finite", "error", "no error", "changed input"]

# What each task takes and returns. Every program of a task, wrong or right, is called like this.
TASKS = {
    "softmax": "logits (..., C) -> probs (..., C)",
    "log_softmax": "logits (..., C) -> log_probs (..., C)",
    "temperature": "logits (..., C), temperature -> probs (..., C)",
    "masked_softmax": "logits (..., C), allowed (..., C) of bool -> probs (..., C)",
    "sigmoid": "scores (...) -> probs (...)",
    "cross_entropy": "logits (m, C), labels (m,) -> cost, the mean over the examples",
    "target_cross_entropy": "logits (m, C), targets (m, C) -> cost, the mean over the examples",
    "epoch_cost": "losses (m,), batch_size -> cost, the mean over the examples",
    "gradient": "logits (m, C), labels (m,) -> dlogits (m, C), with the 1/m of the mean",
    "target_gradient": "logits (m, C), targets (m, C) -> dlogits (m, C)",
    "jacobian": "logits (C,) -> derivatives (C, C) of the probabilities",
    "softmax_backward": "probs (m, C), dprobs (m, C) -> dlogits (m, C)",
    "cost_and_gradient": "logits (m, C), labels (m,) -> cost, dlogits (m, C)",
    "training_step": "W (n, C), b (C,), X (m, n), labels (m,), learning_rate -> new W, new b",
    "one_hot": "labels (m,), num_classes -> targets (m, C)",
    "smooth_targets": "targets (m, C), epsilon -> targets (m, C), a share epsilon spread evenly",
    "shuffle": "X (m, n), labels (m,), seed -> the same examples in another order",
    "yes_or_no": "scores (m, 1) -> probs (m, 1) of yes",
    "several_labels": "scores (m, K) -> probs (m, K), one for each of K yes-or-no labels",
    "predict": "probs (m, C) -> labels (m,), the likeliest class of each example",
    "accuracy": "logits (m, C), labels (m,) or (m, 1) -> share of right predictions",
    "decision": "probs (m, C), costs (C, A) of action a if class c is true -> actions (m,)",
}


@dataclass(frozen=True, eq=False)
class Misconception:
    """A wrong program for a task, what it does, and what to say about it.

    Lists among the arguments of a call are kept as read-only arrays. Copy them before a
    call, as `outcome` does: some wrong programs change their input.
    """

    task: str  # a key of TASKS
    mistakes: tuple[int, ...]  # numbers in the list of chapter 14; none for a relative
    title: str
    wrong: Callable[..., Any]
    right: Callable[..., Any]
    exposed_by: tuple[Any, ...]  # the arguments of a call in which it goes wrong
    shows: Shows  # what is wrong in that call
    symptom: str
    why: str
    question: str  # the one that exposes it
    fix: str
    chapter: str  # the notebook that explains it
    hides_on: tuple[Any, ...] | None = None  # arguments for which the result is right

    def __post_init__(self) -> None:
        object.__setattr__(self, "exposed_by", _frozen(self.exposed_by))
        if self.hides_on is not None:
            object.__setattr__(self, "hides_on", _frozen(self.hides_on))

    @property
    def name(self) -> str:
        """Return the name of the wrong program, which no other entry has."""
        return self.wrong.__name__


def _frozen(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Turn lists into arrays, and let nobody write into them."""
    result = tuple(np.array(a) if isinstance(a, list) else a for a in arguments)
    for argument in result:
        if isinstance(argument, np.ndarray):
            argument.setflags(write=False)
    return result
