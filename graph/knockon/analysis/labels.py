"""The labels of records: every layer above turns an IRI into words with these functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from knockon.model import Dependency, Provision, Record, Supply
from knockon.model.labels import stated_label
from knockon.vocabulary import local_name


def label_of(records: Mapping[str, Record], iri: str) -> str:
    """Return the label of a record, or its title, or else its local name.

    >>> from knockon.model import Company
    >>> acme = Company(id="urn:x/acme", label="Acme")
    >>> label_of({acme.id: acme}, "urn:x/acme"), label_of({}, "urn:x/other")
    ('Acme', 'other')
    """
    return stated_label(records.get(iri)) or local_name(iri)


def name_of(records: Mapping[str, Record], iri: str, named: Callable[[str], str] | None = None) -> str:
    """Return the name of a record within a sentence: of a dependency who needs what, of any other record its label.

    ``named`` returns the names of the entities of a dependency, a supply or a provision; by default their labels.

    >>> need = Dependency(id="urn:x/d", dependant="urn:x/bakery", need="urn:x/flour")
    >>> name_of({need.id: need}, need.id)
    'the need of bakery for flour'
    """
    record = records.get(iri)
    name = partial(label_of, records) if named is None else named
    if isinstance(record, Dependency):
        return f"the need of {name(record.dependant)} for {name(record.need)}"
    if isinstance(record, Supply):
        return f"the supply from {name(record.provider)}"
    if isinstance(record, Provision):
        return f"the provision of {name(record.provided)} by {name(record.provider)}"
    return name(iri)


__all__ = ["label_of", "name_of"]
