"""What the chapters derive, as questions: a reader's own softmax can be checked too.

The inputs and the mistakes are those of the catalogue of chapter 14. Nothing here is graded,
so the right programs need not be secret.
"""

from softmax_edu.exercises.question import Mistake, Question
from softmax_edu.misconceptions import TASKS, of_task


def _question(task: str) -> Question:
    entries = of_task(task)
    calls = [entry.exposed_by for entry in entries]
    calls += [entry.hides_on for entry in entries if entry.hides_on is not None]
    different = {repr(call): call for call in calls}
    label = {call: f"input {n} of {len(different)}" for n, call in enumerate(different, start=1)}
    return Question(
        name=task,
        takes=TASKS[task],
        probes={label[call]: given for call, given in different.items()},
        mistakes=tuple(
            Mistake(
                wrong=entry.wrong,
                exposed_by=label[repr(entry.exposed_by)],
                why=f"{entry.symptom} {entry.why}",
                fix=entry.fix,
                chapter=entry.chapter,
            )
            for entry in entries
        ),
        right=entries[0].right,
    )


# There are many right ways to shuffle, so no input tells whether one is right.
PRACTICE = {task: _question(task) for task in TASKS if task != "shuffle"}
