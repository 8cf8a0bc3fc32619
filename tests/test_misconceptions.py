"""Every wrong program of the catalogue is as wrong as it says, where it says, and no more."""

import inspect
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from softmax_edu.misconceptions import (
    CATALOGUE,
    TASKS,
    differ,
    find,
    of_task,
    outcome,
    softmax_numerics,
)
from softmax_edu.misconceptions.misconception import Misconception

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "src" / "softmax_edu" / "misconceptions"
CLINIC = ROOT / "notebooks" / "14_bug_clinic.md"
Z = np.array([5.0, 2.0, -1.0, 3.0])


@pytest.fixture(params=CATALOGUE, ids=lambda entry: entry.name)
def entry(request):
    """One entry of the catalogue."""
    return request.param


def parts(value):
    """List the arrays of a result, which may be several."""
    return [np.asarray(part) for part in (value if isinstance(value, tuple) else (value,))]


def finite(result):
    return all(np.isfinite(part).all() for part in parts(result.value))


def both(entry, arguments):
    return outcome(entry.wrong, arguments), outcome(entry.right, arguments)


# Wrong where it says


def test_the_wrong_program_differs_from_the_right_one(entry):
    assert differ(*both(entry, entry.exposed_by))


def test_it_goes_wrong_in_the_way_it_says(entry):
    wrong, right = both(entry, entry.exposed_by)
    assert not right.changed
    if entry.shows == "no error":
        assert right.error is not None
        assert wrong.error is None
        return
    assert right.error is None
    assert finite(right)
    if entry.shows == "error":
        assert wrong.error is not None
        return
    assert wrong.error is None
    assert wrong.changed == (entry.shows == "changed input")
    assert finite(wrong) == (entry.shows != "not finite")
    same = not differ(wrong._replace(changed=False), right)
    assert same == (entry.shows == "changed input")


def test_it_looks_right_where_it_hides(entry):
    if entry.hides_on is not None:
        wrong, right = both(entry, entry.hides_on)
        assert right.error is None
        assert finite(right)
        assert not differ(wrong, right)


def test_the_right_program_is_right_on_a_value_computed_by_hand():
    """One per task that the package has no function for; the others are tested where they live."""
    by_hand = {
        "temperature": [0.6095, 0.1360, 0.0303, 0.2242],
        "masked_softmax": np.append(0, np.exp([2, -1, 3]) / np.exp([2, -1, 3]).sum()),
        "epoch_cost": 12 / 6,
        "target_gradient": 2 * np.exp(Z) / np.exp(Z).sum() - [1, 1, 0, 0],
        "softmax_backward": [0.3, -0.8, 0.1, 0.4],
        "smooth_targets": [0.025, 0.925, 0.025, 0.025],
        "predict": 1,
        "accuracy": 0.5,
        "decision": 1,
    }
    for task, value in by_hand.items():
        entry = of_task(task)[0]
        np.testing.assert_allclose(
            np.squeeze(entry.right(*entry.exposed_by)), value, atol=5e-5, err_msg=task
        )
    step = of_task("training_step")[0]
    np.testing.assert_allclose(step.right(*step.exposed_by)[1], [0.25, -0.25])
    X, labels = of_task("shuffle")[0].right(*of_task("shuffle")[0].exposed_by)
    np.testing.assert_array_equal(X[:, 0], labels)


# What is said about it

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")

# Numbers of a symptom that are neither among the arguments and results nor among their sums.
ALSO = {
    "softmax_shift_in_numerator_only": lambda e: [-Z.max()],
    "softmax_of_small_integers": lambda e: [-128],
    "softmax_in_place": lambda e: e.right(Z),
    "cross_entropy_with_eps": lambda e: [e.wrong(np.array([[30.0, 0.0]]), [0])],
    "cross_entropy_of_raw_logits": lambda e: [f(Z[None], [0]) for f in (e.wrong, e.right)],
    "epoch_cost_of_batch_means": lambda e: e.hides_on[1],
    "gradient_without_m": lambda e: [ratio(e)],
    "gradient_with_m_twice": lambda e: [1 / ratio(e)],
    "gradient_over_entries": lambda e: [1 / ratio(e)],
    "pair_summed": lambda e: [ratio(e, 0), ratio(e, 1)],
    "pair_over_entries": lambda e: [1 / ratio(e, 0), 1 / ratio(e, 1)],
    "pair_of_all_columns": lambda e: [np.bincount(e.exposed_by[1]).mean() / 2],
    "one_hot_by_largest": lambda e: [set(range(4)).difference(e.exposed_by[0]).pop()],
    "one_hot_of_minus_1": lambda e: [e.wrong(*e.exposed_by)[1].argmax()],
    "one_hot_of_those_seen": lambda e: [2 if 2 not in e.exposed_by[0] else np.nan],
    "shuffled_apart": lambda e: [(lambda X, y: (X[:, 0] == y).sum())(*e.wrong(*e.exposed_by))],
    "action_by_largest": lambda e: np.ravel(e.exposed_by[0] @ e.exposed_by[1]),
}


def ratio(entry, part=0):
    """Divide the wrong result by the right one, which must give the same number everywhere."""
    wrong, right = (parts(f(*entry.exposed_by))[part] for f in (entry.wrong, entry.right))
    np.testing.assert_allclose(wrong / right, (wrong / right).flat[0])
    return (wrong / right).flat[0]


def numbers(entry):
    """Compute all numbers that the symptom of an entry may mention."""
    results = [r.value for r in both(entry, entry.exposed_by) if r.error is None]
    arrays = [np.asarray(a, float) for a in entry.exposed_by]
    arrays += [part.astype(float) for value in results for part in parts(value)]
    found = [np.ravel(ALSO.get(entry.name, lambda e: [])(entry)).astype(float)]
    for a in arrays:
        found += [a.ravel(), np.ravel(a.sum())]
        if re.search("shape|column|class|example", entry.symptom):
            found.append(np.array(a.shape, float))
        if a.ndim == 2:
            found += [a.sum(axis=0), a.sum(axis=1)]
    return np.concatenate(found)


def wrong_numbers(entry):
    """List the numbers of a symptom that nothing computed rounds to."""
    known = numbers(entry)
    return [
        text
        for text in NUMBER.findall(entry.symptom)
        if not (np.abs(np.round(known, len(text.partition(".")[2])) - float(text)) < 1e-12).any()
    ]


def test_every_number_of_its_symptom_is_computed(entry):
    assert not wrong_numbers(entry)


def test_a_wrong_number_in_a_symptom_is_seen():
    for wrong in ("sum to 0.0068", "sum to -0.0067", "[5, 2, -1, 4]"):
        fields = {**vars(softmax_numerics.SHIFT_IN_NUMERATOR_ONLY), "symptom": wrong}
        assert wrong_numbers(Misconception(**fields)), wrong


def test_every_listed_mistake_is_there():
    numbered = {number for entry in CATALOGUE for number in entry.mistakes}
    assert numbered == set(range(1, 26))


@pytest.mark.parametrize(
    "name", ["epoch_cost_of_batch_means", "temperature_multiplied", "one_hot_by_largest"]
)
def test_the_two_unnumbered_mistakes_and_a_habit_of_notebooks_are_there(name):
    assert find(name).name == name


@pytest.mark.parametrize("what", ["name", "title"])
def test_no_two_entries_share(what):
    counts = Counter(getattr(entry, what) for entry in CATALOGUE)
    assert max(counts.values()) == 1, counts.most_common(1)


def test_the_question_is_one_question(entry):
    assert re.fullmatch(r"[A-Z][^?!]*[^\s.?!]\?", entry.question)
    assert not re.search(r"\. [A-Z]", entry.question)


@pytest.mark.parametrize("field", ["symptom", "why", "fix"])
def test_texts_are_sentences(entry, field):
    text = getattr(entry, field)
    assert re.match(r"[A-Z0-9(-]|exp|dlogits|p \*|s\(", text), text
    assert text.endswith(".")
    assert not re.search(r"\b(simply|just|obviously|easy)\b|!", text)


def test_its_chapter_exists(entry):
    assert (ROOT / "notebooks" / f"{entry.chapter}.md").exists()


def test_a_wrong_program_is_short_and_has_the_arguments_of_its_task(entry):
    source = inspect.getsource(entry.wrong)
    assert len(source.splitlines()) <= 8
    assert max(map(len, source.splitlines())) <= 92
    assert "#" not in source.replace("# which wants logits", "")  # the page explains, not the code
    takes = TASKS[entry.task].partition(" -> ")[0]
    assert list(inspect.signature(entry.wrong).parameters) == re.findall(
        r"(?:^|, )(\w+)(?=,| \(|$)", re.sub(r"\([^)]*\)", "()", takes)
    )


def test_every_task_has_an_entry():
    assert {entry.task for entry in CATALOGUE} == set(TASKS)


def test_every_wrong_program_of_the_folder_is_in_the_catalogue():
    defined = set()
    for path in FOLDER.glob("*.py"):
        if path.stem not in ("__init__", "misconception", "outcomes", "references"):
            defined |= set(re.findall(r"^def (\w+)", path.read_text(encoding="utf-8"), re.M))
    assert defined == {entry.name for entry in CATALOGUE}


# The list of mistakes in chapter 14 asks the questions of the catalogue


def test_the_bug_clinic_examines_every_mistake_and_asks_its_question():
    page = CLINIC.read_text(encoding="utf-8")
    shown = [find(name) for name in re.findall(r'examine\("(\w+)"\)', page)]
    assert {number for entry in shown for number in entry.mistakes} == set(range(1, 26))
    for entry in shown:
        assert entry.question in page.replace("`", ""), entry.name
        assert f"{{doc}}`{entry.chapter}`" in page, entry.name


def test_the_bug_clinic_shows_every_wrong_program():
    calls = re.findall(r"^(?:examine|relatives)\(([^)]*)\)", CLINIC.read_text("utf-8"), re.M)
    shown = set(re.findall(r'"(\w+)"', " ".join(calls)))
    missing = {entry.name for entry in CATALOGUE} - shown
    assert not missing, f"{CLINIC.name}: neither examined nor among the relatives: {missing}"


# What most checks of softmax see


def test_the_bug_clinic_says_how_many_wrong_programs_one_vector_passes():
    passed = sum(
        not differ(outcome(entry.wrong, [Z])._replace(changed=False), outcome(entry.right, [Z]))
        for entry in of_task("softmax")
    )
    claim = f"One vector lets {passed} of {len(of_task('softmax'))} wrong programs pass."
    said = claim in CLINIC.read_text("utf-8")
    assert said, f"{CLINIC.name} should say: {claim}"


# The helpers


def test_arguments_cannot_be_changed(entry):
    for argument in (*entry.exposed_by, *(entry.hides_on or ())):
        assert not isinstance(argument, list)
        if isinstance(argument, np.ndarray):
            assert not argument.flags.writeable


def test_outcome_runs_on_copies():
    z = Z.copy()
    assert outcome(find("softmax_in_place").wrong, [z]).changed
    np.testing.assert_array_equal(z, Z)


def test_outcome_keeps_the_exception():
    result = outcome(lambda z: z[7], [Z])
    assert isinstance(result.error, IndexError)
    assert result.value is None
    assert not result.changed


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (lambda: 1.0, lambda: 1.0 + 9e-7, False),
        (lambda: 1.0, lambda: 1.0 + 2e-6, True),
        (lambda: np.nan, lambda: np.nan, False),
        (lambda: np.nan, lambda: 1.0, True),
        (lambda: np.inf, lambda: np.inf, False),
        (lambda: np.inf, lambda: -np.inf, True),
        (lambda: np.zeros(2), lambda: np.zeros((1, 2)), True),
        (lambda: (1.0, Z), lambda: (1.0, Z), False),
        (lambda: (1.0, Z), lambda: (1.0, -Z), True),
        (lambda: (1.0, Z), lambda: 1.0, True),
        (lambda: None, lambda: 1.0, True),
        (lambda: [[1.0], [1.0, 2.0]], lambda: Z, True),
        (lambda: "1.0", lambda: 1.0, True),
        (lambda: [1.0, 2.0], lambda: np.array([1.0, 2.0]), False),
        (lambda: 1 / 0, lambda: 1.0, True),
        (lambda: 1 / 0, lambda: [][1], False),
    ],
)
def test_differ_tells_outcomes_apart(first, second, expected):
    assert differ(outcome(first, []), outcome(second, [])) == expected
    assert differ(outcome(second, []), outcome(first, [])) == expected


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match=r"name is 'softmaxx'"):
        find("softmaxx")
    with pytest.raises(ValueError, match=r"task is 'hardmax'.*softmax, log_softmax"):
        of_task("hardmax")


def test_the_catalogue_needs_nothing_but_numpy():
    heavy = "{'scipy', 'sklearn', 'matplotlib', 'torch', 'IPython'}"
    code = f"import sys, softmax_edu.misconceptions; print({heavy} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
