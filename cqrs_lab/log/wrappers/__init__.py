"""Stores around any store, which read the record in another way and leave it as it is."""
