"""Names of a query that no record has are found, with similar names; those that records have are not."""

from __future__ import annotations

import knockon
from knockon.present.rows.query import absent_name_notes
from knockon.query.absent_names import absent_names


def test_a_mistyped_name_is_found_with_similar_ones(graph: knockon.Graph) -> None:
    """A name that differs in a letter comes with the one that a record has; the right one is not absent."""
    absent = absent_names(graph.store, "SELECT * { id:nvidai ko:partOf ?whole . id:nvidia ?p ?o }")
    assert [name.written for name in absent] == ["id:nvidai"]
    assert "id:nvidia" in absent[0].nearest
    assert next(iter(absent_name_notes(absent))).startswith("id:nvidai is in no record here; did you mean ")


def test_a_name_that_is_only_an_object_occurs(graph: knockon.Graph) -> None:
    """A record that others name is not absent, wherever the query has it."""
    assert absent_names(graph.store, "SELECT * { ?s ?p id:nvidia }") == []
