"""Wrong programs for softmax, most of which are right until the numbers get difficult."""

import numpy as np

from softmax_edu.activations import softmax
from softmax_edu.misconceptions.misconception import Array, Misconception

Z = [5.0, 2.0, -1.0, 3.0]  # the logits of chapter 1: other, cat, dog, chick


def softmax_without_shift(logits: Array) -> Array:
    t = np.exp(logits)
    return t / t.sum(axis=-1, keepdims=True)


WITHOUT_SHIFT = Misconception(
    task="softmax",
    mistakes=(1,),
    title="No shift",
    wrong=softmax_without_shift,
    right=softmax,
    exposed_by=([1000.0, 999.0],),
    hides_on=(Z,),
    shows="not finite",
    symptom="The logits [1000, 999] give NaN twice; right is [0.731, 0.269].",
    why="exp overflows to infinity, and infinity divided by infinity is not a number.",
    question="What does it return for [1000, 999]?",
    fix="Subtract the largest logit of each row before exp.",
    chapter="01_softmax",
)


def softmax_with_eps_below(logits: Array) -> Array:
    t = np.exp(logits)
    return t / (t.sum(axis=-1, keepdims=True) + 1e-8)


WITH_EPS_BELOW = Misconception(
    task="softmax",
    mistakes=(1,),
    title="A small number added to the denominator",
    wrong=softmax_with_eps_below,
    right=softmax,
    exposed_by=([-30.0, -31.0],),
    hides_on=(Z,),
    shows="wrong value",
    symptom="The probabilities for [-30, -31] sum to 0.0000128, not to 1.",
    why="The sum of the exponentials is itself tiny there, and the small number swamps it.",
    question="What do the probabilities for [-30, -31] sum to?",
    fix="Subtract the largest logit of each row; then the sum is at least 1 and needs no help.",
    chapter="04_numerics",
)


def softmax_with_one_shift_for_all(logits: Array) -> Array:
    t = np.exp(logits - logits.max())
    return t / t.sum(axis=-1, keepdims=True)


ONE_SHIFT_FOR_ALL = Misconception(
    task="softmax",
    mistakes=(5,),
    title="One shift for the whole batch",
    wrong=softmax_with_one_shift_for_all,
    right=softmax,
    exposed_by=([[0.0, 1.0], [1000.0, 999.0]],),
    hides_on=([Z, [1.0, 3.0, 1.0, 1.0]],),
    shows="not finite",
    symptom="Beside the row [1000, 999], the row [0, 1] becomes NaN; right is [0.269, 0.731].",
    why="A shift that suits the largest row leaves only zeros in a row far below it: 0 / 0.",
    question="Does a row keep its probabilities when [1000, 999] joins the batch?",
    fix="Take the maximum along the classes, with keepdims: one shift for each row.",
    chapter="01_softmax",
)


def softmax_shifted_by_mean(logits: Array) -> Array:
    t = np.exp(logits - logits.mean(axis=-1, keepdims=True))
    return t / t.sum(axis=-1, keepdims=True)


SHIFTED_BY_MEAN = Misconception(
    task="softmax",
    mistakes=(6,),
    title="Shift by the mean",
    wrong=softmax_shifted_by_mean,
    right=softmax,
    exposed_by=([2000.0, 0.0, 0.0],),
    hides_on=([1000.0, 999.0],),
    shows="not finite",
    symptom="The logits [2000, 0, 0] give NaN for the winner; right is [1, 0, 0].",
    why="The largest logit can be far above the mean, so exp overflows as before.",
    question="Which entry is 0 after the shift, and is it always the largest?",
    fix="Subtract the maximum: then no exponent is above 0.",
    chapter="04_numerics",
)


def softmax_shifted_by_first(logits: Array) -> Array:
    t = np.exp(logits - logits[..., :1])
    return t / t.sum(axis=-1, keepdims=True)


SHIFTED_BY_FIRST = Misconception(
    task="softmax",
    mistakes=(6,),
    title="Shift by the first entry",
    wrong=softmax_shifted_by_first,
    right=softmax,
    exposed_by=([0.0, 1000.0],),
    hides_on=([1000.0, 999.0],),
    shows="not finite",
    symptom="The logits [0, 1000] give NaN for the winner, and [1000, 0] do not.",
    why="The shift protects only from a large first logit.",
    question="Do [0, 1000] and [1000, 0] give the same two numbers?",
    fix="Subtract the maximum: then no exponent is above 0.",
    chapter="04_numerics",
)


def softmax_shift_in_numerator_only(logits: Array) -> Array:
    t = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return t / np.exp(logits).sum(axis=-1, keepdims=True)


SHIFT_IN_NUMERATOR_ONLY = Misconception(
    task="softmax",
    mistakes=(7,),
    title="The denominator is not shifted",
    wrong=softmax_shift_in_numerator_only,
    right=softmax,
    exposed_by=(Z,),
    hides_on=([0.0, -1.0, -2.0],),
    shows="wrong value",
    symptom="The probabilities for [5, 2, -1, 3] sum to 0.0067, which is exp(-5), not to 1.",
    why="The shift cancels only if it is in the numerator and in every term of the sum.",
    question="Do the probabilities sum to 1 when the largest logit is not 0?",
    fix="Compute the shifted exponentials once, and divide them by their own sum.",
    chapter="01_softmax",
)


def softmax_shift_reversed(logits: Array) -> Array:
    t = np.exp(logits.max(axis=-1, keepdims=True) - logits)
    return t / t.sum(axis=-1, keepdims=True)


SHIFT_REVERSED = Misconception(
    task="softmax",
    mistakes=(),
    title="The shift written the wrong way round",
    wrong=softmax_shift_reversed,
    right=softmax,
    exposed_by=(Z,),
    hides_on=([2.0, 2.0, 2.0],),
    shows="wrong value",
    symptom="The smallest logit, -1, gets the largest probability, 0.934.",
    why="Maximum minus logit turns every sign: it is the softmax of -z.",
    question="Which logit gets the largest probability?",
    fix="Write logits minus maximum.",
    chapter="01_softmax",
)


def softmax_into_integers(logits: Array) -> Array:
    probs = np.zeros_like(logits)
    t = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probs[...] = t / t.sum(axis=-1, keepdims=True)
    return probs


INTO_INTEGERS = Misconception(
    task="softmax",
    mistakes=(8,),
    title="The result is cut to integers",
    wrong=softmax_into_integers,
    right=softmax,
    exposed_by=([5, 2, -1, 3],),
    hides_on=(Z,),
    shows="wrong value",
    symptom="Whole numbers [5, 2, -1, 3] give [0, 0, 0, 0]; right is [0.842, 0.042, 0.002, 0.114].",
    why="The array for the result has the type of the logits, and integers cannot hold 0.842.",
    question="What does it return for integers?",
    fix="Turn the logits into floats first, and let NumPy choose the array of the result.",
    chapter="04_numerics",
)


def softmax_of_small_integers(logits: Array) -> Array:
    t = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return t / t.sum(axis=-1, keepdims=True)


OF_SMALL_INTEGERS = Misconception(
    task="softmax",
    mistakes=(8,),
    title="Small integers wrap around in the shift",
    wrong=softmax_of_small_integers,
    right=softmax,
    exposed_by=(np.array([127, -128, 0], np.int8),),
    hides_on=([127.0, -128.0, 0.0],),
    shows="wrong value",
    symptom="As int8, [127, -128, 0] give [0.269, 0.731, 0]; right is [1, 0, 0].",
    why="-128 - 127 is -255, which int8 cannot hold: it wraps around to 1.",
    question="Is the subtraction done in floats?",
    fix="Turn the logits into floats before any arithmetic.",
    chapter="04_numerics",
)


def softmax_of_clipped(logits: Array) -> Array:
    t = np.exp(np.clip(logits, -50, 50))
    return t / t.sum(axis=-1, keepdims=True)


OF_CLIPPED = Misconception(
    task="softmax",
    mistakes=(9,),
    title="The logits are clipped",
    wrong=softmax_of_clipped,
    right=softmax,
    exposed_by=([60.0, 58.0],),
    hides_on=(Z,),
    shows="wrong value",
    symptom="The logits [60, 58] give [0.5, 0.5]; right is [0.881, 0.119].",
    why="Clipping makes different logits equal, although only their differences matter.",
    question="Do [60, 58] and [10, 8] give the same probabilities?",
    fix="Shift instead of clipping: a shift keeps all differences.",
    chapter="04_numerics",
)


def softmax_in_place(logits: Array) -> Array:
    logits -= logits.max(axis=-1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=-1, keepdims=True)
    return logits


IN_PLACE = Misconception(
    task="softmax",
    mistakes=(10,),
    title="The input is overwritten",
    wrong=softmax_in_place,
    right=softmax,
    exposed_by=(Z,),
    shows="changed input",
    symptom="The result is right, but the caller's logits are now [0.842, 0.042, 0.002, 0.114].",
    why="The operators -= and /= and the argument out= write into the caller's own array.",
    question="Are the logits the same after the call as before?",
    fix="Make a new array: t = np.exp(logits - maximum).",
    chapter="04_numerics",
)


def softmax_through_logsumexp(logits: Array) -> Array:
    top = logits.max(axis=-1, keepdims=True)
    lse = top + np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return np.exp(logits - lse)


THROUGH_LOGSUMEXP = Misconception(
    task="softmax",
    mistakes=(),
    title="No division, but the logarithm is rounded",
    wrong=softmax_through_logsumexp,
    right=softmax,
    exposed_by=([1e12 + 1, 1e12],),
    hides_on=([1000.0, 999.0],),
    shows="wrong value",
    symptom="For [1000000000001, 1000000000000] the probabilities sum to 1.000029, not to 1.",
    why="Beside a large logit the small logarithm loses its digits, and exp makes that an error.",
    question="Do the probabilities sum to 1 when both logits are near 1e12?",
    fix="Divide by the sum of the shifted exponentials.",
    chapter="04_numerics",
)


def softmax_without_exp(logits: Array) -> Array:
    return logits / logits.sum(axis=-1, keepdims=True)


WITHOUT_EXP = Misconception(
    task="softmax",
    mistakes=(),
    title="The exponential is missing",
    wrong=softmax_without_exp,
    right=softmax,
    exposed_by=(Z,),
    hides_on=([2.0, 2.0, 2.0],),
    shows="wrong value",
    symptom="The logit -1 gets a negative probability, -0.111.",
    why="Dividing by the sum makes the sum 1, but only exp makes every entry positive.",
    question="Is any probability negative?",
    fix="Take exp of the shifted logits first.",
    chapter="01_softmax",
)


def softmax_with_exp_of_sum(logits: Array) -> Array:
    return np.exp(logits) / np.exp(logits.sum(axis=-1, keepdims=True))


WITH_EXP_OF_SUM = Misconception(
    task="softmax",
    mistakes=(),
    title="The exponential of the sum",
    wrong=softmax_with_exp_of_sum,
    right=softmax,
    exposed_by=(Z,),
    shows="wrong value",
    symptom="The probabilities for [5, 2, -1, 3] sum to 0.0218, not to 1.",
    why="The denominator must be the sum of the exponentials, not the exponential of the sum.",
    question="What do the probabilities sum to?",
    fix="Take exp of each logit, then sum.",
    chapter="01_softmax",
)

ENTRIES = (
    WITHOUT_SHIFT,
    WITH_EPS_BELOW,
    ONE_SHIFT_FOR_ALL,
    SHIFTED_BY_MEAN,
    SHIFTED_BY_FIRST,
    SHIFT_IN_NUMERATOR_ONLY,
    SHIFT_REVERSED,
    INTO_INTEGERS,
    OF_SMALL_INTEGERS,
    OF_CLIPPED,
    IN_PLACE,
    THROUGH_LOGSUMEXP,
    WITHOUT_EXP,
    WITH_EXP_OF_SUM,
)
