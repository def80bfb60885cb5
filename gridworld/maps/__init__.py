"""Maps as data, one TOML file each."""
