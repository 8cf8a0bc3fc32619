"""Hold a figure's JavaScript to its Python: both compute the same numbers."""

import pytest
from agreement import assert_close, in_node


@pytest.fixture
def agree():
    """Give a check: a class of figures and keyword arguments for many states of it."""

    def check(figure, arguments):
        figures = [figure(**each) for each in arguments]
        results = in_node(figure, [each.state() for each in figures])
        for each, result in zip(figures, results, strict=True):
            assert_close(result["values"], each.numbers(), repr(each))
            assert "NaN" not in result["markup"], repr(each)
            assert "undefined" not in result["markup"], repr(each)
            assert len(result["reading"]) > 20
        return figures, results

    return check
