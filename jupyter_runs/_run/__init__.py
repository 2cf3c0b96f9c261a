"""The parts of a run: what it logs, notes, files and reads, how it starts and ends. `Run` in run.py puts them together."""
