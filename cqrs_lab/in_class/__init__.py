"""What a room gets on paper and on the wall, made from the lessons: handouts of a page, and slides."""
