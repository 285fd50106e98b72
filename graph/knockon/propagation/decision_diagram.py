"""Decision diagrams: functions of independent random numbers, shared so that equal functions are one, and their means.

A diagram is a number. Its node has the random number that it depends on first, and a diagram for each interval that this
number may fall in; a leaf has a value. Equal nodes are one (a reduced ordered diagram, of several values in 0..1 and of
numbers with more than two intervals), so that a function of hundreds of random numbers is often small.

References
----------
R. E. Bryant, "Graph-based algorithms for Boolean function manipulation", IEEE Transactions on Computers C-35(8):677-691 (1986);
R. I. Bahar et al., "Algebraic decision diagrams and their applications", Formal Methods in System Design 10:171-206 (1997).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import add

from knockon.errors import UsageError


class Diagrams:
    """All diagrams over some random numbers; a diagram is a whole number that is passed to these methods.

    Parameters
    ----------
    lengths
        For each random number, in the order in which diagrams depend on them, the lengths of its intervals in 0..1, which add
        up to 1.
    most
        The most nodes that all diagrams may have together.

    Raises
    ------
    UsageError
        By any method: there would be more nodes.

    Examples
    --------
    Two coins of which the first falls on heads with probability 0.25:

    >>> coins = Diagrams([[0.25, 0.75], [0.5, 0.5]], most=100)
    >>> first, second = coins.below(0, 1), coins.below(1, 1)
    >>> coins.mean(coins.greatest(first, second)), coins.mean(coins.least(first, second))
    (0.625, 0.125)
    """

    def __init__(self, lengths: Sequence[Sequence[float]], most: int) -> None:
        self._lengths, self._most = lengths, most
        #: The random number of each node; of a leaf one more than there are.
        self._number: list[int] = []
        #: The diagrams by interval of each node.
        self._children: list[tuple[int, ...]] = []
        self._value: dict[int, float] = {}
        self._leaves: dict[float, int] = {}
        self._nodes: dict[tuple[int, tuple[int, ...]], int] = {}
        self._known: dict[str, dict[tuple[int, int], int]] = {}
        self._means: dict[int, float] = {}
        self.never, self.always = self.leaf(0.0), self.leaf(1.0)

    def leaf(self, value: float) -> int:
        """Return the diagram that has a value whatever the numbers are."""
        if value not in self._leaves:
            self._leaves[value] = self._add(len(self._lengths), ())
            self._value[self._leaves[value]] = value
        return self._leaves[value]

    def below(self, number: int, intervals: int) -> int:
        """Return the diagram that is 1 where a number falls into one of its first intervals, else 0."""
        count = len(self._lengths[number])
        return self._node(number, (self.always,) * intervals + (self.never,) * (count - intervals))

    def greatest(self, *diagrams: int) -> int:
        """Return the greatest of some diagrams, 0 where there are none: of events whether any happens."""
        return self._fold("greatest", max, diagrams)

    def least(self, *diagrams: int) -> int:
        """Return the least of some diagrams, 0 where there are none: of events whether all happen."""
        return self._fold("least", min, diagrams)

    def total(self, *diagrams: int) -> int:
        """Return the sum of some diagrams in their order."""
        return self._fold("total", add, diagrams)

    def mapped(self, diagram: int, change: Callable[[float], float]) -> int:
        """Return a diagram with each of its values changed."""
        done: dict[int, int] = {}
        for node in self._below(diagram):
            if node in self._value:
                done[node] = self.leaf(change(self._value[node]))
            else:
                done[node] = self._node(self._number[node], tuple(done[child] for child in self._children[node]))
        return done[diagram]

    def values(self, diagram: int) -> list[float]:
        """Return the values of a diagram, ascending."""
        return sorted(self._value[node] for node in self._below(diagram) if node in self._value)

    def mean(self, diagram: int) -> float:
        """Return the mean of a diagram over all random numbers: of an event its probability."""
        for node in self._below(diagram, self._means):
            if node in self._value:
                self._means[node] = self._value[node]
            else:
                parts = zip(self._lengths[self._number[node]], self._children[node], strict=True)
                self._means[node] = sum(length * self._means[child] for length, child in parts)
        return self._means[diagram]

    def _fold(self, name: str, operation: Callable[[float, float], float], diagrams: Sequence[int]) -> int:
        if not diagrams:
            return self.never
        result = diagrams[0]
        for diagram in diagrams[1:]:
            result = self._combined(name, operation, result, diagram)
        return result

    def _combined(self, name: str, operation: Callable[[float, float], float], first: int, second: int) -> int:
        """Return the diagram of an operation on the values of two; without recursion, since diagrams may be deep."""
        known = self._known.setdefault(name, {})
        waiting = [_pair(first, second)]
        while waiting:
            pair = waiting[-1]
            if pair in known:
                waiting.pop()
                continue
            one, other = pair
            if one in self._value and other in self._value:
                known[pair] = self.leaf(operation(self._value[one], self._value[other]))
                continue
            number = min(self._number[one], self._number[other])
            count = len(self._lengths[number])
            parts = [self._children[node] if self._number[node] == number else (node,) * count for node in pair]
            pairs = [_pair(*both) for both in zip(*parts, strict=True)]
            missing = [both for both in pairs if both not in known]
            if missing:
                waiting.extend(missing)
            else:
                known[pair] = self._node(number, tuple(known[both] for both in pairs))
        return known[_pair(first, second)]

    def _node(self, number: int, children: tuple[int, ...]) -> int:
        """Return the node with these diagrams by interval; where all are one, that one."""
        if children.count(children[0]) == len(children):
            return children[0]
        key = (number, children)
        if key not in self._nodes:
            self._nodes[key] = self._add(number, children)
        return self._nodes[key]

    def _add(self, number: int, children: tuple[int, ...]) -> int:
        if len(self._number) >= self._most:
            raise UsageError(
                f"exact answers take decision diagrams of at most {self._most:,} nodes, and this one has more; "
                "leave exact out to sample"
            )
        self._number.append(number)
        self._children.append(children)
        return len(self._number) - 1

    def _below(self, diagram: int, known: dict[int, float] | None = None) -> list[int]:
        """Return the nodes of a diagram, each after those that it leads to; those that are ``known`` are left out."""
        seen, found, waiting = set(known or ()), [], [diagram]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                found.append(node)
                waiting.extend(self._children[node])
        # A node is made after those that it leads to.
        return sorted(found)


def _pair(one: int, other: int) -> tuple[int, int]:
    """Return two diagrams in one order: every operation here gives the same for both orders."""
    return (one, other) if one <= other else (other, one)


__all__ = ["Diagrams"]
