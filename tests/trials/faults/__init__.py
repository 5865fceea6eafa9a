"""Strikes a real run at every call that changes a file, and sees whether the next runs put everything right.

`python -m tests.trials.faults --points 2000` tries so many points of all kinds and prints what it found.
"""
