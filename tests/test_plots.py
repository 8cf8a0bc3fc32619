import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgba

from softmax_edu import plots

mpl.use("Agg")


@pytest.fixture
def ax():
    with mpl.rc_context():
        fig, axes = plt.subplots()
        yield axes
        plt.close(fig)


def _texts(ax):
    return [text.get_text() for text in ax.texts]


def test_the_book_style_is_applied():
    with mpl.rc_context():
        mpl.rcdefaults()
        plots.use_book_style()
        cycle = [to_hex(c) for c in mpl.rcParams["axes.prop_cycle"].by_key()["color"]]
        assert cycle == [c.lower() for c in plots.COLORS]
        assert not mpl.rcParams["axes.spines.top"]
        assert mpl.rcParams["figure.dpi"] == 160


def test_bars_are_as_high_as_the_probabilities_written_on_them(ax):
    assert plots.probability_bars(ax, [0.842034, 0.041922, 0.116044]) is ax
    assert [bar.get_height() for bar in ax.patches] == [0.842034, 0.041922, 0.116044]
    assert _texts(ax) == ["0.842", "0.042", "0.116"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["1", "2", "3"]
    assert ax.get_ylim() == (0, 1.12)
    assert ax.get_ylabel() == "probability"


def test_bars_take_names_and_a_colour(ax):
    plots.probability_bars(ax, np.array([0.25, 0.75]), names=["cat", "dog"], color="#D55E00")
    assert [t.get_text() for t in ax.get_xticklabels()] == ["cat", "dog"]
    assert ax.patches[0].get_facecolor() == to_rgba("#D55E00")


def test_bars_need_one_probability_and_one_name_per_class(ax):
    with pytest.raises(ValueError, match=r"probs has shape \(1, 2\); bars need one"):
        plots.probability_bars(ax, [[0.5, 0.5]])
    with pytest.raises(ValueError, match="shape mismatch"):
        plots.probability_bars(ax, [0.5, 0.5], names=["a", "b", "c"])


def test_a_matrix_has_its_numbers_in_its_cells(ax):
    matrix = [[0.0, 0.25, 1.0], [0.5, 0.75, 0.1]]
    drawn = plots.annotated_matrix(
        ax, matrix, row_names=["a", "b"], column_names=["x", "y", "z"], cmap="gray", vmin=0, vmax=1
    )
    assert drawn is ax
    assert _texts(ax) == ["0.00", "0.25", "1.00", "0.50", "0.75", "0.10"]
    assert [text.get_position() for text in ax.texts[:4]] == [(0, 0), (1, 0), (2, 0), (0, 1)]
    np.testing.assert_array_equal(ax.images[0].get_array(), matrix)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a", "b"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["x", "y", "z"]


def test_numbers_in_a_matrix_stand_out_from_their_cell(ax):
    plots.annotated_matrix(ax, [[0, 1]], fmt="d", cmap="gray")
    assert _texts(ax) == ["0", "1"]
    assert [text.get_color() for text in ax.texts] == ["white", "black"]


def test_a_matrix_needs_two_axes(ax):
    with pytest.raises(ValueError, match=r"matrix has shape \(2,\); it needs rows and columns"):
        plots.annotated_matrix(ax, [1, 2])


def test_an_image_is_its_row_of_pixels_folded_row_by_row(ax):
    assert plots.show_image(ax, np.arange(9), "nine") is ax
    np.testing.assert_array_equal(ax.images[0].get_array(), np.arange(9).reshape(3, 3))
    assert ax.images[0].get_cmap().name == "gray_r"
    assert ax.get_title() == "nine"
    assert len(ax.get_xticks()) == len(ax.get_yticks()) == 0


def test_an_image_may_have_other_colours(ax):
    plots.show_image(ax, np.arange(4), cmap="RdBu", vmin=-4, vmax=4)
    assert ax.images[0].get_cmap().name == "RdBu"
    assert ax.images[0].get_clim() == (-4, 4)


def test_an_image_must_be_square(ax):
    with pytest.raises(ValueError, match="pixels has 8 entries, which is not a square number"):
        plots.show_image(ax, np.arange(8))


X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [1.0, 2.0], [0.5, 1.0]])
LABELS = np.array([0, 1, 0, 1, 2])


def test_regions_are_drawn_under_every_example_of_every_class(ax):
    asked = []

    def predict(grid):
        asked.append(grid)
        return (grid[:, 0] > 0.5).astype(int)

    assert plots.decision_regions(ax, predict, X, LABELS, names=["a", "b", "c"]) is ax
    grid = np.vstack(asked)
    np.testing.assert_allclose(grid.min(axis=0), [-0.08, -0.16], rtol=1e-12)
    np.testing.assert_allclose(grid.max(axis=0), [1.08, 2.16], rtol=1e-12)
    points = [c for c in ax.collections if c.get_label() in ("a", "b", "c")]
    for c, scatter in enumerate(points):
        np.testing.assert_array_equal(scatter.get_offsets(), X[c == LABELS])
        assert to_hex(scatter.get_facecolor()[0]) == plots.COLORS[c].lower()
    assert len(points) == 3


def test_regions_have_the_colour_of_the_class_predicted_there(ax):
    plots.decision_regions(ax, lambda grid: (grid[:, 1] > 1).astype(int), X[:4], LABELS[:4])
    contours = ax.collections[0]
    ax.figure.canvas.draw()
    boxes = [path.get_extents() for path in contours.get_paths()]
    assert boxes[0].y1 == pytest.approx(1, abs=0.02)  # class 0 below, class 1 above
    assert boxes[1].y0 == pytest.approx(1, abs=0.02)
    assert [to_hex(color) for color in contours.get_facecolor()] == [
        c.lower() for c in plots.COLORS[:2]
    ]


def test_a_class_without_a_name_is_called_by_its_number(ax):
    plots.decision_regions(ax, lambda grid: np.zeros(len(grid)), X, LABELS)
    assert [c.get_label() for c in ax.collections[1:]] == ["0", "1", "2"]


def test_regions_need_two_features_and_few_classes(ax):
    with pytest.raises(ValueError, match=r"X has shape \(5, 1\); a plane needs two features"):
        plots.decision_regions(ax, len, X[:, :1], LABELS)
    with pytest.raises(ValueError, match="8 classes, but only 7 colours"):
        plots.decision_regions(ax, len, X, LABELS + 5)
