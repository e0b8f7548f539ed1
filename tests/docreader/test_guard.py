"""The guard: our packages are ours, and whoever shadows them is named."""

import base64
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import docreader
from docreader._guard import PACKAGES, ShadowedPackageError, check_packages

HOME = Path(docreader.__file__).parent.parent


def python(code, folder, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def package(home, name, content=""):
    folder = home / name
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(content)
    return folder / "__init__.py"


def distribution(site, name, **contents):
    """Installed metadata of a distribution whose files have, or had when installed, these contents."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    rows = [f"{name}-1.0.dist-info/METADATA,,", f"{name}-1.0.dist-info/RECORD,,"]
    for file, content in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{file}/__init__.py,sha256={digest},{len(content)}")
    (info / "RECORD").write_text("\n".join(rows) + "\n")


def test_our_own_packages_pass():
    check_packages(HOME)


def test_import_is_light():
    done = python("import docreader, sys; print('torch' in sys.modules, 'numpy' in sys.modules)", HOME)
    assert done.stdout.split() == ["False", "False"], done.stderr


@pytest.mark.parametrize("name", PACKAGES)
@pytest.mark.parametrize("form", ["{}.py", "{}/__init__.py"])
def test_a_local_file_or_folder_is_named(tmp_path, name, form):
    intruder = tmp_path / form.format(name)
    intruder.parent.mkdir(exist_ok=True)
    intruder.write_text("raise SystemExit('the guard must not import this')")
    done = python("import docreader", tmp_path)
    assert done.returncode == 1
    message = done.stderr.splitlines()[-1]
    assert "ShadowedPackageError" in message
    assert str(intruder) in message
    assert f"another folder than '{tmp_path}'" in message


def test_a_folder_of_files_that_are_no_package_does_no_harm(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "weights.bin").write_text("")
    done = python("import docreader", tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_module_that_is_imported_already_is_named(tmp_path):
    done = python(
        "import sys, types; sys.modules['gtn'] = types.ModuleType('gtn'); import docreader", tmp_path
    )
    assert "ShadowedPackageError" in done.stderr


def test_a_missing_package_is_named(tmp_path):
    with pytest.raises(ShadowedPackageError, match=r"'no_such_pkg' is not installed.*pip install"):
        check_packages(tmp_path, ("no_such_pkg",))


def test_what_the_uninstallation_of_another_leaves_is_a_missing_package(tmp_path, monkeypatch):
    (tmp_path / "guarded_d").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ShadowedPackageError, match=r"'guarded_d' is not installed.*pip install"):
        check_packages(tmp_path, ("guarded_d",))


def test_a_package_in_another_place_is_ours_when_our_distribution_lists_it(tmp_path, monkeypatch):
    site = tmp_path / "elsewhere"
    package(site, "guarded_a")
    monkeypatch.syspath_prepend(site)
    with pytest.raises(ShadowedPackageError, match="guarded_a"):
        check_packages(tmp_path / "home", ("guarded_a",))
    distribution(site, "docreader", guarded_a="")
    check_packages(tmp_path / "home", ("guarded_a",))


def test_an_installed_package_in_another_place_is_named_with_its_distribution(tmp_path, monkeypatch):
    site = tmp_path / "site-packages"
    package(site, "guarded_b")
    distribution(site, "somebody", guarded_b="")
    monkeypatch.syspath_prepend(site)
    with pytest.raises(ShadowedPackageError, match="pip uninstall somebody"):
        check_packages(tmp_path / "home", ("guarded_b",))


def test_a_package_that_another_wheel_has_overwritten_is_found_out(tmp_path, monkeypatch):
    package(tmp_path, "guarded_c", "theirs")
    distribution(tmp_path, "docreader", guarded_c="ours")
    monkeypatch.syspath_prepend(tmp_path)
    check_packages(tmp_path, ("guarded_c",))  # changed by hand: nobody else claims it
    distribution(tmp_path, "somebody", guarded_c="theirs")
    with pytest.raises(ShadowedPackageError, match=r"overwritten by the installed package 'somebody'"):
        check_packages(tmp_path, ("guarded_c",))


def test_unknown_names_are_refused_and_known_ones_load():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = docreader.nonsense
    assert docreader.Reading.__module__ == "docreader.io.records"
    assert "Reader" in dir(docreader)
