"""The numbers of the forms in which a store folder keeps what it derives from its data sets.

Another version of the program reads what an earlier one kept while the numbers are the same: to derive it again takes minutes
for a large store. ``tests/store/test_forms.py`` compares what this version writes with what belongs to its numbers.
"""

from __future__ import annotations

#: The form of the table of records (record_table.py): its tables, the JSON of records, the keys of names and links.
RECORDS = 4
#: The rules by which the quads of a database follow from its data sets, beside the vocabulary.
RULES = 2
#: The form of the columns of dependencies (network/kept_columns.py): the arrays, and what a form of dependencies is.
COLUMNS = 1

__all__ = ["COLUMNS", "RECORDS", "RULES"]
