"""What may be recorded, as which class and under which id; what else comes is refused in a sentence."""
