"""Replies and machine mail written before anything was tried on them; kept apart from what the word lists are made with."""
