"""Mappings: YAML files that say how the rows of a table, a workbook or JSON become records."""
