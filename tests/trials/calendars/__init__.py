"""Calendars that packages bring with them, read by followup and by an independent reader (ical.js), side by side."""
