"""The files for a class on Kubernetes, as far as they can be checked without a cluster."""

import re
import shlex
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
import yaml

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


def test_hub_and_exchange_name_each_other(configured, values):
    (service,) = configured.JupyterHub.services
    name, port = re.fullmatch(r"http://(\w+):(\d+)", service["url"]).groups()
    address = values["singleuser"]["extraEnv"]["SOFTMAX_NGSHARE"]
    assert address == f"{service['url']}/services/{name}"
    (way_out,) = values["singleuser"]["networkPolicy"]["egress"]
    assert way_out["to"] == [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": name}}}]
    assert way_out["ports"] == [{"port": int(port), "protocol": "TCP"}]
    assert yaml.safe_load(read("ngshare-values.yaml"))["ngshare"]["hub_api_token"] == "FILL-IN"


# Dask


@pytest.fixture
def dask():
    """Return what is to be made, by kind and name."""
    made = yaml.safe_load_all(read("dask-grading.yaml"))
    return {(one["kind"], one["metadata"]["name"]): one for one in made}


def test_dask_speaks_tls_alone(dask):
    data = dask["ConfigMap", "softmax-dask"]["data"]
    assert data["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] == "true"
    folder = {"/etc/dask/tls.crt", "/etc/dask/tls.key"}
    assert {value for key, value in data.items() if "TLS" in key} == folder
    assert "tcp://" not in read("dask-grading.yaml")


def test_workers_are_root_so_that_answers_are_not(dask):
    """Then the account nobody runs learners' code, which cannot read the key."""
    pod = dask["Deployment", "dask-worker"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsUser"] == 0
    rights = container["securityContext"]["capabilities"]
    assert rights == {"drop": ["ALL"], "add": ["SETUID", "SETGID", "KILL"]}
    (key,) = (volume["secret"] for volume in pod["volumes"] if volume["name"] == "key")
    assert key["defaultMode"] == 0o400
    assert not pod["automountServiceAccountToken"]


@pytest.mark.parametrize("name", ["dask-scheduler", "dask-worker"])
def test_parts_of_dask_belong_together(dask, name):
    spec = dask["Deployment", name]["spec"]
    labels = spec["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"] == labels
    assert dask["NetworkPolicy", name]["spec"]["podSelector"]["matchLabels"] == labels
    volumes = {volume["name"] for volume in spec["template"]["spec"]["volumes"]}
    for container in spec["template"]["spec"]["containers"]:
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


# The texts


def test_table_of_the_hub_names_its_files():
    table = re.findall(r"^\| `([\w./-]+)` \|", (HUB / "README.md").read_text(), re.M)
    assert len(table) >= 8
    assert not [name for name in table if not (HUB / name).exists()]


def test_page_names_files_that_exist():
    page = (ROOT / "book/hub.md").read_text(encoding="utf-8")
    names = set(re.findall(r"(?<![\w.-])(?:/opt/softmax/)?((?:hub|tools)/[\w./-]+\w)", page))
    assert len(names) >= 7
    assert not [name for name in names if not (ROOT / name).exists()]


def test_page_and_values_agree():
    """On the chart's version, the class's image, and the secrets to be made before."""
    page = (ROOT / "book/hub.md").read_text(encoding="utf-8")
    files = read("z2jh-values.yaml") + read("dask-grading.yaml")
    version = re.search(r"chart jupyterhub ([\d.]+)", files)[1]
    assert f"--version {version} " in page
    assert f"jupyterhub {version}," in (ROOT / "tests/data/z2jh.schema.yaml").read_text()
    used = set(re.findall(r"[sS]ecretName\W+(softmax-\w+)|\"name\": \"(softmax-\w+)", files))
    secrets = {name for pair in used for name in pair if name}
    made = set(re.findall(r"kubectl create secret \w+ (softmax-\w+)", page))
    assert made == secrets - {"softmax-tls"}  # the certificate of the ingress
