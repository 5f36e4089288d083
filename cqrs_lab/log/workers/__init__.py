"""Threads that follow the log, and that no interrupt can split."""
