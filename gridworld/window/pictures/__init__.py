"""Windows on worlds that are no grid: their states as coloured tables, charts and diagrams in place of a map."""
