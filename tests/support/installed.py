"""A plugin that looks installed: a module and the metadata of a package in a folder on the path."""

import importlib


def install(place, name, code, entry=""):
    (place / f"{name}.py").write_text(code)
    info = place / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entry or f"[followup_rules]\n{name} = {name}\n")
    importlib.invalidate_caches()
