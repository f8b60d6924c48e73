"""The image and the compose file: linted, and in agreement with each other and with the settings."""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import env_names, load
from tests.deploy.promql import ROOT

BIN = Path(sys.executable).parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
ROLES = {"migrate", "shards", "worker", "scheduler"}


def lint(*argv: str | Path) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    lint(BIN / "hadolint", "--no-color", "--failure-threshold", "style", "Dockerfile")


def test_the_compose_file_follows_its_schema() -> None:
    lint(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml")


def test_the_image_runs_as_nobody_in_particular_and_takes_the_role_as_its_word() -> None:
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)
    assert 'ENTRYPOINT ["yourtale"]' in DOCKERFILE
    assert "--require-hashes" in DOCKERFILE
    assert (ROOT / "deploy" / "image" / "yourtale").stat().st_mode & stat.S_IXOTH


def test_every_package_of_ours_is_in_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for package in ("bot", "cogs", "core", "migrations", "playground"):
        assert f"COPY {package}/ {package}/" in DOCKERFILE
        assert f"!{package}/" in ignored


def test_every_copied_path_is_there() -> None:
    for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE):
        for path in line.split():
            assert (ROOT / path).exists(), path


def test_the_health_check_asks_the_port_on_which_every_role_listens() -> None:
    ports = re.findall(r"YOURTALE_PORT_\w+=(\d+)", DOCKERFILE)
    assert len(ports) == 3
    assert set(ports) == set(re.findall(r"127\.0\.0\.1:(\d+)/healthz", DOCKERFILE))


@pytest.mark.parametrize("name", sorted(ROLES))
def test_a_role_is_the_same_image_with_another_word_and_few_rights(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["image"] == "yourtale"
    assert service["command"] == [name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["stop_grace_period"].removesuffix("s")) >= 25
    assert "ports" not in service


def test_what_compose_sets_are_settings_and_its_secrets_come_from_files() -> None:
    known = set(env_names().values())
    for variable in COMPOSE["services"]["worker"]["environment"]:
        assert variable.removesuffix("_FILE") in known
    for service in COMPOSE["services"].values():
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        for name, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|TOKEN|KEY|_URL", name):
                assert str(value).startswith("/run/secrets/"), name


def test_what_can_be_reached_from_outside_listens_on_the_loopback_alone() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert COMPOSE["networks"]["parts"] == {"internal": True}


def test_the_queue_never_loses_a_job_to_eviction() -> None:
    config = COMPOSE["services"]["redis"]["command"][0]
    assert "maxmemory-policy noeviction" in config
    assert "appendonly yes" in config


def test_every_mounted_file_is_there() -> None:
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if source.startswith("."):
                assert (ROOT / source).is_file(), source


def test_the_secrets_are_made_once_and_are_settings_that_the_roles_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    _make(folder)
    first = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(first) == set(COMPOSE["secrets"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (folder / "discord_token").write_text("a-token\n")
    _make(folder)
    again = {path.name: path.read_text() for path in folder.iterdir()}
    assert again == first | {"discord_token": "a-token\n"}

    for variable, value in COMPOSE["services"]["worker"]["environment"].items():
        monkeypatch.setenv(variable, str(value).replace("/run/secrets", str(folder)))
    settings = load(None, beside=False)
    assert settings.token == "a-token"
    assert settings.database == f"postgresql://tale:{first['postgres_password']}@postgres:5432/yourtale"
    assert settings.redis == f"redis://:{first['redis_password']}@redis:6379/0"
    assert len(settings.master_key_bytes[0]) == len(settings.button_key_bytes[0]) == 32
    assert settings.gemini_api_keys == ()


def _make(folder: Path) -> None:
    lint(sys.executable, ROOT / "deploy" / "make_secrets.py", folder)


def test_grafana_finds_the_dashboard_and_its_source_where_compose_puts_them() -> None:
    mounts: dict[str, Any] = dict(
        volume.split(":")[:2] for volume in COMPOSE["services"]["grafana"]["volumes"] if volume.startswith(".")
    )
    provider = yaml.safe_load((ROOT / "deploy" / "grafana" / "dashboards.yml").read_text())["providers"][0]
    assert mounts["./deploy/grafana/yourtale.json"].startswith(provider["options"]["path"])
    source = yaml.safe_load((ROOT / "deploy" / "grafana" / "datasource.yml").read_text())["datasources"][0]
    dashboard = json.loads((ROOT / "deploy" / "grafana" / "yourtale.json").read_text())
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"] if "datasource" in panel} == {source["uid"]}
