"""What is taken down with a run: its code, its surroundings, its output, its name.

Nothing here imports more than the standard library until it is used, and nothing here can fail
a run: what cannot be captured is left out with a warning.
"""
