"""The explanation as ``Graph`` returns it: that of ``analysis``, with what notes and notebooks show of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from knockon.analysis.explain import explanation
from knockon.present.answers import fields_of


@dataclass(frozen=True, eq=False)
class Explanation(explanation.Explanation):
    """Why an entity loses what it loses, as ``knockon.analysis.explain.explanation.Explanation``, and as Markdown."""

    @classmethod
    def of(cls, answer: explanation.Explanation) -> Self:
        """Return the same answer, with what notes and notebooks show.

        Parameters
        ----------
        answer
            The answer of the analysis.

        Returns
        -------
        Explanation
            An explanation with the same attributes.
        """
        return cls(**fields_of(answer))  # type: ignore[arg-type]  # its own fields

    def to_markdown(self) -> str:
        """Return a text for a note.

        Returns
        -------
        str
            The loss, the chain with its sources, what it rests on, other paths and the method, as Markdown.

        Examples
        --------
        >>> import knockon
        >>> explanation = knockon.open().explain("entity-list-chips", "sensefoundry")
        >>> "SenseFoundry" in explanation.to_markdown()
        True
        """
        from knockon.present.text.explanation_markdown import explanation_markdown

        return explanation_markdown(self)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


__all__ = ["Explanation"]
