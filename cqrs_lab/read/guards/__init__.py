"""What the read side refuses, and what pandas would lose without a word."""
