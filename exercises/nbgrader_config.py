"""nbgrader's settings for this course; make release copies them into course/."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "softmax"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()  # your code here"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
# Feedback that nbgrader itself writes must not show hidden tests either.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
