"""The report: what can be said of somebody's own system, claim by claim, in one HTML file."""
