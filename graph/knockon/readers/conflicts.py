"""Values that contradict those of earlier rows, and the notice of them."""

from __future__ import annotations

from knockon.errors import Notice, shortened
from knockon.text import counted

#: The most conflicts of which the places are kept.
_MAX_KEPT = 1_000
#: The most that a notice lists.
_MAX_LISTED = 5


class Conflicts:
    """The values of one import that contradict earlier ones and are not taken.

    Examples
    --------
    >>> conflicts = Conflicts()
    >>> conflicts.add("label of acme in a.csv:3, stated otherwise in a.csv:2")
    >>> conflicts.notices("firms")[0].message
    '1 value contradicts an earlier one'
    """

    def __init__(self) -> None:
        self.count = 0
        self._places: list[str] = []

    @property
    def keeps_places(self) -> bool:
        """Whether the place of another conflict would be kept."""
        return len(self._places) < _MAX_KEPT

    def add(self, place: str) -> None:
        """Count a conflict, and keep where it is; a place that is not kept may be empty."""
        self.count += 1
        if self.keeps_places:
            self._places.append(place)

    def notices(self, name: str) -> list[Notice]:
        """Return the notice of the conflicts of a data set, if there are any."""
        if not self.count:
            return []
        listed = "; ".join(shortened(self._places, _MAX_LISTED)[:_MAX_LISTED])
        more = f"; and {self.count - _MAX_LISTED:,} more" if self.count > _MAX_LISTED else ""
        verb = "contradicts" if self.count == 1 else "contradict"
        return [Notice(name, None, f"{counted(self.count, 'value')} {verb} an earlier one", listed + more)]


__all__ = ["Conflicts"]
