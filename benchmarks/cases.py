"""What is measured: operations, sizes, peers, and the bars that are to be reached."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import scipy.special
import sklearn.linear_model
import sklearn.utils.extmath

import softmax_edu
from softmax_edu import data, regression

from .networks import Epoch
from .networks import contestants as network_contestants
from .timing import Functions

OURS, SCIPY, TORCH, SKLEARN = "softmax_edu", "SciPy", "PyTorch", "scikit-learn"
PEERS = (SCIPY, TORCH, SKLEARN)

FEW, MANY, VOCABULARY = (10000, 10), (4096, 1000), (256, 50000)
REGRESSION = "softmax regression"
DIGITS = (1437, 64)  # the training images of softmax_edu.data.digits
L2 = 1e-3
COST_GAP = 1e-6

Shape = tuple[int, int]
Bars = Mapping[str, float]


@dataclass(frozen=True)
class Case:
    """One row of the benchmark; its functions are made only in the process that runs it."""

    operation: str
    shape: Shape
    dtype: str
    bars: Bars = field(default_factory=dict)  # peer: at least so many times faster
    memory_bar: float | None = None  # peak beyond the input, in sizes of the input
    logits: str = "ordinary"
    epoch: Epoch | None = None  # for one epoch of training a network

    @property
    def name(self) -> str:
        """Say what is measured, in a form that can be typed."""
        m, n = self.shape
        return f"{self.operation} {m}x{n} {self.dtype} {self.logits}".replace(" ", "-")


def all_cases() -> list[Case]:
    """List every row: those with bars, the slower path for unusual logits, then networks."""

    def both(operation: str, shape: Shape, bars64: Bars, bars32: Bars, **kw: Any) -> list[Case]:
        return [
            Case(operation, shape, "float64", bars64, **kw),
            Case(operation, shape, "float32", bars32, **kw),
        ]

    ahead = {TORCH: 1.0, SKLEARN: 1.0}
    beside_torch = {TORCH: 1.0}
    cases = [
        *both("softmax", FEW, {SCIPY: 3.0, **ahead}, {SCIPY: 5.0, **ahead}),
        *both("softmax", MANY, {SCIPY: 1.3}, {}, memory_bar=1.1),
        *both("softmax", VOCABULARY, {SCIPY: 1.3}, {}, memory_bar=1.1),
        *both("log_softmax", FEW, {SCIPY: 3.0}, {SCIPY: 5.5}),
        *both("log_softmax", MANY, {}, {}),
        *both("log_softmax", VOCABULARY, {}, {}),
        *both("logsumexp", FEW, {SCIPY: 7.0}, {}),
        *both("logsumexp", VOCABULARY, {SCIPY: 3.0}, {}),
        *both("cross_entropy", FEW, {SCIPY: 7.0}, {}),
        *both("cross_entropy", VOCABULARY, {SCIPY: 3.0}, {}),
        *both("loss and gradient", FEW, {SCIPY: 5.0, **beside_torch}, beside_torch),
        *both("loss and gradient", VOCABULARY, {SCIPY: 4.0, **beside_torch}, beside_torch),
        Case(REGRESSION, DIGITS, "float64", {SKLEARN: 1.5}),
    ]
    for operation in ("softmax", "log_softmax", "logsumexp", "loss and gradient"):
        for shape in (FEW, VOCABULARY):
            for logits in ("large", "masked"):
                cases.append(Case(operation, shape, "float64", logits=logits))
    return cases + _epochs()


def _epochs() -> list[Case]:
    """List the networks: the bars, and from there wider, and with larger batches."""

    def case(epoch: Epoch, dtype: str = "float32", bars: Bars | None = None) -> Case:
        fused = " fused" if epoch.fused else ""
        name = f"{epoch.architecture} batch {epoch.batch_size}{fused}"
        return Case(name, DIGITS, dtype, bars or {}, epoch=epoch)

    cases = []
    for kind, widths, bar in (("MLP", (64,), 3.0), ("CNN", (8, 16), 2.0)):
        cases += [
            case(Epoch(kind, widths), bars={TORCH: bar}),
            case(Epoch(kind, widths, fused=True)),
            case(Epoch(kind, widths), dtype="float64"),
            case(Epoch(kind, widths, batch_size=256)),
            case(Epoch(kind, widths, batch_size=DIGITS[0])),
        ]
    wider = ("MLP", (1024,)), ("MLP", (1024, 1024)), ("CNN", (32, 64)), ("CNN", (64, 128))
    return cases + [case(Epoch(kind, widths)) for kind, widths in wider]


def make_logits(case: Case) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return seeded logits (m, C) and labels (m,), of which no true class is masked."""
    rng = np.random.default_rng(0)
    m, num_classes = case.shape
    logits = rng.standard_normal(case.shape)
    labels = rng.integers(num_classes, size=m)
    if case.logits == "large":
        logits = rng.uniform(-1000, 1000, case.shape)
    if case.logits == "masked":
        logits[np.arange(m), (labels + 1) % num_classes] = -np.inf
    return logits.astype(case.dtype), labels


def contestants(case: Case) -> tuple[Functions, str]:
    """Return ours and the peers, checked to give the same results, and a remark."""
    if case.operation == REGRESSION:
        return _regression()
    if case.epoch:
        ours, theirs = network_contestants(case.epoch, case.dtype)
        return {OURS: ours, TORCH: theirs} if theirs else {OURS: ours}, ""
    logits, labels = make_logits(case)
    functions = _numpy_functions(case.operation, logits, labels)
    functions |= _torch_functions(case.operation, logits, labels)
    _check_agreement(functions, case)
    return functions, ""


def _numpy_functions(operation: str, logits: Any, labels: Any) -> dict[str, Callable[[], Any]]:
    rows = np.arange(len(logits))

    def scipy_loss() -> Any:
        return (scipy.special.logsumexp(logits, axis=1) - logits[rows, labels]).mean()

    def scipy_loss_and_gradient() -> Any:
        loss = scipy_loss()
        gradient = scipy.special.softmax(logits, axis=1)
        gradient[rows, labels] -= 1
        gradient /= len(logits)
        return loss, gradient

    ours: Mapping[str, Callable[[], Any]] = {
        "softmax": partial(softmax_edu.softmax, logits),
        "log_softmax": partial(softmax_edu.log_softmax, logits),
        "logsumexp": partial(softmax_edu.logsumexp, logits),
        "cross_entropy": partial(softmax_edu.cross_entropy, logits, labels),
        "loss and gradient": partial(softmax_edu.cross_entropy_and_gradient, logits, labels),
    }
    scipys: Mapping[str, Callable[[], Any]] = {
        "softmax": partial(scipy.special.softmax, logits, axis=1),
        "log_softmax": partial(scipy.special.log_softmax, logits, axis=1),
        "logsumexp": partial(scipy.special.logsumexp, logits, axis=1),
        "cross_entropy": scipy_loss,
        "loss and gradient": scipy_loss_and_gradient,
    }
    functions = {OURS: ours[operation], SCIPY: scipys[operation]}
    if operation == "softmax":
        functions[SKLEARN] = partial(sklearn.utils.extmath.softmax, logits)
    return functions


def _torch_functions(operation: str, logits: Any, labels: Any) -> dict[str, Callable[[], Any]]:
    try:
        torch = importlib.import_module("torch")
    except ModuleNotFoundError:
        return {}
    torch.set_num_threads(1)
    z, y = torch.from_numpy(logits), torch.from_numpy(labels)
    leaf = torch.from_numpy(logits).requires_grad_()

    def loss_and_gradient() -> Any:
        leaf.grad = None
        loss = torch.nn.functional.cross_entropy(leaf, y)
        loss.backward()
        return loss.detach(), leaf.grad

    functions: Mapping[str, Callable[[], Any]] = {
        "softmax": partial(torch.softmax, z, dim=1),
        "log_softmax": partial(torch.log_softmax, z, dim=1),
        "logsumexp": partial(torch.logsumexp, z, dim=1),
        "cross_entropy": partial(torch.nn.functional.cross_entropy, z, y),
        "loss and gradient": loss_and_gradient,
    }
    return {TORCH: functions[operation]}


def _check_agreement(functions: Functions, case: Case) -> None:
    """Fail unless every peer computes what ours does, up to rounding."""

    def parts(result: Any) -> list[np.ndarray[Any, Any]]:
        return [np.asarray(part) for part in (result if isinstance(result, tuple) else (result,))]

    rtol = 1e-9 if case.dtype == "float64" else 1e-4
    expected = parts(functions[OURS]())
    for peer, function in functions.items():
        for ours, theirs in zip(expected, parts(function()), strict=True):
            scale = np.abs(ours[np.isfinite(ours)]).max()
            if not np.allclose(ours, theirs, rtol=rtol, atol=1e-3 * rtol * scale):
                raise AssertionError(f"{case.name}: {peer} and {OURS} disagree")


def _regression() -> tuple[Functions, str]:
    """Fit the digits to within COST_GAP of the optimum, both as loosely as that allows."""
    split = data.digits()
    X, labels = split.X_train, split.labels_train

    def fit_theirs(tol: float) -> regression.Parameters:
        model = sklearn.linear_model.LogisticRegression(
            C=1 / (L2 * len(X)), solver="lbfgs", tol=tol, max_iter=100_000
        ).fit(X, labels)
        return regression.Parameters(model.coef_.T, model.intercept_)

    def gap(params: regression.Parameters) -> float:
        return regression.cost(params, X, labels, l2=L2) - optimum

    best = regression.fit(X, labels, 10, l2=L2, tolerance=1e-8)
    optimum = regression.cost(best, X, labels, l2=L2)
    candidates = [10 ** (-i / 8) for i in range(8 * 9)]  # from 1 down to 1e-9
    tol = next(tol for tol in candidates if gap(fit_theirs(tol)) <= COST_GAP)
    fit_ours = partial(regression.fit, X, labels, 10, l2=L2)
    if gap(fit_ours()) > COST_GAP:
        raise AssertionError(f"ours ends {gap(fit_ours()):.1e} above the optimum")
    remark = (
        f"the optimum is {optimum:.9f}; {OURS} with its default tolerance ends"
        f" {gap(fit_ours()):.1e} above it, and {SKLEARN} with tol={tol:.1e} ends"
        f" {gap(fit_theirs(tol)):.1e} above it"
    )
    return {OURS: fit_ours, SKLEARN: partial(fit_theirs, tol)}, remark
