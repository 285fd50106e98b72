"""Texts that need no validation but of their length: those of printable ASCII, as most names and numbers of registers are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from pydantic import AfterValidator, StringConstraints, WrapValidator

from knockon.model.field_types import Literal, Term, check_characters
from knockon.model.language import LanguageString, in_english, keep_language, keep_stated_language

#: How the value of a text is made, by the functions that validate its language.
_MAKERS: dict[tuple[Any, ...], Callable[[str], str]] = {
    (): str,
    (keep_language,): in_english,
    (keep_stated_language,): LanguageString,
}


class PlainText(NamedTuple):
    """A field of texts: the most characters of one, and what makes the value of a valid one of printable ASCII."""

    longest: int
    make: Callable[[str], str]

    def accepts(self, text: object) -> bool:
        """Return whether ``make`` gives the value of a text: it is of printable ASCII, and not too long."""
        # Not a text with a language of its own.
        return type(text) is str and 0 < len(text) <= self.longest and text.isascii() and text.isprintable()

    def or_else(self, validated: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return what makes the value of a text that is accepted, and has another one validated: in one call for each."""
        longest, make = self

        def value_of(text: Any) -> Any:
            if text.__class__ is str and 0 < len(text) <= longest and text.isascii() and text.isprintable():
                return make(text)
            return validated(text)

        return value_of

    @classmethod
    def of(cls, annotation: object, metadata: Iterable[object]) -> PlainText | None:
        r"""Return the form of a field; None if it asks for anything else of its texts.

        Examples
        --------
        >>> from knockon.model import Company
        >>> field = Company.model_fields["label"]
        >>> form = PlainText.of(field.annotation, field.metadata)
        >>> form.accepts("Acme"), form.accepts("Acm\u00e9"), form.make("Acme").language
        (True, False, 'en')
        """
        items = list(metadata)
        limits = [item for item in items if isinstance(item, StringConstraints)]
        after = [item.func for item in items if isinstance(item, AfterValidator)]
        around = tuple(item.func for item in items if isinstance(item, WrapValidator))
        known = (StringConstraints, AfterValidator, WrapValidator, Literal, Term)
        if annotation is not str or after != [check_characters] or around not in _MAKERS or len(limits) != 1:
            return None
        longest = limits[0].max_length
        if longest is None or limits[0] != StringConstraints(min_length=1, max_length=longest):
            return None
        return cls(longest, _MAKERS[around]) if all(isinstance(item, known) for item in items) else None


__all__ = ["PlainText"]
