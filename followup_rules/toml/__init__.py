"""TOML that knows where it stands: places of keys, errors as sentences, the nearest valid word."""
