"""The command line: stdout is data, stderr is messages; every error has an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from knockon.cli.help import kept_help
from knockon.cli.streams import guard_terminals, open_streams, stop_writing

# Not that of typing: the help of the program is written without loading it.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from knockon.errors import KnockonError

_INTERRUPTED = 130
#: How many characters of the name of a file a message shows.
_NAME = 80


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 ok, 1 unexpected, 2 usage, 3 not found, 4 invalid data, 5 limit, 6 a broken rule."""
    open_streams()
    guard_terminals()
    code = run(list(sys.argv[1:] if arguments is None else arguments))
    try:
        sys.stdout.flush()
    except OSError:
        stop_writing()
    # The process ends: to search its objects for garbage once more would take a sixth of the time of a short command.
    gc.freeze()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    help_text = kept_help(arguments)
    try:
        return _run_app(arguments) if help_text is None else _write_help(help_text)
    except BrokenPipeError:
        # The reader of a pipe may stop reading: that is not an error, and nothing more can be written.
        stop_writing()
        return 0


def _write_help(text: str) -> int:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except Exception as error:
        from knockon.cli.failures import write_failure

        return write_failure(_as_knockon_error(error))
    return 0


def _run_app(arguments: Sequence[str]) -> int:
    # Our models use no plugins of pydantic; to look for plugins it would read the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # A command makes many small objects that it keeps: collecting garbage meanwhile takes a tenth of its time.
    gc.set_threshold(200_000, 20, 20)
    import typer

    from knockon.cli.app import program_for
    from knockon.cli.failures import call, write_failure
    from knockon.cli.messages import verbosity
    from knockon.errors import UsageError

    call.arguments = arguments
    verbosity.quiet = verbosity.verbose = False
    try:
        code = program_for(arguments)(args=list(arguments), standalone_mode=False, prog_name="knockon")
        sys.stdout.flush()
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):
            raise error.__context__ from None
        code = error.code
    except typer.Exit as error:
        code = error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        return write_failure(_as_knockon_error(error))
    if code == _INTERRUPTED:
        # typer returns this code for Ctrl-C as well.
        sys.stderr.write("stopped\n")
    if code == 1 and _is_completion(arguments):
        # typer returns 1 for a shell that it does not know.
        return UsageError.exit_code
    return int(code or 0)


def _is_completion(arguments: Sequence[str]) -> bool:
    return any(argument.startswith(("--install-completion", "--show-completion")) for argument in arguments)


def _as_knockon_error(error: Exception) -> KnockonError:
    """Return an error as one of ours: a wrong call that click refuses, an error of Knock-on, or a fault of the program."""
    import typer

    from knockon.errors import KnockonError, UsageError

    # The module in which typer keeps its copy of click differs between its releases; the name of the class does not.
    click_error = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")
    if isinstance(error, KnockonError):
        return error
    if isinstance(error, click_error):
        from knockon.cli.refused_calls import message_of

        return UsageError(message_of(error))
    if os.environ.get("KNOCKON_DEBUG"):
        raise error
    if isinstance(error, OSError) and error.strerror:
        # A path that is too long, a folder of another user, a full disk: not a fault of the program.
        from knockon.store.write_errors import is_full, write_error

        if is_full(error.errno):
            return write_error(_shortened(error.filename), error, outcome="it was not written to the end")
        return UsageError(f"{_shortened(error.filename)}: {error.strerror}; name another file or folder")
    return KnockonError(f"unexpected {type(error).__name__}: {error} (set KNOCKON_DEBUG=1 for the traceback, and report it)")


def _shortened(name: object) -> str:
    text = "the disk" if name is None else str(name)
    return text if len(text) <= _NAME else f"{text[:_NAME]}..."
