"""Event stores that keep the log outside the process, and how an event is written there."""
