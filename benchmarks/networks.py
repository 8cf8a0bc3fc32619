"""One epoch of training: ours and the same network in PyTorch, checked to end alike."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from softmax_edu import data, layers, relative_error
from softmax_edu.network import Network, cnn, mlp, parameters, train

LEARNING_RATE, MOMENTUM = 0.1, 0.9

# How far parameters and costs may be apart after an epoch, beside their size.
TOLERANCE = {"float32": 1e-4, "float64": 1e-9}


@dataclass(frozen=True)
class Epoch:
    """What is trained, and how many pictures a step sees."""

    kind: str  # "MLP" or "CNN"
    widths: tuple[int, ...]  # units of the hidden layers, or filters of the convolutions
    batch_size: int = 64
    fused: bool = False  # whether PyTorch updates all parameters by one compiled loop

    @property
    def architecture(self) -> str:
        """Name the network, as "MLP 64-64-10" or "CNN 8-16"."""
        widths = (64, *self.widths, 10) if self.kind == "MLP" else self.widths
        return f"{self.kind} {'-'.join(map(str, widths))}"

    def network(self, dtype: str) -> Network:
        """Draw the network, always the same."""
        rng = np.random.default_rng(0)
        if self.kind == "MLP":
            return mlp(rng, (64, *self.widths, 10), dtype)
        return cnn(rng, filters=self.widths, dtype=dtype)

    def num_parameters(self) -> int:
        """Count what is learned."""
        return sum(p.size for layer in self.network("float32") for p in parameters(layer).values())


Contestant = Callable[[], tuple[list[np.ndarray[Any, Any]], Any]]  # parameters, costs


def contestants(epoch: Epoch, dtype: str) -> tuple[Contestant, Contestant | None]:
    """Return a function that trains ours for one epoch, and one that trains PyTorch's."""
    network = epoch.network(dtype)
    split = data.digits()
    X, labels = split.X_train.astype(dtype), split.labels_train

    def ours() -> tuple[list[np.ndarray[Any, Any]], Any]:
        trained = train(
            network,
            X,
            labels,
            rng=np.random.default_rng(1),
            epochs=1,
            batch_size=epoch.batch_size,
            learning_rate=LEARNING_RATE,
            momentum=MOMENTUM,
        )
        values = [p for layer in trained.network for p in parameters(layer).values()]
        return values, trained.costs

    try:
        torch = importlib.import_module("torch")
    except ModuleNotFoundError:
        return ours, None
    torch.set_num_threads(1)
    theirs = _theirs(torch, network, X, labels, epoch)
    _check_agreement(ours, theirs, epoch, dtype)
    return ours, theirs


def _theirs(torch: Any, network: Network, X: Any, labels: Any, epoch: Epoch) -> Contestant:
    """Train as a PyTorch user would, from the same start and with the same mini-batches."""
    model = torch.nn.Sequential(*(_twin(torch, layer) for layer in network))
    start = [p.detach().clone() for p in model.parameters()]
    pictures, truths = torch.from_numpy(X), torch.from_numpy(labels)
    options = {"fused": True} if epoch.fused else {}

    def theirs() -> tuple[list[np.ndarray[Any, Any]], Any]:
        with torch.no_grad():
            for value, first in zip(model.parameters(), start, strict=True):
                value.copy_(first)
        optimizer = torch.optim.SGD(
            model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM, **options
        )
        order = torch.from_numpy(np.random.default_rng(1).permutation(len(X)))
        costs = []
        for batch in order.split(epoch.batch_size):
            optimizer.zero_grad()
            cost = torch.nn.functional.cross_entropy(model(pictures[batch]), truths[batch])
            cost.backward()
            optimizer.step()
            costs.append(cost.item())
        return [p.detach().numpy() for p in model.parameters()], np.array(costs)

    return theirs


def _twin(torch: Any, layer: layers.Layer) -> Any:
    """Make PyTorch's counterpart of a layer, with the same parameters."""
    if isinstance(layer, layers.Images):
        return torch.nn.Unflatten(1, layer.shape)
    if isinstance(layer, layers.MaxPool):
        return torch.nn.MaxPool2d(2)
    if isinstance(layer, layers.ReLU | layers.Flatten):
        return getattr(torch.nn, type(layer).__name__)()
    if isinstance(layer, layers.Dense):
        twin = torch.nn.Linear(*layer.W.shape)
        values = layer.W.T, layer.b
    elif isinstance(layer, layers.Conv):
        filters, channels, k, _ = layer.kernels.shape
        twin = torch.nn.Conv2d(channels, filters, k, padding=k // 2)
        values = layer.kernels, layer.b
    else:
        raise TypeError(f"{type(layer).__name__} has no twin in PyTorch")
    for parameter, value in zip((twin.weight, twin.bias), values, strict=True):
        parameter.data = torch.from_numpy(np.array(value, order="C"))
    return twin


def _check_agreement(ours: Contestant, theirs: Contestant, epoch: Epoch, dtype: str) -> None:
    """Fail unless both end at the same parameters, by the same costs, up to rounding."""
    (our_values, our_costs), (their_values, their_costs) = ours(), theirs()
    apart = [relative_error(our_costs, their_costs)]
    for a, b in zip(our_values, their_values, strict=True):
        apart.append(relative_error(a, b.T if a.ndim == 2 else b))
    if max(apart) > TOLERANCE[dtype]:
        raise AssertionError(f"{epoch.architecture}: the two networks end {max(apart):.0e} apart")
