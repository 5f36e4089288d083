"""A small domain of the reader's own, to begin with."""

from cqrs_lab.starter.new import write_domain

__all__ = ["write_domain"]
