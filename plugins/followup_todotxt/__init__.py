"""Tasks in a todo.txt file, which any todo.txt program shows, edits and ticks off."""

from dataclasses import dataclass, field
from pathlib import Path

from followup_rules import Context, Output, OutputType, hookimpl
from followup_rules.model import TASK
from followup_rules.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class TodoTxtOptions:
    """The config table of an output to todo.txt."""

    path: Path = field(
        metadata={"help": "The todo.txt file; done.txt is looked for beside it, texts lie in todo-texts."}
    )


@hookimpl
def register_outputs() -> list[OutputType]:
    """Add the output `todotxt`."""
    return [OutputType("todotxt", Sentence("Tasks in a todo.txt file"), (TASK,), TodoTxtOptions, _open)]


def _open(options: TodoTxtOptions, context: Context) -> Output:
    from followup_todotxt.output import TodoTxt  # noqa: PLC0415 -- only a config that uses todo.txt pays for it

    return TodoTxt(options.path, context.profile.timezone, context.now)
