"""What both sides share: the record of what happened."""
