"""One run, step by step: sources in, what is due carried out, outputs asked. `run.py` puts the steps together."""
