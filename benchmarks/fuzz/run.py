"""Fuzz the readers, mappings, queries and addresses with atheris, for some seconds each.

    pip install atheris
    python benchmarks/fuzz/run.py [--seconds N] [--seeds FOLDER] [TARGET ...]

Without targets, all are fuzzed, each in a process of its own: the readers, the shipped mappings, ``rows`` (rows drawn for
each table of these), ``tables`` (a mapping with every kind of value), ``recognition``, ``load``, ``flows``,
``mapping-file``, ``query``, ``address`` and ``served`` (the parameters of the server, and whole requests to it). Files
in ``FOLDER/TARGET`` are inputs to begin with, beside the small invented ones. An input that ends in an error that is not
one of ours, or takes longer than 20 s or 2 GB, is written to the folder ``findings`` and makes the exit code 1;
``TARGET FILE`` runs one again.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

_FINDINGS = Path("findings")
#: The most bytes of an input, seconds for one, and MB.
_LONGEST, _SLOWEST, _LARGEST = 20_000, 20, 2_048


def main() -> int:
    """Fuzz the targets one after the other; return 1 if there was a finding."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("--seeds", type=Path, help="a folder with a folder of files for each target")
    parser.add_argument("--in-this-process", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("target", nargs="*")
    arguments = parser.parse_args()
    names: list[str] = arguments.target
    # Where one is fuzzed, its modules are imported once atheris can see them.
    known = names[:1] if arguments.in_this_process else sorted(_targets())
    files = [name for name in names[1:] if Path(name).is_file()]
    if unknown := [name for name in names if name not in (*known, *files)]:
        parser.error(f"no target {unknown[0]!r}; there are {', '.join(known)}")
    if arguments.seeds is not None and not arguments.seeds.is_dir():
        parser.error(f"--seeds {arguments.seeds}: no such folder")
    if len(names) == 2 and Path(names[1]).is_file():
        _targets()[names[0]].run(Path(names[1]).read_bytes())
        return 0
    if arguments.in_this_process:
        _fuzz(names[0], arguments.seconds, arguments.seeds)
    failed = [name for name in names or sorted(_targets()) if not _fuzz_in_process(name, arguments.seconds, arguments.seeds)]
    return 1 if failed else 0


def _targets():  # type: ignore[no-untyped-def]
    from targets import targets

    return targets()


def _fuzz_in_process(name: str, seconds: int, seeds: Path | None) -> bool:
    """Fuzz one target, and print how many inputs were tried; return whether there was no finding."""
    more = ["--seeds", str(seeds)] if seeds else []
    command = [sys.executable, __file__, "--in-this-process", "--seconds", str(seconds), *more, name]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    runs = re.findall(r"^(?:Done |stat::number_of_executed_units:\s+|#)(\d+)", done.stderr, re.MULTILINE)
    covered = re.findall(r"cov: (\d+)", done.stderr)
    result = "no finding" if done.returncode == 0 else f"A FINDING (exit {done.returncode})"
    print(
        f"{name}: {int(runs[-1]) if runs else 0:,} inputs in {seconds} s, {covered[-1] if covered else 0} edges: {result}",
        flush=True,
    )
    if done.returncode != 0:
        print(done.stdout[-3000:], done.stderr[-3000:], sep="\n", flush=True)
    return done.returncode == 0


def _fuzz(name: str, seconds: int, folder: Path | None) -> None:
    """Fuzz one target; does not return."""
    import atheris

    with atheris.instrument_imports(include=["knockon"]):
        target = _targets()[name]
    from mutations import mutate_structure

    _FINDINGS.mkdir(exist_ok=True)
    corpus = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    given = [path.read_bytes() for path in sorted((folder / name).glob("*")) if path.is_file()] if folder else []
    for number, content in enumerate((*target.seeds, *given)):
        (corpus / str(number)).write_bytes(content)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        # Of four inputs three keep their structure, where they have one. The first byte chooses the ending of the file.
        if seed % 4 and (changed := mutate_structure(data[1:], most - 1, seed)) is not None:
            return data[:1] + changed
        return bytes(atheris.Mutate(data, most))

    options = [f"-max_total_time={seconds}", f"-max_len={_LONGEST}", f"-timeout={_SLOWEST}", f"-rss_limit_mb={_LARGEST}"]
    options += [f"-artifact_prefix={_FINDINGS / name}-", "-print_final_stats=1", "-seed=1"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], target.run, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
