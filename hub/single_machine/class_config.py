"""A class on a JupyterHub: who teaches, who learns, and what each gets.

jupyterhub_config.py loads it. On The Littlest JupyterHub it is all that is needed: link it into
/opt/tljh/config/jupyterhub_config.d. SOFTMAX_HUB, otherwise /srv/softmax, is the folder with the
exchange and two lists of names, a line each: teachers.txt and students.txt.
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821

CONFIG = Path(__file__).resolve().parents[1] / "config"
FOLDER = Path(os.environ.get("SOFTMAX_HUB", "/srv/softmax"))

# The hub writes names in small letters.
teachers = set((FOLDER / "teachers.txt").read_text(encoding="utf-8").lower().split())
students = set((FOLDER / "students.txt").read_text(encoding="utf-8").lower().split())
c.Authenticator.allowed_users = teachers | students

# Everybody may write into the exchange; with the sticky bit nobody can remove others' folders.
exchange = FOLDER / "exchange"
exchange.mkdir(exist_ok=True)
exchange.chmod(0o1777)


def role(spawner):
    """Say what somebody is: nbgrader_config.py goes by it."""
    return "teacher" if spawner.user.name in teachers else "student"


def config_path(spawner):
    """Give everybody nbgrader's settings, and students no formgrader."""
    own = [] if spawner.user.name in teachers else [str(CONFIG / "student")]
    return os.pathsep.join([*own, str(CONFIG)])


c.Spawner.environment = {
    "JUPYTER_CONFIG_PATH": config_path,
    "SOFTMAX_EXCHANGE": str(exchange),
    "SOFTMAX_ROLE": role,
    "OMP_NUM_THREADS": "1",
}
