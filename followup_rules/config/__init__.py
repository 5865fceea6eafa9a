"""The user's config: read, checked, and made into records; the rules are compiled from it when first needed."""
