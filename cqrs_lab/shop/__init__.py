"""The example: a shop with a catalogue, carts, orders and stock."""
