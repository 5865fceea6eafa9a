"""What starts `followup run` again and again: a line for cron, a timer of systemd's, or an agent of launchd's.

Each names the program and the config by their full paths, for what starts them has next to no environment. Whatever is
installed here bears a name, by which it is found again, replaced and removed; nothing else in the user's crontab, or
beside the other timers, is touched.
"""

from __future__ import annotations

import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from msgspec import Struct

from followup_rules import durable
from followup_rules.sealing import digest
from followup_rules.sentences import Sentence, system_error

KINDS = ("cron", "systemd", "launchd")
MINUTES = (5, 10, 15, 20, 30, 60)
"""So often cron can start something evenly: these divide an hour."""
_HOUR = 60
_SECONDS = 20.0
"""So long one of the programs below may take."""
_MARK = "# followup-rules: "
_AGENT = "rules.followup."


class NotScheduled(Exception):  # noqa: N818 -- what became of it
    """The schedule was left as it was; the sentence says why."""


class Schedule(Struct, frozen=True, kw_only=True):
    """What is to be started, and how often."""

    kind: str
    """One of `KINDS`."""
    command: tuple[str, ...]
    """The program and its arguments, by full paths."""
    name: str
    """Of this config's schedule, whatever kind it is."""
    minutes: int
    language: str = "C.UTF-8"
    """The value of LANG, by which texts are read and written."""

    @property
    def every(self) -> timedelta:
        """How long it is from one start to the next."""
        return timedelta(minutes=self.minutes)


def name_of(config: Path, default: Path) -> str:
    """Return the name of a config's schedule: another one for each config but the default one."""
    return "followup" if config == default else f"followup-{digest(str(config))[:8]}"


def usual_kind() -> str:
    """Return what starts things on this computer."""
    if sys.platform == "darwin":
        return "launchd"
    return "cron" if shutil.which("crontab") or not shutil.which("systemctl") else "systemd"


def program() -> str:
    """Return the full path of the command `followup`."""
    # That of this very environment, before whatever else the PATH may lead to.
    beside = Path(sys.executable).with_name("followup")
    return str(beside) if beside.exists() else shutil.which("followup") or "followup"


# -- what is written


def texts(schedule: Schedule) -> Mapping[Path, str]:
    """Return the files of a timer or an agent, or the line for cron under the name `crontab`."""
    if schedule.kind == "cron":
        return {Path("crontab"): _line(schedule) + "\n"}
    if schedule.kind == "launchd":
        return {_agent(schedule.name): _plist(schedule)}
    return dict(zip(_units(schedule.name), (_service(schedule), _timer(schedule)), strict=True))


def _line(schedule: Schedule) -> str:
    when = "0" if schedule.minutes == _HOUR else f"*/{schedule.minutes}"
    # cron takes a bare % for the end of the line; what stands behind # is a comment of the shell that it starts.
    words = f"LANG={shlex.quote(schedule.language)} {shlex.join(schedule.command)}".replace("%", r"\%")
    return f"{when} * * * * {words}  {_MARK}{schedule.name}"


def _service(schedule: Schedule) -> str:
    # systemd.service(5), "Command lines": quotes hold a word together; % and $ begin something else unless doubled.
    words = " ".join(_quoted(word) for word in schedule.command)
    return (
        "[Unit]\nDescription=followup: prepare what is due\n\n"
        f"[Service]\nType=oneshot\nEnvironment={_quoted(f'LANG={schedule.language}')}\nExecStart={words}\n"
    )


def _quoted(word: str) -> str:
    escaped = word.replace("\\", r"\\").replace('"', r"\"").replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _timer(schedule: Schedule) -> str:
    # In systemd.time(7) the minutes are counted within an hour: *:0/60 would never repeat.
    when = "hourly" if schedule.minutes == _HOUR else f"*:0/{schedule.minutes}"
    return (
        "[Unit]\nDescription=followup: prepare what is due, again and again\n\n"
        # Persistent (systemd.timer(5)): a start that fell into the computer's sleep is made up for.
        f"[Timer]\nOnCalendar={when}\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )


def _plist(schedule: Schedule) -> str:
    log = str(Path.home() / "Library" / "Logs" / f"{schedule.name}.log")
    return plistlib.dumps({
        "Label": _AGENT + schedule.name,
        "ProgramArguments": list(schedule.command),
        "EnvironmentVariables": {"LANG": schedule.language},
        "StartInterval": schedule.minutes * 60,
        "RunAtLoad": True,
        "StandardOutPath": log,
        "StandardErrorPath": log,
    }).decode()  # fmt: skip


def _units(name: str) -> tuple[Path, Path]:
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return home / "systemd" / "user" / f"{name}.service", home / "systemd" / "user" / f"{name}.timer"


def _agent(name: str) -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{_AGENT}{name}.plist"


# -- installed, removed, found again


def install(schedule: Schedule) -> None:
    """Put the schedule in place of any other one of its name. Raises NotScheduled."""
    if not all(word.isprintable() for word in schedule.command):
        raise NotScheduled(
            Sentence("the path of the config holds characters that cannot stand in a schedule; rename it")
        )
    # The new one first, the old ones after it: if that fails, something still starts the runs.
    before = [kind for kind in KINDS if kind != schedule.kind and _minutes(kind, schedule.name) is not None]
    if schedule.kind == "cron":
        _write_crontab([*_others(schedule.name), _line(schedule)])
    else:
        _install_files(schedule)
    for kind in before:
        _remove(kind, schedule.name)


def _install_files(schedule: Schedule) -> None:
    try:
        for file, text in texts(schedule).items():
            file.parent.mkdir(parents=True, exist_ok=True)
            durable.write(file, text.encode(), 0o600)
    except OSError as error:
        raise NotScheduled(
            Sentence("{path} cannot be written: {why}", path=error.filename, why=system_error(error))
        ) from error
    try:
        if schedule.kind == "systemd":
            _asked("systemctl", "--user", "daemon-reload")
            _asked("systemctl", "--user", "enable", "--now", f"{schedule.name}.timer")
        else:
            # bootstrap refuses a label that is loaded already; that it was not is no fault.
            _try("launchctl", "bootout", f"gui/{os.getuid()}/{_AGENT}{schedule.name}")
            _asked("launchctl", "bootstrap", f"gui/{os.getuid()}", str(_agent(schedule.name)))
    except NotScheduled:
        _unlink(*texts(schedule))  # what nothing starts must not look as if it were in place
        raise


def remove(name: str) -> list[str]:
    """Take away what bears the name; return the kinds of what there was. Raises NotScheduled."""
    found = [kind for kind in KINDS if _minutes(kind, name) is not None]
    for kind in found:
        _remove(kind, name)
    return found


def _remove(kind: str, name: str) -> None:
    if kind == "cron":
        _write_crontab(_others(name))
    elif kind == "systemd":
        _try("systemctl", "--user", "disable", "--now", f"{name}.timer")
        _unlink(*_units(name))
        _try("systemctl", "--user", "daemon-reload")
    else:
        _try("launchctl", "bootout", f"gui/{os.getuid()}/{_AGENT}{name}")
        _unlink(_agent(name))


def installed(name: str) -> tuple[str, timedelta] | None:
    """Return of what kind the schedule of a name is, and how often it starts; None if there is none."""
    for kind in KINDS:
        minutes = _minutes(kind, name)
        if minutes is not None:
            return kind, timedelta(minutes=minutes)
    return None


def _minutes(kind: str, name: str) -> int | None:
    """Return how often the schedule of a kind starts; None if there is none. Without a number it is an hour."""
    patterns = {"cron": r"^\*/(\d+) ", "systemd": r"^OnCalendar=\*:0/(\d+)$", "launchd": r"$^"}
    if kind == "cron":
        done = _try("crontab", "-l")  # it fails, too, if the user has no crontab
        lines = done.stdout.splitlines() if done and done.returncode == 0 else []
        text = next((line for line in lines if line.endswith(_MARK + name)), None)
    else:
        text = _read(_units(name)[1] if kind == "systemd" else _agent(name))
    if text is None:
        return None
    if kind == "launchd":
        return _interval(text) // 60
    found = re.search(patterns[kind], text, re.MULTILINE)
    return int(found[1]) if found else _HOUR


def _interval(text: str) -> int:
    try:
        return int(plistlib.loads(text.encode())["StartInterval"])
    except (ValueError, KeyError, TypeError, plistlib.InvalidFileException):  # edited by hand
        return _HOUR * 60


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def _unlink(*files: Path) -> None:
    try:
        for file in files:
            file.unlink(missing_ok=True)
    except OSError as error:
        raise NotScheduled(
            Sentence("{path} cannot be removed: {why}", path=error.filename, why=system_error(error))
        ) from error


# -- cron, and the programs that are asked


def _others(name: str) -> list[str]:
    """Return the lines of the crontab that are not of this name. Raises NotScheduled if that is not certain."""
    done = _try("crontab", "-l")
    if done is None:
        raise NotScheduled(Sentence("crontab is not installed here, or does not answer"))
    # Without a crontab it says so and fails; any other failure could mean lines that would be lost.
    if done.returncode and "no crontab" not in done.stderr.lower():
        raise NotScheduled(
            Sentence("{command} failed: {why}", command="crontab -l", why=done.stderr.strip() or done.returncode)
        )
    # Of the lines of others none may be lost: cron knows a crontab as a whole only.
    return [line for line in done.stdout.splitlines() if done.returncode == 0 and not line.endswith(_MARK + name)]


def _write_crontab(lines: list[str]) -> None:
    _asked("crontab", "-", given="".join(f"{line}\n" for line in lines))


def _asked(*command: str, given: str = "") -> None:
    done = _try(*command, given=given)
    if done is None or done.returncode:
        silent = Sentence("it is not there, or does not answer")
        why = (done.stderr.strip() or done.returncode) if done else silent
        raise NotScheduled(Sentence("{command} failed: {why}", command=shlex.join(command), why=why))


def _try(*command: str, given: str = "") -> subprocess.CompletedProcess[str] | None:
    """Return what became of a program; None if it is not there, or does not answer in time."""
    try:
        return subprocess.run(  # noqa: S603 -- names and paths of ours, and no shell
            command, input=given, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
