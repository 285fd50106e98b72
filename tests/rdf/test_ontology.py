"""The quads of the ontology: its files are part of the installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.errors import NotFound
from knockon.rdf import ontology


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without its ontology is told apart from a store that cannot be written."""
    monkeypatch.setattr(ontology, "ontology_folder", lambda: tmp_path)
    with pytest.raises(NotFound, match=r"knockon\.ttl.*install Knock-on again"):
        ontology.ontology.__wrapped__()
