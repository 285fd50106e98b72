"""Eight questions about an entity, as people read them: text, Markdown, and rows for programs."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote
from typing import TYPE_CHECKING

from knockon.analysis.records.profile_answer import QUESTIONS, ComputedLine
from knockon.markdown import bullets, document, heading
from knockon.model.dates import as_of_text
from knockon.present.caveats import confidence, rests_on
from knockon.present.citations import sources_text
from knockon.present.rows.table import Table
from knockon.suggested_command import suggested
from knockon.text import plain

if TYPE_CHECKING:
    from knockon.analysis.records.profile_answer import Profile, ProfileLine


def profile_text(profile: Profile) -> str:
    """Return the questions with their answers, a line of text for each thing that is known."""
    lines = [plain(_title(profile))]
    for key, answers in profile.sections():
        lines += ["", QUESTIONS[key], *(f"- {plain(line)}" for line in _lines(answers))]
    return "\n".join(lines)


def profile_markdown(profile: Profile) -> str:
    """Return the questions with their answers as Markdown."""
    parts = [part for key, lines in profile.sections() for part in (heading(2, QUESTIONS[key]), bullets(_lines(lines)))]
    return document(heading(1, _title(profile)), *parts)


def profile_rows(profile: Profile) -> Table:
    """Return a row for each line, with the key of its question."""
    rows = [
        {"question": key, **line.to_dict(), "sources": _sources(line)} for key, lines in profile.sections() for line in lines
    ]
    return Table(rows, ["question", "text", "stance", "inferred", "record", "sources"])


def profile_notes(profile: Profile) -> list[str]:
    """Return which day the profile is as of, what a least confidence leaves out, and what was not read."""
    day = as_of_text(str(profile.parameters["as_of"]), profile.not_holding)
    lines = [day, *confidence(profile.parameters, profile.confidence)]
    if profile.limited is not None:
        lines.append(
            f"LEFT OUT: more than {profile.limited:,} dependencies rest on it, directly or through others; the nearest "
            f"{profile.limited:,} are here, and loops and lock-ins by others are missing. "
            f"{suggested(f'impact --hit {quote(profile.id)}=1')} has everybody who loses with it"
        )
    return lines


def _title(profile: Profile) -> str:
    return f"{profile.label} ({profile.cls})"


def _lines(lines: Sequence[ProfileLine]) -> list[str]:
    texts = [f"{line.text}{_marks(line)} [{_sources(line) or 'no source'}]" for line in lines]
    return texts or ["Nothing is known."]


def _marks(line: ProfileLine) -> str:
    marks = ["inferred"] if line.inferred else []
    marks += [f"computed; {rests_on(line.support)}"] if isinstance(line, ComputedLine) else []
    marks += [str(line.stance).lower()] if line.stance not in (None, "Asserts") else []
    marks += [f"judged: {', '.join(line.judged)}"] if line.judged else []
    return f" ({'; '.join(marks)})" if marks else ""


def _sources(line: ProfileLine) -> str:
    return sources_text(line.evidence)


__all__ = ["profile_markdown", "profile_notes", "profile_rows", "profile_text"]
