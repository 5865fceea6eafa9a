"""A stand-in for `crontab`: it keeps its lines in a file beside it."""

CRONTAB = """#!/bin/sh
case "$1" in
  -l) if [ -f "$0.lines" ]; then cat "$0.lines"; else echo "no crontab for camille" >&2; exit 1; fi ;;
  -) cat > "$0.lines" ;;
esac
"""


def put_in(folder, text=CRONTAB, name="crontab"):
    """Write a program; return its file."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(text)
    program.chmod(0o755)
    return program
