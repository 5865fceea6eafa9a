"""The titles and texts of actions: templates, the sandbox that they run in, and their filters."""
