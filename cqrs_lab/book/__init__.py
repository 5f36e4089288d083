"""The book: the lessons as a static site in which every view moves, without kernel and network."""
