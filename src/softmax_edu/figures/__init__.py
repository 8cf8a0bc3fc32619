"""Live figures: widgets with a kernel, alive on a static page without one."""

try:
    import anywidget as _anywidget  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "the live figures need anywidget; install it with: "
        'python -m pip install "softmax-edu[figures]"'
    ) from error

from softmax_edu.figures.softmax_explorer import SoftmaxExplorer

__all__ = ["SoftmaxExplorer"]
