"""Help and usage errors in the language of the person: what commands say of themselves, and what click says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from followup_rules.cli.speech import tr
from followup_rules.sentences import Sentence, as_sentence

# The sentences of click, which it puts together before it hands them on.
_CLICK = (
    Sentence("No such option: {name}"),
    Sentence("No such option {name}."),
    Sentence("No such command {name}."),
    Sentence("Missing command."),
    Sentence("Missing argument {name}."),
    Sentence("Missing option {name}."),
    Sentence("Option {name} does not take a value."),
    Sentence("Option {name} requires an argument."),
    Sentence("Got unexpected extra argument ({name})"),
    Sentence("Got unexpected extra arguments ({name})"),
    Sentence("{name} is not a valid integer."),
    Sentence("{name} is not a valid integer range."),
    Sentence("{name} is not in the range {range}."),
    Sentence("{name} is not in the range {least}<=x<={most}."),
    Sentence("{name} is not one of {choices}."),
    Sentence("{kind} {name} does not exist."),
    Sentence("{kind} {name} is a directory."),
    Sentence("{kind} {name} is not readable."),
    Sentence("File"),
    Sentence("Path"),
    Sentence("{said} Did you mean {name}?"),
    Sentence("{said} (Did you mean {name}?)"),
    Sentence("{said} (Did you mean one of: {name}?)"),
    Sentence("{said} (Possible options: {name})"),
    Sentence("Show this message and exit."),
    Sentence("Show the version and exit."),
)
_EXTRA = re.compile(r"(.*?)(  \[[^\]]*\])?", re.DOTALL)
"""The help of an option, and what click adds: the default, a range."""


class Formatter(click.HelpFormatter):
    """Writes help pages in the language of the person."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that shows how a command is called."""
        super().write_usage(prog, args, f"{tr(prefix or Sentence('Usage: '))}")

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        headings = {"Options": Sentence("Options:"), "Commands": Sentence("Commands:")}
        self.write(f"{'':{self.current_indent}}{tr(headings.get(heading, f'{heading}:'))}\n")

    def write_text(self, text: str) -> None:
        """Write the text of a command."""
        super().write_text(tr(as_sentence(text)))

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Write a list of options or commands, and what each does."""
        super().write_dl([(name, _help(said)) for name, said in rows], *args, **kwargs)


def _help(said: str) -> str:
    found = _EXTRA.fullmatch(said)
    assert found is not None, "it fits any text"
    extra = (found[2] or "").replace("default: ", tr(Sentence("default: ")))
    return tr(as_sentence(found[1])) + extra


class Context(click.Context):
    """The call of a command, whose help is in the language of the person."""

    formatter_class = Formatter


class _UsageError(click.UsageError):
    """A usage error of which everything is said already."""

    def __init__(self, context: click.Context, said: str) -> None:
        super().__init__(tr(said), context)
        command = f"{context.command_path} {max(context.help_option_names, key=len)}"
        hint = tr(Sentence("Try '{command}' for help.", command=command))
        self._shown = f"{context.get_usage()}\n{hint}\n\n{tr(Sentence('Error: {said}', said=said))}"

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it to standard error."""
        click.echo(self._shown, file=file, err=True)


@contextmanager
def usage_errors() -> Iterator[None]:
    """Have usage errors told in the language of the person."""
    try:
        yield
    except (_UsageError, click.exceptions.NoArgsIsHelpError):  # the latter is the help page itself
        raise
    except click.UsageError as error:
        if error.ctx is None:
            raise
        with error.ctx.scope(cleanup=False):
            raise _UsageError(error.ctx, _sentence(error)) from error


def _sentence(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter) or not isinstance(error, click.BadParameter):
        return error.message if isinstance(error.message, Sentence) else _recognised(error.format_message())
    said = _recognised(error.message)
    hint = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param and error.ctx else "")
    named = " / ".join(map(repr, hint)) if hint and not isinstance(hint, str) else hint
    if not named:
        return Sentence("Invalid value: {said}", said=said)
    return Sentence("Invalid value for {name}: {said}", name=named, said=said)


def _recognised(said: str) -> str:
    """Return a text of click as the sentence that it was made of, if it is a known one."""
    if isinstance(said, Sentence):
        return said
    for known in reversed(_CLICK):
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(known.template))
        if found := re.fullmatch(pattern, said, re.DOTALL):
            return Sentence(known.template, **{name: _recognised(value) for name, value in found.groupdict().items()})
    return said
