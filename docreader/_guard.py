"""Check that `models`, `segment` and `gtn` are the packages that ship with docreader.

Others use these names too: a script `models.py` in the working folder, a folder `models/` of another project, or `pip
install gtn`, the C++ library. Without the check, such a package causes an AttributeError deep inside docreader. The
packages are located, never imported, so that `import docreader` stays fast and free of torch.
"""

import base64
import hashlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

PACKAGES = ("gtn", "models", "segment")

REINSTALL = "pip install --force-reinstall --no-deps docreader"


class ShadowedPackageError(ImportError):
    """Another package or file is found in place of `models`, `segment` or `gtn`."""


def check_packages(home: Path, names: tuple[str, ...] = PACKAGES) -> None:
    """Check that each named package belongs to docreader, without importing it.

    It does if its `__init__.py` is beside docreader (a checkout, an editable install, a wheel
    in site-packages) or is a file of the installed distribution docreader, and no other installed
    distribution has overwritten it.

    Args:
        home: Parent of the folder `docreader`.
        names: Packages to check.

    Raises:
        ShadowedPackageError: A package is missing, or belongs to another distribution. The message names the file
            found instead and the remedy.
    """
    for name in names:
        found = _location(name)
        init = home / name / "__init__.py"
        if found is None or _same(found, init.parent):  # gone, or gone but for its folder
            raise ShadowedPackageError(
                f"docreader's own package '{name}' is not installed beside it in '{home}'. "
                f"Install docreader again: {REINSTALL}",
                name=name,
            )
        if not _same(found, init) and not _ours(name, found):
            raise ShadowedPackageError(_explain(name, found, init), name=name, path=str(found))
        other = _overwriter(name, found)
        if other:
            raise ShadowedPackageError(
                f"docreader cannot start: its package '{name}' ({found.parent}) has been overwritten by the "
                f"installed package '{other}', which brings a package of the same name. One environment "
                f"cannot hold both: run 'pip uninstall {other}' and then '{REINSTALL}', or "
                f"install docreader into a virtual environment of its own.",
                name=name,
                path=str(found),
            )


def _location(name: str) -> Path | None:
    """Return the file or folder that `import name` would take, None if there is none."""
    spec: ModuleSpec | None
    try:
        spec = importlib.util.find_spec(name)
    except ValueError:  # imported already, by a hand-made module without a spec
        spec = None
        file = getattr(sys.modules.get(name), "__file__", None)
        if file:
            return Path(file)
    if spec is None:
        return None
    if spec.has_location and spec.origin:
        return Path(spec.origin)
    for folder in spec.submodule_search_locations or ():  # a namespace package: a folder without __init__.py
        return Path(folder)
    return Path(f"<{spec.origin or name}>")


def _same(a: Path, b: Path) -> bool:
    """Return whether two paths are one file; inside zip files, where nothing resolves, by name."""
    return a == b or os.path.realpath(a) == os.path.realpath(b)


def _listed(name: str) -> importlib.metadata.PackagePath | None:
    """Return the initialization file of a package as the installed distribution docreader lists it."""
    try:
        files = importlib.metadata.files("docreader") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return next((file for file in files if file.as_posix() == f"{name}/__init__.py"), None)


def _ours(name: str, found: Path) -> bool:
    """Return whether the installed distribution docreader lists this file."""
    listed = _listed(name)
    return listed is not None and _same(Path(str(listed.locate())), found)


def _overwriter(name: str, found: Path) -> str | None:
    """Return the name of another distribution that has overwritten our file, None if there is none.

    Two wheels with one package name unpack into one folder: only the hash of the file distinguishes them.
    """
    listed = _listed(name)
    if listed is None or listed.hash is None or listed.hash.mode != "sha256":
        return None
    try:
        digest = hashlib.sha256(found.read_bytes()).digest()
    except OSError:
        return None
    if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == listed.hash.value:
        return None
    return next((owner for owner in _owners(found) if owner != "docreader"), None)


def _explain(name: str, found: Path, wanted: Path) -> str:
    """Return the message for a package that is found elsewhere than beside docreader."""
    base = found.parent.parent if found.name == "__init__.py" else found.parent
    first = (
        f"docreader cannot start: it needs its own package '{name}' ({wanted}), "
        f"but Python finds '{found}' first."
    )
    owner = _owner(found)
    if owner:
        remedy = (
            f"That file belongs to the installed package '{owner}'. Run 'pip uninstall {owner}', "
            f"or install docreader into a virtual environment of its own."
        )
    elif name in sys.modules:
        remedy = "It has been imported already: rename it, or use docreader in another process."
    else:
        remedy = (
            f"Rename it, start Python from another folder than '{base}', or take that folder out of "
            f"PYTHONPATH and sys.path; the command 'docreader' (instead of 'python -m docreader') does not "
            f"search the working folder."
        )
    return f"{first} {remedy}"


def _owner(found: Path) -> str | None:
    """Return the installed distribution that a file belongs to, None for a file of a project."""
    installed = {"site-packages", "dist-packages"} & set(found.parts)
    return next(_owners(found), None) if installed else None


def _owners(found: Path) -> Iterator[str]:
    """Yield the names of the distributions that list a file; slow, but only on the way to an error."""
    for distribution in importlib.metadata.distributions():
        files = (file for file in distribution.files or () if file.name == found.name)
        if any(_same(Path(str(file.locate())), found) for file in files):
            yield str(distribution.metadata["Name"])
