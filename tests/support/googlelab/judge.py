"""A judge of answers: prism (npm) between client and server, with Google's own description of the API.

Whatever the description does not allow, in a request or in a reply, becomes an error of the request.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import googleapiclient.discovery_cache

from .node import environment, node, package, serving

_DOCUMENTS = Path(googleapiclient.discovery_cache.__file__).parent / "documents"
_CONVERT = Path(__file__).with_name("swagger.cjs")


@contextmanager
def judging(api: str, url: str, folder: Path) -> Iterator[str]:
    """Put the judge before a server, for an API such as `tasks.v1`; the converted description goes into the folder."""
    package("google-discovery-to-swagger")
    spec = folder / f"{api}.swagger.json"
    command = [node(), str(_CONVERT), str(_DOCUMENTS / f"{api}.json"), str(spec)]
    subprocess.run(command, check=True, env=environment())
    with serving(package("@stoplight/prism-cli") / "dist/index.js", "proxy", str(spec), url, "--errors") as judge:
        yield judge
