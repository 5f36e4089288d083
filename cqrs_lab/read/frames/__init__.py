"""DataFrames of a declared shape: made from events, merged by key, grown without moving a row."""
