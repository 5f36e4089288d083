"""The class is the cluster: one log, and everybody's kernel is a writer, a projector or a reader of it."""
