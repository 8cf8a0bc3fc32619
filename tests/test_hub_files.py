"""The files for a class: settings are run here, those for Kubernetes are read."""

import dbm
import io
import math
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
import yaml
from traitlets.config import Config

ROOT = Path(__file__).parents[1]
HUB = ROOT / "hub"
SCHEMA = yaml.safe_load((ROOT / "tests/data/z2jh.schema.yaml").read_text(encoding="utf-8"))
CONTAINERFILE = (HUB / "Containerfile").read_text(encoding="utf-8")


def read(name):
    return (HUB / "kubernetes" / name).read_text(encoding="utf-8")


def errors(values):
    """List what the chart does not know or take."""
    found = jsonschema.Draft7Validator(SCHEMA).iter_errors(values)
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in found]


# One machine


@pytest.fixture
def run(monkeypatch):
    """Return a function: run a configuration, with variables set, and return what it configures."""

    def run(file, **variables):
        for name in ("NGSHARE", "EXCHANGE", "ROLE", "GRADEBOOK", "HUB"):
            monkeypatch.delenv(f"SOFTMAX_{name}", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, str(value))
        c = Config()
        path = HUB / file
        names = {"__file__": str(path), "get_config": lambda: c, "load_subconfig": lambda _: None}
        exec(compile(path.read_text(encoding="utf-8"), path, "exec"), names)
        return c

    return run


def test_plain_hub_answers_this_machine_alone_or_by_tls(run, tmp_path):
    def network(c):
        names = ("bind_url", "ip", "port", "ssl_cert", "ssl_key")
        return {name: c.JupyterHub[name] for name in names if name in c.JupyterHub}

    def hub():
        return run("single_machine/jupyterhub_config.py", SOFTMAX_HUB=tmp_path)

    assert network(hub()) == {"bind_url": "http://127.0.0.1:8000"}
    (tmp_path / "certificate.pem").touch()
    assert network(hub()) == {
        "bind_url": "https://:443",
        "ssl_cert": str(tmp_path / "certificate.pem"),
        "ssl_key": str(tmp_path / "key.pem"),
    }


def test_plain_hub_asks_for_passwords_and_runs_servers_as_their_owners(run, tmp_path):
    hub = run("single_machine/jupyterhub_config.py", SOFTMAX_HUB=tmp_path).JupyterHub
    assert hub.authenticator_class == "pam"
    assert hub.spawner_class == "jupyterhub.spawner.LocalProcessSpawner"
    assert hub.cookie_secret_file == str(tmp_path / "cookie_secret")


def test_proxy_runs_with_the_node_of_the_environment(run, tmp_path):
    c = run("single_machine/jupyterhub_config.py", SOFTMAX_HUB=tmp_path)
    node, proxy = c.ConfigurableHTTPProxy.command
    answer = subprocess.run(
        [node, "--version"], env={}, capture_output=True, text=True, check=True
    ).stdout
    assert re.match(r"v\d+\.", answer)
    assert Path(proxy).is_relative_to(HUB / "node/node_modules")


def test_only_names_of_the_lists_get_in(run, tmp_path):
    (tmp_path / "teachers.txt").write_text("grace\n")
    (tmp_path / "students.txt").write_text("ada\nben\n")
    c = run("single_machine/class_config.py", SOFTMAX_HUB=tmp_path)
    assert c.Authenticator == {"allowed_users": {"grace", "ada", "ben"}}
    given = c.Spawner.environment
    for name, role in {"grace": "teacher", "ada": "student", "jupyter-eve": "student"}.items():
        spawner = SimpleNamespace(user=SimpleNamespace(name=name))
        assert given["SOFTMAX_ROLE"](spawner) == role
        folders = given["JUPYTER_CONFIG_PATH"](spawner).split(":")
        own = [] if role == "teacher" else [str(HUB / "config/student")]
        assert folders == [*own, str(HUB / "config")]


def test_names_of_the_littlest_hub_get_the_passwords_that_are_given(tmp_path, monkeypatch):
    """Its authenticator compares `hashpw(typed, stored)` with what is stored."""
    bcrypt = SimpleNamespace(gensalt=lambda: b"salt", hashpw=lambda word, salt: salt + word[::-1])
    monkeypatch.setitem(sys.modules, "bcrypt", bcrypt)
    monkeypatch.setattr("sys.argv", ["tljh_passwords.py", str(tmp_path / "passwords.dbm")])
    monkeypatch.setattr("sys.stdin", io.StringIO("grace:abc:12\nada:xyz\n"))
    runpy.run_path(str(HUB / "single_machine/tljh_passwords.py"))
    with dbm.open(tmp_path / "passwords.dbm") as passwords:
        stored = {name: passwords[name] for name in passwords.keys()}  # noqa: SIM118
    assert stored == {b"grace": b"salt21:cba", b"ada": b"saltzyx"}


# nbgrader, for both


def test_teacher_has_the_course_and_the_gradebook(run):
    c = run(
        "config/nbgrader_config.py",
        SOFTMAX_ROLE="teacher",
        SOFTMAX_EXCHANGE="/srv/exchange",
        SOFTMAX_GRADEBOOK="postgresql://grace:postgresql://@db/grades",
    )
    assert c.CourseDirectory == {
        "course_id": "softmax",
        "root": str(Path.home() / "course"),
        "db_url": "postgresql+psycopg://grace:postgresql://@db/grades",  # as SQLAlchemy names it
    }
    assert c.Exchange == {"root": "/srv/exchange"}


def test_gradebook_is_in_the_course_where_no_other_is_named(run):
    c = run("config/nbgrader_config.py", SOFTMAX_ROLE="teacher", SOFTMAX_EXCHANGE="/srv/exchange")
    assert set(c.CourseDirectory) == {"course_id", "root"}


def test_student_has_neither_even_if_told(run):
    c = run(
        "config/nbgrader_config.py",
        SOFTMAX_ROLE="student",
        SOFTMAX_EXCHANGE="/srv/exchange",
        SOFTMAX_GRADEBOOK="postgresql://db/grades",
    )
    assert c == {
        "CourseDirectory": {"course_id": "softmax"}, "Exchange": {"root": "/srv/exchange"}
    }  # fmt: skip


def test_where_ngshare_is_named_it_is_the_exchange(run):
    address = "http://ngshare:8080/services/ngshare"
    c = run(
        "config/nbgrader_config.py",
        SOFTMAX_ROLE="student",
        SOFTMAX_NGSHARE=address,
        JUPYTERHUB_USER="ada",  # as on every hub
    )
    assert not c.Exchange
    assert c.ExchangeFactory.exchange._ngshare_url == address
    for part in ("exchange", "fetch_assignment", "submit", "collect", "fetch_feedback"):
        assert c.ExchangeFactory[part].__module__.startswith("ngshare_exchange"), part


# Values of the hub


@pytest.fixture
def values():
    return yaml.safe_load(read("z2jh-values.yaml"))


def test_values_are_those_of_the_chart(values):
    assert not errors(values)


@pytest.mark.parametrize(
    ("typo", "right"),
    [("concurentSpawnLimit", "concurrentSpawnLimit"), ("timeout: soon", "timeout: 3600")],
)
def test_slip_in_the_values_is_found(typo, right):
    (error,) = errors(yaml.safe_load(read("z2jh-values.yaml").replace(right, typo)))
    assert re.split("[: ]+", typo)[-1] in error


@pytest.fixture
def configured(values):
    """Run the hub's own code; return what it configured."""
    c = SimpleNamespace(JupyterHub=SimpleNamespace(services=[]), KubeSpawner=SimpleNamespace())
    custom = {"custom.teachers": ["grace"]}
    for code in values["hub"]["extraConfig"].values():
        exec(code, {"c": c, "get_config": custom.get})
    return c


def spawner_of(configured, name):
    spawner = SimpleNamespace(user=SimpleNamespace(name=name), environment={}, extra_labels={})
    spawner.volumes, spawner.volume_mounts = {}, {}
    configured.KubeSpawner.pre_spawn_hook(spawner)
    return spawner


def test_only_a_teacher_gets_formgrader_gradebook_and_the_key_of_dask(configured):
    teacher, student = (spawner_of(configured, name) for name in ("grace", "ada"))
    assert teacher.environment["SOFTMAX_ROLE"] == "teacher"
    assert "SOFTMAX_GRADEBOOK" in teacher.environment
    assert teacher.volumes["dask"]["secret"]["secretName"] == "softmax-dask"
    assert teacher.extra_labels == {"softmax-edu/role": "teacher"}
    assert set(student.environment) == {"JUPYTER_CONFIG_PATH", "SOFTMAX_ROLE"}
    assert student.environment["SOFTMAX_ROLE"] == "student"
    assert not student.volumes
    assert not student.extra_labels


def test_settings_lie_in_the_image_where_the_hub_looks(configured):
    (place,) = re.findall(r"^WORKDIR (/opt/\S+)", CONTAINERFILE, re.M)
    path = spawner_of(configured, "ada").environment["JUPYTER_CONFIG_PATH"]
    for folder in path.split(":"):
        assert (ROOT / Path(folder).relative_to(place)).is_dir()


def test_login_asks_for_what_its_name_is_part_of(values):
    login = values["hub"]["config"]["GenericOAuthenticator"]
    assert login["username_claim"] == "preferred_username"
    assert login["scope"] == ["openid", "profile"]


def test_servers_need_no_label_that_no_node_has(values):
    """The chart prefers nodes with a label; required, learners would wait for ever."""
    assert not values["scheduling"].keys() & {"userPods", "corePods"}


def test_servers_of_learners_reach_the_exchange_and_no_other_address(values):
    """The chart adds the hub and the names of the cluster by itself."""
    assert values["singleuser"]["networkPolicy"] == {
        "enabled": True,
        "egressAllowRules": {"nonPrivateIPs": False, "privateIPs": False},
        "egress": [
            {
                "to": [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "ngshare"}}}],
                "ports": [{"port": 8080, "protocol": "TCP"}],
            }
        ],
    }


def test_hub_and_exchange_name_each_other(configured, values):
    (service,) = configured.JupyterHub.services
    assert (service["name"], service["url"]) == ("ngshare", "http://ngshare:8080")
    address = values["singleuser"]["extraEnv"]["SOFTMAX_NGSHARE"]
    assert address == f"{service['url']}/services/ngshare"
    assert yaml.safe_load(read("ngshare-values.yaml"))["ngshare"]["hub_api_token"] == "FILL-IN"


# Dask


@pytest.fixture
def dask():
    """Return what is to be made, by kind and name."""
    made = yaml.safe_load_all(read("dask-grading.yaml"))
    return {(one["kind"], one["metadata"]["name"]): one for one in made}


SCHEDULER, WORKER = ({"app": "dask", "component": part} for part in ("scheduler", "worker"))
TEACHER = {"softmax-edu/role": "teacher"}


def pods(**labels):
    return {"podSelector": {"matchLabels": labels}}


NAMES = {  # the cluster's DNS
    "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
    "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
}
DOOR = [{"port": 8786, "protocol": "TCP"}]


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        (
            "dask-worker",
            {
                **pods(**WORKER),
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [{"from": [pods(app="dask")]}],
                "egress": [{"to": [pods(app="dask")]}, NAMES],
            },
        ),
        (
            "dask-scheduler",
            {
                **pods(**SCHEDULER),
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [{"from": [pods(**WORKER), pods(**TEACHER)], "ports": DOOR}],
                "egress": [{"to": [pods(app="dask")]}],
            },
        ),
        (
            "teacher",
            {
                **pods(**TEACHER),
                "policyTypes": ["Egress"],
                "egress": [
                    {"to": [pods(**SCHEDULER)], "ports": DOOR},
                    {"ports": [{"port": 5432, "protocol": "TCP"}]},
                ],
            },
        ),
    ],
)
def test_who_reaches_whom(dask, name, rules):
    assert dask["NetworkPolicy", name]["spec"] == rules


def test_nothing_of_dask_is_open_to_the_outside(dask):
    assert {kind for kind, _ in dask} == {"ConfigMap", "Deployment", "NetworkPolicy", "Service"}
    service = dask["Service", "dask-scheduler"]["spec"]
    assert service == {"selector": SCHEDULER, "ports": [{"port": 8786, "targetPort": 8786}]}


def test_dask_speaks_tls_alone(dask):
    data = dask["ConfigMap", "softmax-dask"]["data"]
    assert data["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] == "true"
    folder = {"/etc/dask/tls.crt", "/etc/dask/tls.key"}
    assert {value for key, value in data.items() if "TLS" in key} == folder
    assert "tcp://" not in read("dask-grading.yaml")


def test_workers_are_root_so_that_answers_are_not(dask):
    """Then accounts without rights run learners' code, which cannot read the key."""
    pod = dask["Deployment", "dask-worker"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"] == {
        "runAsUser": 0, "seccompProfile": {"type": "RuntimeDefault"}
    }  # fmt: skip
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"], "add": ["SETUID", "SETGID", "KILL"]},
    }
    assert pod["volumes"] == [
        {"name": "key", "secret": {"secretName": "softmax-dask", "defaultMode": 0o400}},
        {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}},
        {"name": "scratch", "emptyDir": {"sizeLimit": "1Gi"}},
    ]
    # Answers write into /tmp; Dask's own files lie where only root can look.
    places = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert places == {"tmp": "/tmp", "scratch": "/scratch", "key": "/etc/dask"}
    script = container["command"][-1]
    assert script.startswith("chmod 0700 /scratch && chmod 1777 /tmp && exec tini -- dask worker ")
    assert "--nworkers 1 --nthreads 1 " in script  # one submission at a time
    assert script.endswith(" --local-directory /scratch")


def test_scheduler_is_nobody_in_particular(dask):
    pod = dask["Deployment", "dask-scheduler"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}
    }  # fmt: skip


@pytest.mark.parametrize("name", ["dask-scheduler", "dask-worker"])
def test_parts_of_dask_belong_together(dask, name):
    spec = dask["Deployment", name]["spec"]
    labels = spec["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"] == labels
    assert {name: labels} in ({"dask-scheduler": SCHEDULER}, {"dask-worker": WORKER})
    assert not spec["template"]["spec"]["automountServiceAccountToken"]
    assert not spec["template"]["spec"].keys() & {"hostNetwork", "hostPID", "hostIPC"}
    volumes = {volume["name"] for volume in spec["template"]["spec"]["volumes"]}
    for container in spec["template"]["spec"]["containers"]:
        assert "--no-dashboard" in " ".join(container["command"])
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        assert container["envFrom"] == [{"configMapRef": {"name": "softmax-dask"}}]


def test_one_image_serves_all(values, dask):
    image = values["singleuser"]["image"]
    used = re.findall(r"image: (\S+)", read("dask-grading.yaml"))
    assert set(used) == {f"{image['name']}:{image['tag']}"}
    assert f"softmax-class:{image['tag']} " in CONTAINERFILE


# The image


def test_container_copies_only_what_exists():
    """Seen from the root of the repository, where the image is built."""
    steps = re.sub(r" *\\\n *", " ", CONTAINERFILE)
    copied = [shlex.split(line)[1:-1] for line in re.findall(r"^COPY .*", steps, re.M)]
    assert (names := {name for step in copied for name in step})
    assert not [name for name in names if not (ROOT / name).exists()]
    for step in re.findall(r"^RUN .*", steps, re.M):
        needed = {word for word in step.split() if re.search(r"\.(lock|toml|py|txt)$", word)}
        assert needed <= names, f"used, but not copied: {needed - names}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {project["readme"], *project["license-files"]} <= names


# The texts


def test_table_of_the_hub_names_its_files():
    table = re.findall(r"^\| `([\w./-]+)` \|", (HUB / "README.md").read_text(), re.M)
    assert len(table) >= 8
    assert not [name for name in table if not (HUB / name).exists()]


def test_page_names_files_that_exist():
    page = (ROOT / "book/hub.md").read_text(encoding="utf-8")
    names = set(re.findall(r"(?<![\w./-])(?:/opt/softmax/)?((?:hub|tools)/[\w./-]+\w)", page))
    assert len(names) >= 7
    assert not [name for name in names if not (ROOT / name).exists()]


def test_page_and_values_agree():
    """On the charts' versions, the class's image, and the secrets to be made before."""
    page = (ROOT / "book/hub.md").read_text(encoding="utf-8")
    files = read("z2jh-values.yaml") + read("dask-grading.yaml")
    version = re.search(r"chart jupyterhub ([\d.]+)", files)[1]
    assert f"--version {version} " in page
    exchange = yaml.safe_load(read("ngshare-values.yaml"))["image"]["tag"]
    assert f"ngshare/ngshare --version {exchange} " in page
    assert f"jupyterhub {version}," in (ROOT / "tests/data/z2jh.schema.yaml").read_text()
    used = set(re.findall(r"[sS]ecretName\W+(softmax-\w+)|\"name\": \"(softmax-\w+)", files))
    secrets = {name for pair in used for name in pair if name}
    made = set(re.findall(r"kubectl create secret \w+ (softmax-\w+)", page))
    assert made == secrets - {"softmax-tls"}  # the certificate of the ingress


def test_page_computes_from_what_was_measured(values):
    page, speed = ((ROOT / f"book/{name}.md").read_text() for name in ("hub", "grading_speed"))

    def find(pattern):
        return [float(number) for number in re.search(pattern, page).groups()]

    (graded,) = find(r"\| submissions graded in a minute.*\| (\d+) \|")
    assert f"| `softmax-edu grade` | {graded:.0f} |" in speed
    start = sum(find(r"\| processor time to start it \| ([\d.]+) to ([\d.]+) s \|")) / 2
    handed_in, feedback, notebook = find(r"its rows \| (\d+); (\d+); (\d+);")
    (memory,) = find(r"(\d+) MB for a learner at work")
    (places,) = find(r"a node takes (\d+) servers")
    limit = values["hub"]["activeServerLimit"]
    assert limit == 2 * 600  # two starts a second, for ten minutes
    for number in (f"{limit:,} servers", f"than {2 * limit:,} learners"):
        assert page.count(number) == 2

    def row(name):
        return re.search(rf"^\| {name} \| (.*) \|$", page, re.M)[1].split(" | ")

    learners = [50, 500, 5000, 50000]
    late = [count / 2 for count in learners]
    wanted = {
        "at work at once; at the deadline": [f"{whole(n / 2):,}; {n:,.0f}" for n in late],
        "memory for them at the deadline": [size(n * memory, whole) for n in late],
        "processor time to start their servers": [duration(n * start) for n in late],
        "one set: handed in; feedback and graded notebooks": [
            f"{size(n * handed_in / 1000)}; {size(n * (feedback + notebook) / 1000)}"
            for n in learners
        ],
        "grading, on 2 cores": [duration(60 * n / graded) for n in learners],
    }
    for name, cells in wanted.items():
        assert [cell.split(": ")[0].split("; 15")[0] for cell in row(name)] == cells
    nodes, hubs = ([math.ceil(n / most) for n in late] for most in (places, limit))
    machines = row("memory for them at the deadline")
    assert [int(re.search(r"(\d+) nodes", cell)[1]) for cell in machines[1:]] == nodes[1:]
    assert f", {hubs[3]} hubs" in machines[3]
    assert hubs[:2] == [1, 1]
    assert row("choose")[2] == f"Kubernetes, {hubs[2]} hubs"
    cores = [f"{whole(n * start / 600)} cores for ten minutes" for n in late[2:]]
    started = row("processor time to start their servers")[2:]
    assert [cell.split(": ")[1] for cell in started] == cores


def whole(number):
    """Round halves up, as people do."""
    return math.floor(number + 0.5)


def size(megabytes, rounded=float):
    """Write a size in its largest unit."""
    power = 2 if megabytes >= 1e6 else int(megabytes >= 1000)
    return f"{rounded(megabytes / 1000**power):g} {['MB', 'GB', 'TB'][power]}"


def duration(seconds):
    """Write a time in its largest unit."""
    unit, length = ("hour", 3600) if seconds >= 3600 else ("minute", 60)
    if seconds < 60:
        unit, length = "second", 1
    count = whole(seconds / length)
    return f"{count} {unit}{'s' * (count > 1)}"
