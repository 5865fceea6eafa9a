"""`followup schema`: JSON Schema of config, rules or examples, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from followup_rules.cli import shared
from followup_rules.cli.speech import say
from followup_rules.sentences import Sentence


@click.command("schema")
@click.argument("kind", type=click.Choice(("config", "rules", "examples")), default="config")
@click.option(
    "-o", "--output", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write it into this file."
)
@shared.json_option
def command(kind: str, file: Path | None, *, as_json: bool) -> None:
    """Print the JSON Schema of config.toml, of files of rules or of examples, by which an editor completes and checks.

    It knows the plugins that are installed. In VS Code with "Even Better TOML", and wherever taplo runs, a first line
    `#:schema ./config.schema.json` in a file names its schema.
    """
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only when the command is called
    from followup_rules.editor import json_schema  # noqa: PLC0415 -- likewise
    from followup_rules.host import registry  # noqa: PLC0415 -- likewise

    del as_json  # a schema is JSON anyway
    text = records.dump(json_schema.schema_of(kind, registry.load()))
    if file is None:
        click.echo(text)
    else:
        file.write_text(f"{text}\n", encoding="utf-8")
        line = f"#:schema ./{file.name}"
        say(Sentence("{file} written; name it in the first line of a file: {line}", file=file, line=line))
