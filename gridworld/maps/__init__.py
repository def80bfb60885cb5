"""Maps as data, one TOML file each; the file format, and maps drawn at random."""
