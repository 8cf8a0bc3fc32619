"""Measure `softmax_edu` beside its peers: `python -m benchmarks`."""
