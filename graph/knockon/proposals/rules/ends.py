"""The two ends of a phrase: names of the graph on its left and right, what stands for them, and things without a name there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from knockon.model import is_a
from knockon.proposals.rules.gazetteer import Gazetteer, Mention
from knockon.proposals.rules.phrases import ADVERBS, BREAKS, CLAUSES, FILLERS, JOINS, ROLES, TOPIC, Kind, Phrase, find_phrases
from knockon.proposals.rules.tokens import Sentence, Token, tokenize, unbroken

#: How far before a phrase its subject may stand, and how far after it its first object, in tokens.
_LEFT, _RIGHT = 14, 4
#: How far after a member of a list the next one may begin, in tokens.
_REST = 12
#: The most words of a thing that has no name in the graph.
_MOST_WORDS = 6
#: Words that end such a thing.
_STOPS = BREAKS | JOINS | {
    "to", "for", "in", "on", "with", "by", "at", "from", "into", "over", "under", "through", "across", "between",
    "before", "after", "during", "than", "without", "within", "via", "per", "be", "is", "are", "was", "were", "has",
    "have", "had", "do", "does", "did", "not", ".", "!", "?", ",", "/", "$", "%", "#",
}  # fmt: skip
#: Words that no thing is called by.
_PRONOUNS = frozenset({
    "i", "you", "he", "she", "it", "we", "they", "this", "that", "these", "those", "there", "here", "who", "what", "one",
    "ones", "them", "us", "me", "him",
})  # fmt: skip
#: Words between a percentage and what it is a share of.
_STAKES = frozenset(
    {"of", "in", "the", "stake", "share", "shares", "interest", "equity", "holding", "capital", "stock", "voting"}
)
#: Words after a phrase that deny it.
_NOTHING = frozenset({"nothing", "none", "no", "nobody", "neither", "little"})
#: Words and signs beyond which the subject of a phrase is not looked for.
_NOT_ACROSS = CLAUSES | {"but", "because", "while", "whereas", "although"}
#: What joins a role and who has it.
_COPULAS = frozenset({"is", "are", "was", "were", "include", "includes", "including", "like", "such", ","})
#: What stands between a name and what belongs to it.
_POSSESSIVE: tuple[list[str], ...] = ([], ["'", "s"], ["'"])
_TOPIC_WORDS = {text.split()[-1] for text in TOPIC}
_TOPICS = [tuple(token.low for token in tokenize(text)) for text in TOPIC]


class End(NamedTuple):
    """One end of a phrase.

    ``iris`` are what a name of the graph may mean, ``label`` the words of a thing that is not in it, ``provider`` the
    organization whose name stands before that of the thing; ``first`` and ``end`` are its tokens.
    """

    iris: tuple[str, ...]
    label: str
    first: int
    end: int
    is_topic: bool = False
    provider: tuple[str, ...] = ()


class FoundPhrase(NamedTuple):
    """A phrase of a sentence with its ends."""

    first: int
    end: int
    phrase: Phrase
    left: tuple[End, ...]
    right: tuple[End, ...]


class SentenceReader:
    """The names and phrases of a sentence.

    Parameters
    ----------
    text
        The text of the document.
    sentence
        The sentence.
    names
        The names of the graph.
    topic
        The organization that the document speaks of most up to here (IRI); empty where there is none.
    """

    def __init__(self, text: str, sentence: Sentence, names: Gazetteer, topic: str = "") -> None:
        self.text, self.tokens, self.names, self.topic = text, sentence.tokens, names, topic
        self.words = [token.low for token in self.tokens]

    @cached_property
    def mentions(self) -> list[Mention]:
        """The names of the graph in the sentence."""
        return self.names.find(self.tokens)

    @cached_property
    def _by_first(self) -> dict[int, int]:
        return {mention.first: number for number, mention in enumerate(self.mentions)}

    @cached_property
    def _by_end(self) -> dict[int, int]:
        return {mention.end: number for number, mention in enumerate(self.mentions)}

    @cached_property
    def _found(self) -> list[tuple[int, int, Phrase]]:
        """The phrases of the sentence without their ends."""
        taken = [place for mention in self.mentions for place in range(mention.first, mention.end)]
        return find_phrases(self.tokens, taken)

    def phrases(self) -> list[FoundPhrase]:
        """Return the phrases of the sentence with their ends; none where no end can be in the graph."""
        if not self.mentions and not (self.topic and _TOPIC_WORDS.intersection(self.words)):
            return []
        places, found = self._found, list[FoundPhrase]()
        for number, (first, end, phrase) in enumerate(places):
            before = places[number - 1][1] if number else 0
            bound = places[number + 1][0] if number + 1 < len(places) else len(self.tokens)
            left = found[-1].left if number and self._continues(first, before) else self._left(first, before)
            right = self.after(end, bound, sourced=phrase.kind in (Kind.NEEDS, Kind.SOURCES))
            found.append(FoundPhrase(first, end, phrase, left, right))
        return found

    def roles(self) -> list[FoundPhrase]:
        """Return what "A is B's main supplier" and "B's main suppliers are A" say, with the holder of the role on the left."""
        found = []
        for number, mention in enumerate(self.mentions):
            place = mention.end
            if self.words[place : place + 2] == ["'", "s"]:
                place += 2
            elif self.words[place : place + 1] == ["'"]:
                place += 1
            else:
                continue
            noun = next((p for p in range(place, min(place + 4, len(self.words))) if _role(self.words[p])), None)
            if noun is None or any(first <= noun < end for first, end, _ in self._found):
                continue
            whose = End(mention.iris, "", mention.first, mention.end)
            holders: tuple[End, ...] = ()
            after = noun + 1
            if after < len(self.words) and self.words[after] in _COPULAS:
                holders = self.after(after + 1 + (self.words[after] == "such"), len(self.words))
            elif mention.first and self.words[mention.first - 1] in _COPULAS and number:
                before = self.end_at(mention.first - 1, backwards=True)
                holders = () if before is None else self._joined_before(before)
            found.append(FoundPhrase(noun, noun + 1, ROLES[_role(self.words[noun])], holders, (whose,)))
        return found

    def _continues(self, first: int, before: int) -> bool:
        """Return whether a phrase continues one before it, with the same subject: "uses tin and relies on cobalt"."""
        place = first - 1
        while place > before and self.words[place] in ADVERBS:
            place -= 1
        return place >= before and self.words[place] in {"and", "or", "but", "to", ","}

    def end_at(self, place: int, *, backwards: bool = False) -> End | None:
        """Return the name, or what stands for the topic, that begins at a token, or ends before it."""
        number = (self._by_end if backwards else self._by_first).get(place)
        if number is not None:
            return self._with_provider(number)
        for words in _TOPICS if self.topic else ():
            first = place - len(words) if backwards else place
            if first >= 0 and tuple(self.words[first : first + len(words)]) == words:
                return End((self.topic,), "", first, first + len(words), is_topic=True)
        return None

    def _with_provider(self, number: int) -> End:
        """Return the end of a name: "Acme cobalt" and "Acme's cobalt" are cobalt, provided by Acme."""
        near = self.mentions[max(0, number - 1) : number + 2]
        for owner, thing in pairwise(near):
            gap = self.words[owner.end : thing.first]
            if gap in _POSSESSIVE and self._is(owner.iris, "Organization") and not self._is(thing.iris, "Organization"):
                return End(thing.iris, "", owner.first, thing.end, provider=owner.iris)
        mention = self.mentions[number]
        return End(mention.iris, "", mention.first, mention.end)

    def _is(self, iris: Sequence[str], cls: str) -> bool:
        return all(is_a(self.names.classes[iri], cls) for iri in iris)

    def _left(self, first: int, before: int) -> tuple[End, ...]:
        """Return the names before a phrase: the nearest one, and those that are joined to it."""
        place = first
        while place > max(0, before, first - _LEFT):
            if end := self.end_at(place, backwards=True):
                return self._joined_before(end)
            if self.words[place - 1] in _NOT_ACROSS:
                break
            place -= 1
        return self._unnamed_before(first, before)

    def _joined_before(self, end: End) -> tuple[End, ...]:
        ends = [end]
        place = end.first
        while place > 0:
            after = place
            while place > 0 and self.words[place - 1] in FILLERS | JOINS:
                place -= 1
            joins = [word for word in self.words[place:after] if word in JOINS]
            other = self.end_at(place, backwards=True) if joins else None
            if other is None:
                break
            ends.append(other)
            place = other.first
        # A list ends in "and": names before a comma alone are of an aside.
        listed = {"and", "or", "&"} & set(self.words[ends[-1].first : end.first])
        return tuple(reversed(ends)) if len(ends) == 1 or listed else (end,)

    def _unnamed_before(self, first: int, before: int) -> tuple[End, ...]:
        """Return the thing at the beginning of a sentence that is the subject of its first phrase."""
        if before or not 0 < first <= _MOST_WORDS:
            return ()
        words = self.words[:first]
        return () if any(word in _STOPS for word in words) else self._thing(0, first)

    def after(self, place: int, bound: int, *, sourced: bool = False) -> tuple[End, ...]:
        """Return the names after a token: the nearest one, and the further members of a list that it begins.

        With ``sourced`` a word "from" ends them: what follows is where they come from.
        """
        ends: list[End] = []
        start = place
        while place < bound:
            end = self.end_at(place) if not ends or self._begins_item(place) else None
            if end is not None:
                ends.append(end)
                start = place = max(end.end, place + 1)
                if not self._goes_on(place, bound):
                    break
                continue
            word = self.words[place]
            if word in _NOTHING and not ends:
                return ()
            if word == "from" and sourced and (ends or place > start):
                break
            is_number = word.isdigit() or (word == "." and self.words[place - 1].isdigit())
            if word in BREAKS or (word == "." and not is_number):
                break
            is_share = not ends and (word in {"%", "percent"} or (word in _STAKES and self._follows_share(place)))
            if not (ends or is_number or is_share) and (word in {"with", "to"} or place - start >= _RIGHT):
                break
            is_filler = word in FILLERS or word in JOINS or is_share or is_number
            if not ends and not is_filler and word in _STOPS:
                break
            place += 1
            start = place if is_share else start
        return tuple(ends) or self._unnamed_after(start, bound)

    def _follows_share(self, place: int) -> bool:
        """Return whether only words such as "stake in" stand between a percentage and a token."""
        while place > 0 and self.words[place - 1] in _STAKES:
            place -= 1
        return place > 0 and self.words[place - 1] in {"%", "percent", "cent"}

    def _begins_item(self, place: int) -> bool:
        """Return whether a name is the next member of a list: only words such as "the" are between it and a comma or "and"."""
        while place > 0 and self.words[place - 1] in FILLERS - JOINS:
            place -= 1
        return place > 0 and self.words[place - 1] in JOINS

    def _goes_on(self, place: int, bound: int) -> bool:
        """Return whether a list goes on: what was just named, or what it is for, ends in a comma or "and" before a name."""
        for at in range(place, min(bound, place + _REST)):
            if self.words[at] in BREAKS or self.words[at] == ".":
                return False
            if self.words[at] in JOINS:
                after = at
                while after < bound and self.words[after] in JOINS | FILLERS:
                    after += 1
                if self.end_at(after) is not None:
                    return True
        return False

    def _unnamed_after(self, start: int, bound: int) -> tuple[End, ...]:
        """Return the thing after a phrase that the graph has no name of."""
        while start < bound and self.words[start] in FILLERS:
            start += 1
        end = start
        while end < bound and self.words[end] not in _STOPS and end - start <= _MOST_WORDS:
            end += 1
        return self._thing(start, end) if 0 < end - start <= _MOST_WORDS else ()

    def _thing(self, first: int, end: int) -> tuple[End, ...]:
        while first < end and self.words[first] in FILLERS:
            first += 1
        words = self.words[first:end]
        if not any(len(word) > 2 and word.isalpha() for word in words) or not _PRONOUNS.isdisjoint(words):
            return ()
        if not all(word.isalnum() for word in words):
            return ()
        label = " ".join(unbroken(self.text[self.tokens[first].start : self.tokens[end - 1].end]).split())
        return (End((), label, first, end),)


def _role(word: str) -> str:
    """Return the role that a noun names, in the singular; empty where it names none."""
    singular = {"subsidiaries": "subsidiary"}.get(word, word.removesuffix("s"))
    return singular if singular in ROLES else ""


def place_of(tokens: Sequence[Token], first: int, end: int) -> tuple[int, int]:
    """Return the place of some tokens in the text."""
    return tokens[first].start, tokens[end - 1].end


__all__ = ["End", "FoundPhrase", "SentenceReader", "place_of"]
