"""Mail (RFC 5322) for plugins: headers read into events, actions written as drafts."""
