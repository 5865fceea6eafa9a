"""The packs of rules that come with the package."""
