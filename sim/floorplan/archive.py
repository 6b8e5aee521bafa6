"""Zip archives opened with suspicion: sizes, ratios, counts and names are capped before a byte is unpacked."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from sim.errors import FloorPlanError, Problem
from sim.floorplan.geojson import shown

ENTRIES_MAX = 200
UNPACKED_BYTES_MAX = 400_000_000
ENTRY_BYTES_MAX = 200_000_000
RATIO_MAX = 200  # GeoJSON packs about 10 to 1; a bomb 1,000 to 1
SMALL_BYTES = 1_000_000  # below this the ratio does not matter


def read_archive(path: Path) -> dict[str, bytes]:
    """Return base name -> bytes of the GeoJSON and JSON files of an archive; raises FloorPlanError.

    Nothing is written to disk. Names that climb out, links, encrypted entries and equal base names are refused.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            problems = _problems(entries)
            if problems:
                raise FloorPlanError.of(path, problems)
            found: dict[str, bytes] = {}
            for entry in entries:
                name = PurePosixPath(entry.filename).name
                if name.lower().endswith((".geojson", ".json")) and not name.startswith("."):
                    if name in found:
                        raise FloorPlanError.of(
                            path, [Problem(shown(entry.filename), "", "a file name occurs once", "pack one plan")]
                        )
                    found[name] = _unpacked(archive, entry, path)
            return found
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise FloorPlanError.of(
            path, [Problem(path.name, str(error), "the archive must be whole", "download it again")]
        ) from None


def _problems(entries: list[zipfile.ZipInfo]) -> list[Problem]:
    found = []
    if len(entries) > ENTRIES_MAX:
        found.append(Problem("archive", f"{len(entries)} files", f"at most {ENTRIES_MAX} files", "pack only the plan"))
    total = sum(entry.file_size for entry in entries)
    if total > UNPACKED_BYTES_MAX:
        found.append(
            Problem("archive", f"{total:,} bytes unpacked", f"at most {UNPACKED_BYTES_MAX:,} bytes", "pack one building")
        )
    for entry in entries:
        name = entry.filename
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
            found.append(Problem(shown(name), "", "names stay inside the archive", "pack the plan again"))
        elif stat.S_ISLNK(entry.external_attr >> 16):
            found.append(Problem(shown(name), "a link", "an archive holds plain files", "pack the plan again"))
        elif entry.flag_bits & 0x1:
            found.append(Problem(shown(name), "encrypted", "an archive is not encrypted", "pack the plan without a password"))
        elif entry.file_size > ENTRY_BYTES_MAX:
            found.append(
                Problem(
                    shown(name), f"{entry.file_size:,} bytes", f"a file has at most {ENTRY_BYTES_MAX:,} bytes", "simplify it"
                )
            )
        elif entry.file_size > SMALL_BYTES and entry.file_size > RATIO_MAX * max(1, entry.compress_size):
            ratio = entry.file_size // max(1, entry.compress_size)
            found.append(
                Problem(shown(name), f"packed {ratio}:1", f"a file is packed at most {RATIO_MAX}:1", "check where it is from")
            )
    return found[:20]


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> bytes:
    """Return an entry's bytes, never more than its header announced."""
    with archive.open(entry) as file:
        data = file.read(entry.file_size + 1)
    if len(data) > entry.file_size:
        raise FloorPlanError.of(
            path, [Problem(shown(entry.filename), "", "a file is as long as announced", "download it again")]
        )
    return data
