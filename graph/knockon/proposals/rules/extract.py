"""The rules: from names and phrases of a text to the records that it is proposed to state."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from knockon.model import Measure, Statement, is_a
from knockon.proposals.document_text import DocumentText, mask_markup
from knockon.proposals.rules.ends import End, FoundPhrase, SentenceReader, place_of
from knockon.proposals.rules.gazetteer import Gazetteer
from knockon.proposals.rules.phrases import Kind, stance_of
from knockon.proposals.rules.tokens import sentences
from knockon.vocabulary import Stance

#: A proposal as any proposer gives it: see proposal.py.
Line = Mapping[str, object]
#: What the confidence of a phrase is multiplied by: where "the company" stands for a name, where one end is not in the graph,
#: and where the document denies, supposes or reports.
_TOPIC, _NEW, _NOT_ASSERTED = 0.7, 0.6, 0.5
#: Below this confidence nothing is proposed.
_LEAST = 0.2
#: The classes of what is offered.
_OFFERED = ("Product", "Service", "Technology", "Dataset", "Infrastructure", "Material")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,4})?")
_PEOPLE = ("Organization", "Person", "Group")
#: The kinds that say the same as another one with their ends exchanged.
_BACKWARDS = {
    Kind.NEEDED_BY: Kind.NEEDS, Kind.SUPPLIED_BY: Kind.SUPPLIES, Kind.OWNED_BY: Kind.OWNS, Kind.CUSTOMERS: Kind.CUSTOMER_OF,
    Kind.INVESTED_BY: Kind.INVESTED_IN, Kind.FOUNDED_BY: Kind.FOUNDED,
}  # fmt: skip
#: The relation type of a kind, the classes of its subject, and the class of a new subject; empty if it must be in the graph.
_RELATIONS: Mapping[Kind, tuple[str, tuple[str, ...], str]] = {
    Kind.CUSTOMER_OF: ("customerOf", (*_PEOPLE, "Entity"), "Group"),
    Kind.COMPETES: ("competesWith", ("Organization",), ""),
    Kind.INVESTED_IN: ("investorIn", _PEOPLE, ""),
    Kind.FOUNDED: ("founderOf", ("Person", "Organization"), "Person"),
}


class _Draft(NamedTuple):
    """A record that a phrase states: its class and fields, and the ends that they are made of."""

    cls: str
    fields: Mapping[str, object]
    ends: tuple[End, ...]


class Rules:
    """The proposer that ships: names of the graph, and phrases of dependency.

    Parameters
    ----------
    records
        The records of the graph.

    Raises
    ------
    UsageError
        ahocorasick-rs is not installed.

    Examples
    --------
    >>> from knockon.model import Company, Material
    >>> rules = Rules([Company(id="urn:x:acme", label="Acme"), Material(id="urn:x:cobalt", label="Cobalt")])
    >>> [line] = rules(DocumentText.of("a.txt", b"In short, Acme relies on refined cobalt for its cells."))
    >>> line["fields"], line["quote"], line["confidence"]
    ({'dependant': 'urn:x:acme', 'need': 'urn:x:cobalt'}, 'Acme relies on refined cobalt', 0.8)
    """

    def __init__(self, records: Iterable[Statement]) -> None:
        known = list(records)
        self.names = Gazetteer(known)
        self.measures: dict[str, list[str]] = {}
        for record in known:
            if isinstance(record, Measure):
                for issuer in record.issuer:
                    self.measures.setdefault(issuer, []).append(record.id)

    def __call__(self, document: DocumentText) -> Iterator[Line]:
        """Yield the proposals of a document in the order of its text, each once."""
        mentioned: Counter[str] = Counter()
        for page in document.numbers:
            text = document.page(page)
            is_markup = document.name.lower().endswith((".html", ".htm"))
            yield from self._lines(mask_markup(text) if is_markup else text, text, page, mentioned)

    def _lines(self, text: str, original: str, page: int | None, mentioned: Counter[str]) -> Iterator[Line]:
        seen: set[str] = set()
        for sentence in sentences(text):
            topic = mentioned.most_common(1)[0][0] if mentioned else ""
            reader = SentenceReader(text, sentence, self.names, topic)
            for mention in reader.mentions:
                if len(mention.iris) == 1 and is_a(self.names.classes[mention.iris[0]], "Organization"):
                    mentioned[mention.iris[0]] += 1
            for found in () if sentence.is_question else (*reader.phrases(), *reader.roles()):
                for line in self._of_phrase(reader, found, original):
                    key = repr(line)
                    if key not in seen:
                        seen.add(key)
                        yield line if page is None else {**line, "page": page}

    def _of_phrase(self, reader: SentenceReader, found: FoundPhrase, original: str) -> Iterator[Line]:
        stance = stance_of(reader.words, found.first, found.end)
        for draft in self._drafts(reader, found):
            confidence = found.phrase.confidence
            confidence *= _TOPIC if any(end.is_topic for end in draft.ends) else 1
            confidence *= _NEW if any(not end.iris for end in draft.ends) else 1
            confidence *= 1 if stance is Stance.ASSERTS else _NOT_ASSERTED
            if confidence < _LEAST or all(not end.iris for end in draft.ends):
                continue
            first = min(found.first, *(end.first for end in draft.ends))
            last = max(found.end, *(end.end for end in draft.ends))
            start, end = place_of(reader.tokens, first, last)
            yield {
                "class": draft.cls, "fields": draft.fields, "start": start, "end": end, "quote": original[start:end],
                "stance": stance.value, "confidence": round(confidence, 2),
            }  # fmt: skip

    def _drafts(self, reader: SentenceReader, found: FoundPhrase) -> Iterator[_Draft]:
        """Yield the records that a phrase states of its ends."""
        kind = found.phrase.kind
        if kind in (Kind.LISTS, Kind.LISTED):
            yield from self._designations(reader, found)
            return
        if kind is Kind.SUPPLIES:
            yield from self._supplies(reader, found)
            return
        if kind in (Kind.NEEDS, Kind.SOURCES):
            yield from self._needs(reader, found)
            return
        for left in found.left:
            for right in found.right:
                if set(left.iris) & set(right.iris):
                    continue
                yield from self._of_pair(kind, left, right, self._share(reader, found, right))

    def _of_pair(self, kind: Kind, left: End, right: End, share: str) -> Iterator[_Draft]:
        if kind in _BACKWARDS:
            kind, left, right = _BACKWARDS[kind], right, left
        if kind is Kind.NEEDS:
            yield from self._dependency(left, right)
        elif kind is Kind.SUPPLIES:
            yield from self._provided(left, right)
        elif kind is Kind.OWNS or (kind is Kind.HOLDS and share):
            yield from self._ownership(left, right, share)
        elif kind is Kind.OFFERS:
            yield from self._offering(left, right)
        elif kind in _RELATIONS:
            name, classes, new = _RELATIONS[kind]
            yield from self._relation(name, left, right, classes, new)

    def _named(self, end: End, *classes: str) -> str:
        """Return the only thing of some classes that a name may mean (IRI); empty where there is none, or several."""
        iris = [iri for iri in end.iris if any(is_a(self.names.classes[iri], cls) for cls in classes)]
        return iris[0] if len(iris) == 1 else ""

    def _thing(self, end: End, *, new: str = "Entity") -> object:
        """Return what an end is: something of the graph other than a place, or a new entity; None where it is unclear."""
        if not end.iris:
            return {"class": new, "label": end.label}
        iri = self._named(end, "Entity")
        return iri if iri and not is_a(self.names.classes[iri], "Jurisdiction") else None

    def _dependency(self, dependant: End, need: End, providers: tuple[End, ...] = ()) -> Iterator[_Draft]:
        who, what = self._thing(dependant), self._thing(need)
        supply = [iri for end in providers if (iri := self._named(end, *_PEOPLE))]
        if need.provider and (iri := self._named(End(need.provider, "", 0, 0), *_PEOPLE)):
            supply.append(iri)
        # "Acme's plants use the cobalt of Acme": nobody is a supplier of itself.
        if who is None or what is None or who == what or who in supply:
            return
        fields = {"dependant": who, "need": what, **({"supply": supply} if supply and what not in supply else {})}
        yield _Draft("Dependency", fields, (dependant, need, *providers))

    def _provided(self, provider: End, provided: End) -> Iterator[_Draft]:
        """Yield who provides something to everyone, or, where an organization is provided for, what it depends on."""
        if self._named(provided, *_PEOPLE):
            yield from self._dependency(provided, provider)
        elif (who := self._named(provider, *_PEOPLE)) and (what := self._thing(provided)) is not None:
            yield _Draft("Provision", {"provider": who, "provided": what}, (provider, provided))

    def _needs(self, reader: SentenceReader, found: FoundPhrase) -> Iterator[_Draft]:
        """Yield what "A relies on C", "A relies on C from B" and "A buys C from B" state."""
        last = max((end.end for end in found.right), default=found.end)
        comes_from = reader.words[last : last + 1] == ["from"]
        providers = tuple(end for end in reader.after(last + 1, len(reader.words)) if end.iris) if comes_from else ()
        for left in found.left:
            for right in found.right:
                # Who buys a company does not depend on it; "buys back" and "gets better" buy and get nothing.
                if found.phrase.kind is Kind.SOURCES and (self._named(right, "Organization") or not (right.iris or providers)):
                    continue
                if not set(left.iris) & set(right.iris):
                    yield from self._dependency(left, right, providers)

    def _supplies(self, reader: SentenceReader, found: FoundPhrase) -> Iterator[_Draft]:
        """Yield what "A supplies B with C", "A supplies C to B", "A supplies B" and "A supplies C" state."""
        last = max((end.end for end in found.right), default=found.end)
        place = next((p for p in range(last, min(last + 4, len(reader.words))) if reader.words[p] in {"with", "to"}), None)
        others = reader.after(place + 1, len(reader.words)) if place is not None and found.right else ()
        for left in found.left:
            if not self._named(left, *_PEOPLE):
                continue
            for right in found.right:
                if place is None or not others:
                    yield from self._provided(left, right)
                for other in others:
                    who, what = (right, other) if place is not None and reader.words[place] == "with" else (other, right)
                    yield from self._dependency(who, what, (left,))

    def _ownership(self, owner: End, owned: End, share: str) -> Iterator[_Draft]:
        who, what = self._named(owner, *_PEOPLE), self._named(owned, "Organization")
        if who and what:
            yield _Draft("Ownership", {"owner": who, "owned": what, **({"share": share} if share else {})}, (owner, owned))

    def _share(self, reader: SentenceReader, found: FoundPhrase, right: End) -> str:
        """Return the percentage between the ends of a phrase as a share; empty where there is none."""
        first = max((end.end for end in found.left if end.end <= found.first), default=found.first)
        words = reader.words[first : right.first]
        for place, word in enumerate(words[1:], 1):
            if word in {"%", "percent"} or (word == "per" and words[place + 1 : place + 2] == ["cent"]):
                start, end = place_of(reader.tokens, first, first + place)
                number = _NUMBER.findall(reader.text[max(start, end - 8) : end])
                if number and float(number[-1]) <= 100:
                    return f"{float(number[-1]) / 100:.6f}".rstrip("0").rstrip(".")
        return ""

    def _designations(self, reader: SentenceReader, found: FoundPhrase) -> Iterator[_Draft]:
        """Yield who stands on the list of a measure that the sentence names, or that its authority alone issues."""
        parties = found.left if found.phrase.kind is Kind.LISTED else found.right
        authority = found.right if found.phrase.kind is Kind.LISTED else found.left
        named = [End(mention.iris, "", mention.first, mention.end) for mention in reader.mentions]
        lists = [(iri, end) for end in named if (iri := self._named(end, "Measure"))]
        for end in authority if not lists else ():
            issued = self.measures.get(self._named(end, "Organization"), [])
            lists += [(issued[0], end)] if len(issued) == 1 else []
        for party in parties:
            who = self._named(party, *_PEOPLE)
            for measure, end in lists if who else ():
                yield _Draft("Designation", {"measure": measure, "designated": who}, (party, end))

    def _offering(self, left: End, right: End) -> Iterator[_Draft]:
        maker = self._named(left, "Organization")
        if not maker:
            return
        if right.iris:
            if what := self._named(right, "Product", "Service", "Technology", "Dataset", "Infrastructure", "Material"):
                yield _Draft("Relation", {"subject": maker, "relationType": "offers", "object": what}, (left, right))
        elif right.label[:1].isupper():
            yield _Draft("Product", {"label": right.label, "partOf": [maker]}, (left, right))

    def _relation(self, name: str, subject: End, object_: End, classes: tuple[str, ...], new: str = "") -> Iterator[_Draft]:
        """Yield a relation to an organization; its subject may be new where a class for it is given."""
        target = self._named(object_, "Organization")
        source: object = self._named(subject, *classes)
        if not source and new and not subject.iris and (new == "Group" or subject.label[:1].isupper()):
            source = {"class": new, "label": subject.label}
        if target and source and source != target:
            yield _Draft("Relation", {"subject": source, "relationType": name, "object": target}, (subject, object_))


__all__ = ["Line", "Rules"]
