"""nbgrader's settings for everybody on the hub; JUPYTER_CONFIG_PATH leads here."""

import os
from pathlib import Path

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "softmax"
if os.environ.get("SOFTMAX_NGSHARE"):
    from ngshare_exchange import configureExchange

    configureExchange(c, os.environ["SOFTMAX_NGSHARE"])
else:
    c.Exchange.root = os.environ["SOFTMAX_EXCHANGE"]

if os.environ["SOFTMAX_ROLE"] == "teacher":
    c.CourseDirectory.root = str(Path.home() / "course")
    if os.environ.get("SOFTMAX_GRADEBOOK"):
        url = os.environ["SOFTMAX_GRADEBOOK"]
        c.CourseDirectory.db_url = url.replace("postgresql://", "postgresql+psycopg://", 1)
