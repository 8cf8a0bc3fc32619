"""Pictures that only a kernel redraws."""

import io

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from softmax_edu.figures.exploration import Exploration


def draw_bar(ax, height):
    ax.bar([0], [height], color="black")
    ax.set_ylim(0, 1)


def ink(png):
    return (np.asarray(Image.open(io.BytesIO(png)).convert("L")) < 50).mean()


def test_picture_follows_the_control():
    exploration = Exploration(draw_bar, height=(control := ipywidgets.FloatSlider(0.1, max=1)))
    before = ink(exploration.widget.children[-1].value)
    control.value = 0.9
    assert exploration.values == {"height": 0.9}
    assert ink(exploration.widget.children[-1].value) > before + 0.3


def test_without_a_kernel_there_is_a_picture():
    exploration = Exploration(draw_bar, height=ipywidgets.FloatSlider(0.9, max=1))
    data, _ = exploration._repr_mimebundle_()
    assert ink(data["image/png"]) > 0.3
    assert data["text/plain"] == "Exploration(height=0.9)"
    assert "application/vnd.jupyter.widget-view+json" in data


def test_same_values_give_the_same_bytes():
    pictures = [
        Exploration(draw_bar, height=ipywidgets.FloatSlider(0.5, max=1))._repr_mimebundle_()[0]
        for _ in range(2)
    ]
    assert pictures[0]["image/png"] == pictures[1]["image/png"]


def test_what_is_no_control_is_refused():
    with pytest.raises(TypeError, match=r"height is 0.5; it should be a control"):
        Exploration(draw_bar, height=0.5)
