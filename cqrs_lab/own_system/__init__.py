"""Your system: an engineer's own numbers, or a file of times, and what the simulation says of them."""
