"""The processes of a measurement: a writer, a projector and a reader, and what they share."""
