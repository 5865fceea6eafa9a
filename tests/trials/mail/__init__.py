"""Real and made-up mails against what tells own words and machine mail: `python -m tests.trials.mail`."""
