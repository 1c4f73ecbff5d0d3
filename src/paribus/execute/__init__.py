"""Where populations run: processes, memory, resume."""
