"""Fetch fonts with a free license for `docreader train reader --fonts`: benchmarks/fonts.py OUT.

Packages @fontsource/NAME come from the npm registry by the command npm. OUT gets a folder for each kind of
`docreader.synthesis.fonts.KINDS`, with the license of each package. Fonts without digits are left out. They are used
in training alone: no font is part of docreader.
"""

import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from docreader.synthesis.fonts import Font

_HAND = """
annie-use-your-telescope architects-daughter bad-script balsamiq-sans caveat caveat-brush cedarville-cursive comic-neue
coming-soon courgette covered-by-your-grace crafty-girls damion dancing-script delicious-handrawn edu-sa-beginner
gaegu give-you-glory gloria-hallelujah gochi-hand handlee homemade-apple indie-flower itim just-another-hand
just-me-again-down-here kalam kristi la-belle-aurore loved-by-the-king mali mansalva marck-script mynerve
nanum-brush-script nanum-pen-script neucha nothing-you-could-do over-the-rainbow pangolin patrick-hand
permanent-marker playpen-sans reenie-beanie rock-salt schoolbell shadows-into-light shadows-into-light-two
shantell-sans short-stack sriracha sue-ellen-francisco swanky-and-moo-moo the-girl-next-door vibur
waiting-for-the-sunrise yomogi zen-kurenaido zeyada klee-one hachi-maru-pop licorice gruppo kiwi-maru
"""

_PRINT = """
arimo roboto open-sans noto-sans source-sans-3 inter lato pt-sans ubuntu tinos pt-serif noto-serif merriweather
libre-baskerville eb-garamond crimson-text roboto-slab arvo rokkitt roboto-condensed pt-sans-narrow oswald
archivo-narrow barlow-condensed fira-sans-extra-condensed saira-condensed encode-sans-semi-expanded michroma krona-one
archivo-black anton carlito caladea gelasio old-standard-tt poppins mukta nunito montserrat quantico share-tech
barlow rajdhani yantramanav libre-franklin work-sans ibm-plex-sans ibm-plex-serif sarabun
"""

_TYPEWRITER = """
special-elite cutive-mono courier-prime cousine anonymous-pro roboto-mono ibm-plex-mono nova-mono space-mono
ubuntu-mono pt-mono oxygen-mono noto-sans-mono inconsolata source-code-pro fira-mono lekton xanh-mono
kelly-slab dm-mono syne-mono b612-mono overpass-mono major-mono-display
"""

_DOT = """
vt323 dotgothic16 share-tech-mono press-start-2p silkscreen pixelify-sans doto handjet jersey-10 micro-5 sixtyfour
workbench tiny5 jersey-20 bitcount-single
"""

_LABELS = {
    "noto-sans": ("latin-ext", "devanagari"),
    "noto-serif": ("latin-ext",),
    "roboto": ("latin-ext",),
    "poppins": ("latin-ext", "devanagari"),
    "mukta": ("devanagari", "latin-ext"),
    "hind": ("devanagari", "latin-ext"),
    "noto-sans-devanagari": ("devanagari",),
    "noto-naskh-arabic": ("arabic",),
    "noto-nastaliq-urdu": ("arabic",),
    "cairo": ("arabic",),
    "noto-sans-bengali": ("bengali",),
    "noto-sans-sinhala": ("sinhala",),
    "noto-sans-tamil": ("tamil",),
    "noto-sans-kannada": ("kannada",),
    "noto-sans-thai": ("thai",),
    "noto-sans-thaana": ("thaana",),
}
"""Packages with currency signs and words of scripts, and their subsets."""

_DIGITS = "0123456789"


def main(out: Path) -> None:
    """Fetch all kinds into a folder; those that are there are kept."""
    faces = ("400-normal", "700-normal")
    for kind, listed in (("hand", _HAND), ("print", _PRINT), ("typewriter", _TYPEWRITER), ("dot", _DOT)):
        names = listed.split()
        slanted = (*faces, "400-italic") if kind in ("print", "typewriter") else faces
        wanted = [f"latin-{face}" for face in slanted]
        count = sum(_extract(package, out / kind, wanted, _DIGITS) for package in _packages(names))
        print(f"{kind}: {count} files of {len(names)} packages", flush=True)
    for package in _packages(list(_LABELS)):
        subsets = _LABELS[_name(package)]
        _extract(package, out / "label", [f"{s}-{face}" for s in subsets for face in faces], "")


def _packages(names: list[str]) -> Iterator[Path]:
    """Yield the archive of each package that the registry has."""
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(names), 8):
            if not _pack(names[start : start + 8], folder):
                for name in names[start : start + 8]:
                    if not _pack([name], folder):
                        print(f"@fontsource/{name}: not in the registry", file=sys.stderr)
            for archive in sorted(Path(folder).glob("*.tgz")):
                yield archive
                archive.unlink()


def _pack(names: Iterable[str], folder: str) -> bool:
    command = ["npm", "pack", "--silent", *(f"@fontsource/{name}" for name in names)]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def _name(archive: Path) -> str:
    return archive.name.removeprefix("fontsource-").rsplit("-", 1)[0]


def _extract(archive: Path, folder: Path, wanted: list[str], needed: str) -> int:
    """Write the wanted faces that have the needed characters, and the license; return the number of faces."""
    folder.mkdir(parents=True, exist_ok=True)
    name, kept = _name(archive), 0
    with tarfile.open(archive) as files:
        members = {Path(member.name).name: member for member in files.getmembers()}
        for ending in wanted:
            member = members.get(f"{name}-{ending}.woff2")
            data = files.extractfile(member) if member else None
            if data is None:
                continue
            path = folder / f"{name}-{ending}.woff2"
            path.write_bytes(data.read())
            if Font(path).has(needed):
                kept += 1
            else:
                path.unlink()
        license = files.extractfile(members["LICENSE"]) if kept and "LICENSE" in members else None
        if license is not None:
            (folder / f"{name}.LICENSE").write_bytes(license.read())
    return kept


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
