"""What the nodes and edges of a graph of another program are in the vocabulary, by their attributes.

The type of an edge says what it is: ``supplies``, ``DEPENDS_ON``, ``owns``, ``partOf``, a relation type. A type that is
not known is counted as left out, with the option that names its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from knockon.authoring.names import is_iri
from knockon.model import STATEMENTS, is_a
from knockon.readers.collector import RecordCollector
from knockon.readers.graph_attributes import criticality_of, dates_of, name_part, plain, reference, share_of
from knockon.readers.record_drafts import Place
from knockon.vocabulary import RELATION_TYPES

#: What the type of an edge means, without capitals and punctuation; from the source to the target, or the other way.
_MEANINGS: dict[str, tuple[str, bool]] = {
    **dict.fromkeys(("dependson", "needs", "requires", "relieson", "uses", "dependency"), ("needs", True)),
    **dict.fromkeys(("requiredby", "neededby", "usedby"), ("needs", False)),
    **dict.fromkeys(("suppliedby", "buysfrom", "sourcesfrom"), ("supplied", True)),
    **dict.fromkeys(("supplies", "suppliesto", "supplierof", "sellsto", "deliversto", "supply"), ("supplied", False)),
    **dict.fromkeys(("provides", "providerof", "produces", "manufactures", "makes"), ("provides", True)),
    **dict.fromkeys(("providedby", "producedby", "manufacturedby", "madeby"), ("provides", False)),
    **dict.fromkeys(("owns", "shareholderof", "parentof", "holdssharesin", "ownership"), ("owns", True)),
    **dict.fromkeys(("ownedby", "subsidiaryof"), ("owns", False)),
    **dict.fromkeys(("partof", "belongsto"), ("part", True)),
    **dict.fromkeys(("haspart", "contains", "includes"), ("part", False)),
    **dict.fromkeys(("designatedby", "listedunder", "sanctionedby"), ("designated", True)),
}  # fmt: skip
_RELATIONS = {name.lower(): name for name in RELATION_TYPES}
_CLASSES = {name.lower(): name for name in STATEMENTS if is_a(name, "Entity") or name == "Measure"}
_CLASSES |= {"organisation": "Organization", "firm": "Company", "corporation": "Company", "country": "Jurisdiction"}
#: The name of an edge without a type, for ``--rename edge=supplies``.
UNTYPED = "edge"
_LABELS = ("label", "name", "title", "caption", "displayname", "fullname")
_IDENTIFIERS = {
    "lei": "LEI", "leicode": "LEI", "wikidata": "Wikidata", "wikidataid": "Wikidata", "isin": "ISIN", "ticker": "ticker"
}  # fmt: skip
_CLASS_NAMES = ("class", "cls", "labels", "type", "kind", "category")
_TYPE_NAMES = ("type", "relationship", "relation", "kind", "label", "predicate", "role")
_PRODUCT_NAMES = ("need", "product", "item", "commodity", "material")


class GraphRecords:
    """The records of the nodes and edges of one file.

    Parameters
    ----------
    collector, document
        Where they go, and the document that the file is.
    classes
        The classes of the nodes of all files so far, by their ids.
    """

    def __init__(self, collector: RecordCollector, document: str, classes: dict[str, str] | None = None) -> None:
        self.collector, self.document = collector, document
        self.classes = {} if classes is None else classes
        self.renamed = {plain(old): new for old, new in collector.options.rename}

    def _attributes(self, attributes: Mapping[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.renamed:
            self._has_names(attributes)
        for name, value in attributes.items():
            if value := value.strip():
                found.setdefault(plain(self.renamed.get(plain(name), name)), value)
        return found

    def _has_names(self, names: Iterable[str]) -> None:
        """Note names that ``--rename`` may have, as they are written and without punctuation."""
        self.collector.has_columns(spelling for name in names for spelling in (plain(name), name))

    def node(self, key: str, attributes: Mapping[str, str], place: Place, whole: str = "") -> None:
        """Add the entity that a node is; ``whole`` is the node that contains it."""
        self.collector.progress()
        if not key:
            self.collector.reject(self.document, place, "a node has no id")
            return
        stated = self._attributes(attributes)
        words = re.split(r"[;,|:]+", ";".join(stated.get(name, "") for name in _CLASS_NAMES))
        cls = next((_CLASSES[plain(word)] for word in words if plain(word) in _CLASSES), "Entity")
        identifiers = [{"scheme": scheme, "notation": stated[name]} for name, scheme in _IDENTIFIERS.items() if name in stated]
        pairs = (item.partition("=") for item in _split(stated.get("identifiers", "")))
        identifiers += [{"scheme": scheme, "notation": text} for scheme, _, text in pairs if scheme and text]
        data: dict[str, Any] = {
            "label": next((stated[name] for name in _LABELS if stated.get(name, key) != key), key), "identifier": identifiers,
            "comment": stated.get("comment") or stated.get("description"), "partOf": reference(whole) if whole else None,
            "altLabel": _split(stated.get("altlabel") or stated.get("aliases", "")),
        }  # fmt: skip
        places = _split(stated.get("country") or stated.get("jurisdiction", ""))
        data["jurisdiction"] = [self._place(text, place) for text in places]
        if cls == "Measure":
            data = {name: value for name, value in data.items() if name not in ("identifier", "partOf")}
        self.classes[reference(key)] = cls
        self.collector.add(cls, reference(key), data | dates_of(stated), self.document, place)

    def _place(self, text: str, place: Place) -> str:
        """Return the jurisdiction that a text names."""
        name = text if is_iri(text) else f"jurisdiction-{self.collector.local_name(text)}"
        self.collector.imply("Jurisdiction", name, text, self.document, place)
        return name

    def edge(self, source: str, target: str, attributes: Mapping[str, str], place: Place, *, directed: bool = True) -> None:
        """Add what an edge says of the nodes at its ends."""
        self.collector.progress()
        if not source or not target:
            missing = " and no ".join(name for name, end in (("source", source), ("target", target)) if not end)
            self.collector.reject(self.document, place, f"an edge has no {missing}")
            return
        stated = self._attributes(attributes)
        kind = next((stated[name] for name in _TYPE_NAMES if name in stated), UNTYPED)
        if self.renamed:
            self._has_names([kind])
        word = plain(self.renamed.get(plain(kind), kind))
        meaning, forwards = _MEANINGS.get(word, ("", True))
        ends = (reference(source), reference(target)) if forwards else (reference(target), reference(source))
        data = dates_of(stated) | {"comment": stated.get("comment") or stated.get("description")}
        if word in _RELATIONS and (directed or word == "linkedto"):
            self._add_relation(*ends, _RELATIONS[word], stated, data, place)
        elif not meaning or not directed:
            self.collector.leave_out(_unknown(kind, known=bool(meaning)))
        else:
            getattr(self, f"_add_{meaning}")(*ends, stated, data, place)

    def _put(self, cls: str, default: str, stated: Mapping[str, str], data: dict[str, Any], place: Place) -> None:
        record = stated.get("record", "")
        self.collector.add(cls, reference(record) if record else default, data, self.document, place)

    def _add_needs(self, dependant: str, need: str, stated: Mapping[str, str], data: dict[str, Any], place: Place) -> None:
        data |= {"dependant": dependant, "need": need, "mechanism": stated.get("mechanism"), **criticality_of(stated)}
        data |= {"portion": stated.get("portion"), "combination": stated.get("combination")}
        data |= {"atLeast": stated.get("atleast"), "buffer": stated.get("buffer")}
        self._put("Dependency", f"{name_part(dependant)}-needs-{name_part(need)}", stated, data, place)

    def _add_supplied(self, buyer: str, seller: str, stated: Mapping[str, str], data: dict[str, Any], place: Place) -> None:
        product = next((stated[name] for name in _PRODUCT_NAMES if name in stated), "")
        if not product:
            self._add_needs(buyer, seller, stated, data, place)
            return
        need = reference(product) if is_iri(product) else self.collector.local_name(product)
        if not is_iri(product):
            self.collector.imply("Product", need, product, self.document, place)
        supply = {"provider": seller, "share": share_of(stated), "delay": stated.get("delay")}
        data |= {"dependant": buyer, "need": need, "supply": [{name: v for name, v in supply.items() if v is not None}]}
        if "record" not in stated:
            data |= criticality_of(stated)
        self._put("Dependency", f"{name_part(buyer)}-needs-{name_part(need)}", stated, data, place)

    def _add_provides(
        self, provider: str, provided: str, stated: Mapping[str, str], data: dict[str, Any], place: Place
    ) -> None:
        data |= {"provider": provider, "provided": provided, "share": share_of(stated)}
        data |= {"period": stated.get("period"), "delay": stated.get("delay")}
        self._put("Provision", f"{name_part(provided)}-from-{name_part(provider)}", stated, data, place)

    def _add_owns(self, owner: str, owned: str, stated: Mapping[str, str], data: dict[str, Any], place: Place) -> None:
        kind, direct = stated.get("interestkind"), stated.get("direct")
        bounds = {"share": share_of(stated), "shareLow": stated.get("sharelow"), "shareHigh": stated.get("sharehigh")}
        data |= {"owner": owner, "owned": owned, "interestKind": kind, "direct": direct, **bounds}
        for end, role in ((owner, "owner"), (owned, "owned")):
            # A node that states no class is then an organization: most owners are, and what is owned must be.
            if self.classes.get(end, "Entity") == "Entity" and end not in self.collector.target.known:
                self.collector.add("Organization", end, {}, self.document, place, role=role)
        self._put("Ownership", f"{name_part(owner)}-owns-{name_part(owned)}", stated, data, place)

    def _add_part(self, part: str, whole: str, _: Mapping[str, str], __: dict[str, Any], place: Place) -> None:
        self.collector.add("Entity", part, {"partOf": whole}, self.document, place, role="part")

    def _add_designated(self, party: str, measure: str, stated: Mapping[str, str], data: dict[str, Any], place: Place) -> None:
        data |= {"designated": party, "measure": measure}
        data |= {"listEntry": stated.get("listentry"), "nameAsListed": stated.get("nameaslisted")}
        self._put("Designation", f"{name_part(party)}-under-{name_part(measure)}", stated, data, place)

    def _add_relation(
        self, subject: str, object_: str, relation: str, stated: Mapping[str, str], data: dict[str, Any], place: Place
    ) -> None:
        data |= {"subject": subject, "relationType": relation, "object": object_, "mechanism": stated.get("mechanism")}
        self._put("Relation", f"{name_part(subject)}-{relation}-{name_part(object_)}", stated, data, place)


def _split(text: str) -> list[str]:
    r"""Return the texts between semicolons; one with a backslash in front is part of a text.

    >>> _split("A; B\\; C")
    ['A', 'B; C']
    """
    parts = re.findall(r"(?:[^;\\]|\\.)+", text)
    return [plain_ for part in parts if (plain_ := re.sub(r"\\(.)", r"\1", part).strip())]


def _unknown(kind: str, *, known: bool) -> str:
    """Return why an edge is left out, and how to say what it means."""
    if known:
        return f"an edge of the type {kind[:60]!r} without a direction"
    what = "an edge without a type" if kind == UNTYPED else f"an edge of the type {kind[:60]!r}"
    return f"{what}; to say what it means: --rename {kind[:60]!r}=supplies, or dependsOn, provides, owns, partOf"


__all__ = ["GraphRecords"]
