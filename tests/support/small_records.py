"""Records made by hand from local names: entities, dependencies, documents, evidence and data sets of them."""

from __future__ import annotations

from collections.abc import Iterable

from knockon.model import Company, DataSet, DataSetInfo, Dependency, Document, Evidence, Statement
from knockon.vocabulary import ID

NS = ID
DOCUMENT = NS + "doc-a"


def iri(name: str) -> str:
    """The IRI of a local name."""
    return NS + name


def passage(start: int = 0, end: int = 9, document: str = DOCUMENT, stance: str = "Asserts") -> dict[str, object]:
    """Evidence, as a record takes it."""
    return {"document": iri(document) if ":" not in document else document, "start": start, "end": end, "stance": stance}


def need(dependant: str, what: str, *providers: str, name: str = "", **more: object) -> Dependency:
    """A dependency between local names, called ``dependant--what`` unless it has a ``name``."""
    supply = more.pop("supply", None) or [{"provider": iri(provider)} for provider in providers]
    given = {"id": iri(name or f"{dependant}-needs-{what}"), "dependant": iri(dependant), "need": iri(what), "supply": supply}
    return Dependency.model_validate({**given, **more})


def entities(*names: str, cls: type[Statement] = Company, **more: object) -> list[Statement]:
    """Entities of a class with their names as labels."""
    return [cls.model_validate({"id": iri(name), "label": name.capitalize(), **more}) for name in names]


def documents(*names: str) -> list[Document]:
    """Documents with their names as titles."""
    return [Document(id=iri(name), title=name) for name in names]


def data_set(name: str, records: Iterable[Statement], **more: object) -> DataSet:
    """Records as a data set."""
    info = DataSetInfo.model_validate({"id": iri(f"data-{name}"), "title": name.capitalize()})
    return DataSet(info, tuple(sorted(records, key=lambda r: r.id)), **more)  # type: ignore[arg-type]


def passages(*starts: int, document: str = DOCUMENT) -> list[Evidence]:
    """Evidence of ten characters at each start."""
    return [Evidence(document=document, start=start, end=start + 10) for start in starts]
