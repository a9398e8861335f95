"""Reading services from files: a city pack's tables and YAML files, and lists of other cities. Writes nothing."""
