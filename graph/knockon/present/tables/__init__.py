"""Tables for files: CSV, Parquet, workbooks."""
