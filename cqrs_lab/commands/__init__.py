"""The commands of cqrs-lab, a module each: `add` tells the parser, `run` does it."""
