"""The same shop built the usual way: one model, one SQLite file, rows that are changed where they stand.

It is a fair opponent: normalised tables, an index for each question, transactions that check stock as they write, and
a journal that lets readers and the writer work side by side. Lesson 1 measures it.
"""

from cqrs_lab.shop.crud.questions import QUESTIONS
from cqrs_lab.shop.crud.schema import INDEXES, TABLES
from cqrs_lab.shop.crud.shop import CrudShop
from cqrs_lab.shop.crud.week import trade
from cqrs_lab.shop.crud.work import Work, columns_read, count_work, tables_read

__all__ = ["CrudShop", "TABLES", "INDEXES", "QUESTIONS", "trade", "Work", "count_work", "tables_read", "columns_read"]
