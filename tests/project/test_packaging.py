"""The wheel holds what the source tree has, and works without it."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile

import pytest

from tests.support.project import ROOT

ALONE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
"""The environment without what would lead to the source tree."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """A new environment with the wheel; what it depends on is borrowed from this one, so that nothing is downloaded."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    install = ["install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return folder


def alone():
    """Return an environment in which Python finds no more than what is installed."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def names_in(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_plugin_folders_are_entry_points_and_are_in_the_wheel(wheel):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    folders = {path.name for path in (ROOT / "plugins").iterdir() if (path / "__init__.py").exists()}
    entries = {module for module in project["entry-points"]["followup_rules"].values() if "." not in module}
    packed = {
        name.split("/")[0] for name in names_in(wheel) if name.startswith("followup_") and "dist-info" not in name
    }
    assert folders == entries == packed - {"followup_rules"}


def test_rules_texts_and_word_lists_are_in_the_wheel(wheel):
    names = names_in(wheel)
    for path in (ROOT / "followup_rules").rglob("*"):
        if path.suffix in (".py", ".toml", ".txt", ".po") or path.name == "py.typed":
            assert path.relative_to(ROOT).as_posix() in names
    assert not [name for name in names if name.startswith(("tests", "examples", "plugins"))]


def test_the_wheel_works_without_the_source_tree(environment, tmp_path):
    command = [str(environment / "bin" / "followup"), "plugins"]
    result = subprocess.run(command, cwd=tmp_path, env=ALONE, capture_output=True, text=True, check=True)
    for name in ("ics", "mailbox", "notes", "todotxt", "interview"):
        assert name in result.stdout
    where = [str(environment / "bin" / "python"), "-c", "import followup_rules; print(followup_rules.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, env=ALONE, capture_output=True, text=True, check=True)
    assert found.stdout.startswith(str(environment))


def test_it_speaks_french_where_it_is_installed(environment, tmp_path):
    command = [str(environment / "bin" / "followup"), "--help"]
    result = subprocess.run(
        command, cwd=tmp_path, env={**ALONE, "FOLLOWUP_LANGUAGE": "fr"}, capture_output=True, text=True, check=True
    )
    assert "Tenez parole" in result.stdout


def test_the_demo_and_a_look_work_where_it_is_installed(environment, tmp_path):
    followup = str(environment / "bin" / "followup")
    for arguments in (["demo"], ["look", ROOT / "examples" / "calendar.ics", "--now", "2026-11-17T12:00"]):
        result = subprocess.run(
            [followup, *arguments], cwd=tmp_path, env=ALONE, capture_output=True, text=True, check=True
        )
        assert "Boussole" in result.stdout or "Sophie Gagnon" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_module_runs_like_the_command(environment, tmp_path):
    command = [str(environment / "bin" / "python"), "-m", "followup_rules", "--version"]
    result = subprocess.run(command, cwd=tmp_path, env=ALONE, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("followup, version ")


def test_the_wheel_carries_the_licence(wheel):
    assert [name for name in names_in(wheel) if name.endswith("dist-info/licenses/LICENSE")]


def test_the_source_archive_holds_what_one_needs_to_go_on_and_nothing_else(tmp_path):
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path], cwd=ROOT, check=True)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    pages = {"README.md", "README.fr.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
    assert {*pages, "LICENSE", "Makefile", "pyproject.toml", "docs/tour.md", "tests/conftest.py"} <= names
    folders = {"followup_rules", "plugins", "examples", "docs", "tests", "benchmarks"}
    single = {*pages, "LICENSE", "Makefile", "PKG-INFO", ".gitignore", "pyproject.toml", "config.example.toml"}
    assert {name.partition("/")[0] for name in names} == folders | single
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".db"))]
