"""Files of judgements: YAML that people review and ``load`` reads, written whole and atomically after each decision."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from knockon.authoring.source import Source
from knockon.authoring.yaml_files import read_yaml
from knockon.errors import InvalidData, Problem
from knockon.identity.candidates import Candidate
from knockon.model.judgement import judgement_name
from knockon.store.atomic_write import write_bytes
from knockon.text import plain
from knockon.vocabulary import PREFIXES, Verdict

#: The first line of a file, for people who open it.
HEADER = "# Whether two entities are one: verdict Same, Different or Unsure. `knockon load` reads this file.\n"
#: The most characters of a name in a reason.
_LONGEST_SHOWN = 120
_FIELDS = ("entity", "verdict", "judgedBy", "date", "reason")


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement of a file: two IRIs, a verdict, who judged, when and why; ``name`` is that of its record."""

    entities: tuple[str, str]
    verdict: Verdict
    judged_by: str = ""
    date: str = ""
    reason: str = ""
    name: str = ""

    @classmethod
    def of(cls, candidate: Candidate, verdict: Verdict, judged_by: str, day: datetime.date) -> Judged:
        """Return a judgement about a candidate."""
        one, other = (shortened(" ".join(name.split())) for name in candidate.names)
        reason = f"{one} / {other}: {candidate.reason}"
        first, second = sorted((candidate.first, candidate.second))
        return cls((first, second), verdict, judged_by, day.isoformat(), reason, judgement_name((first, second)))


@dataclass(slots=True)
class JudgementFile:
    """The judgements of a file, by the name of their record; ``write`` replaces the file.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "judgements.yaml"
    >>> judgements = JudgementFile(path)
    >>> judgements.add(Judged(("urn:x:a", "urn:x:b"), Verdict.SAME, "me", "2026-01-01", "one firm", "judgement-1"))
    >>> judgements.write()
    >>> JudgementFile.read(path).judged["judgement-1"].verdict.value
    'Same'
    """

    path: Path
    judged: dict[str, Judged] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> JudgementFile:
        """Return the judgements of a file; none where there is no file, or nothing but comments in it.

        Raises
        ------
        InvalidData
            The file cannot be read, or has other records, or a judgement without two entities; with file and line.
        """
        if not path.exists():
            return cls(path)
        source = Source.of(path)
        text = source.text()
        if isinstance(text, str) and all(line.lstrip().startswith("#") or not line.strip() for line in text.splitlines()):
            return cls(path)
        sheet = read_yaml(source)
        problems = list(sheet.problems)
        judged: dict[str, Judged] = {}
        for raw in sheet.raws:
            if raw.cls != "Judgement":
                hint = "keep judgements in a file of their own: this one is written anew after each decision"
                problems.append(Problem(str(path), raw.line, f"{raw.id} is a {raw.cls}", hint))
                continue
            known = _judged(raw.id, raw.data)
            if isinstance(known, Judged):
                judged[raw.id] = known
            else:
                problems.append(Problem(str(path), raw.line, f"{raw.id}: {known}"))
        if problems:
            raise InvalidData(problems, "nothing was judged")
        return cls(path, judged)

    def add(self, judgement: Judged) -> None:
        """Add a judgement, in place of an earlier one on the same two entities."""
        pair = set(judgement.entities)
        earlier = next((name for name, known in self.judged.items() if set(known.entities) == pair), None)
        if earlier is not None and earlier != judgement.name:
            judgement = replace(judgement, name=earlier)
        self.judged[judgement.name] = judgement

    def remove(self, name: str) -> None:
        """Remove a judgement by the name of its record."""
        self.judged.pop(name, None)

    def verdict_on(self, first: str, second: str) -> Verdict | None:
        """Return the verdict on two entities; None where there is none."""
        return next((known.verdict for known in self.judged.values() if set(known.entities) == {first, second}), None)

    def write(self) -> None:
        """Write the file: either whole, or not at all."""
        write_bytes(self.path, judgements_yaml(self.judged.values()).encode())


def judgements_yaml(judged: Iterable[Judged]) -> str:
    """Return judgements as YAML, in the order of their names.

    >>> print(judgements_yaml([Judged(("urn:x:a", "urn:x:b"), Verdict.UNSURE, name="j")]), end="")
    # Whether two entities are one: verdict Same, Different or Unsure. `knockon load` reads this file.
    Judgement:
      j:
        entity: ["urn:x:a", "urn:x:b"]
        verdict: Unsure
    """
    blocks = []
    for known in sorted(judged, key=lambda known: known.name):
        entities = ", ".join(_quoted(iri) for iri in known.entities)
        lines = [f"  {known.name}:", f"    entity: [{entities}]", f"    verdict: {known.verdict}"]
        texts = {"judgedBy": known.judged_by, "date": known.date, "reason": known.reason}
        lines += [f"    {name}: {_quoted(text)}" for name, text in texts.items() if text]
        blocks.append("\n".join(lines))
    return HEADER + ("Judgement:\n" + "\n".join(blocks) if blocks else "Judgement: {}") + "\n"


def shortened(name: str) -> str:
    """Return a name, or its beginning where it is very long."""
    return name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}..."


def _quoted(text: str) -> str:
    """Return a text in double quotes, on one line: a JSON string is one in YAML too."""
    return json.dumps(" ".join(plain(text).split()), ensure_ascii=False)


def _judged(name: str, data: Mapping[str, object]) -> Judged | str:
    """Return a judgement, or what is wrong with it."""
    if unknown := sorted(set(data) - set(_FIELDS)):
        return f"{unknown[0]}: a file for review has no such field; it would be lost"
    entities = data.get("entity")
    if not isinstance(entities, list) or len(entities) != 2 or not all(isinstance(each, str) for each in entities):
        return "entity must be a list of two IRIs"
    verdict = next((word for word in Verdict if word.casefold() == str(data.get("verdict", "")).casefold()), None)
    if verdict is None:
        return f"verdict must be {', '.join(Verdict)}, not {str(data.get('verdict'))[:100]!r}"
    first, second = sorted(_iri(each) for each in entities)
    by, day, reason = (str(data.get(field_name) or "") for field_name in ("judgedBy", "date", "reason"))
    return Judged((first, second), verdict, by, day, reason, name)


def _iri(text: str) -> str:
    prefix, colon, rest = text.partition(":")
    if colon:
        return PREFIXES[prefix] + rest if prefix in PREFIXES else text
    return PREFIXES["my"] + text


__all__ = ["HEADER", "Judged", "JudgementFile", "judgements_yaml", "shortened"]
