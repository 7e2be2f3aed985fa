"""Everything that is drawn or said of results: words, tables, figures, the page, and files for machines."""
