"""Workshops with few places: who takes one, who pays in time, and how many are left."""
