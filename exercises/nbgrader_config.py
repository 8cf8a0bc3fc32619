"""nbgrader's settings for this course; make release copies them into course/."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "softmax"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()  # your code here"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"


def without_rubrics(notebook, resources):
    """Take out what stands there for whoever reads the written answers."""
    tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
    notebook.cells = [c for c, t in zip(notebook.cells, tags, strict=True) if "rubric" not in t]
    return notebook, resources


# Feedback that nbgrader itself writes must not show hidden tests either.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    without_rubrics,
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
# nbgrader would run learners' code with your rights and on your files. softmax-edu grade does not,
# so nbgrader's own autograde (the bolt in formgrader) finds no kernel of this name, and stops.
c.Execute.kernel_name = "none: run softmax-edu grade instead"
