"""Read files of other formats as records: by a mapping, or by a reader of their own."""
