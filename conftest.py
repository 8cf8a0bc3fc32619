"""Give the tests, and the kernels they start, the environment that renders the notebooks."""

from render import prepare_environment

prepare_environment()
