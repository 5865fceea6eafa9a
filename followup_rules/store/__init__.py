"""What followup remembers: one SQLite file, and the lock that lets one run at a time write to it."""
