"""What nobody means well by: hostile words, enormous files, and inputs that chance has damaged.

`python -m tests.trials.hostile --inputs 10000 --seed N` feeds damaged inputs to every parser and prints figures.
"""
