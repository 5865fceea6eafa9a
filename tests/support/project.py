"""Where the project lies, and how a process of its own finds more than what is installed."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]


def finding(folder: Path) -> dict[str, str]:
    """Return an environment in which Python finds what lies in a folder, besides all that it finds here."""
    here = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *([here] if here else [])])}
