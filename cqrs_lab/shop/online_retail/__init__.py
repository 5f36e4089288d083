"""Online Retail: a real year of a gift shop, sent through the shop's commands and reconciled to the mill.

Daqing Chen (2015), UCI Machine Learning Repository, https://doi.org/10.24432/C5BW33, CC BY 4.0. The file is
not part of this package.

Rows become commands by these rules; the first that fits is a row's own:

================================================  =====================================  =================
row                                               command                                outcome
================================================  =====================================  =================
its code stands for no goods (`CHARGES`)          in the charges of the row's document   charge
not a credit note, quantity below 0, no price,    AdjustStock, its description as        stock adjustment
no customer, alone on its invoice                 the reason
on an invoice C…                                  IssueCreditNote, quantity made         credit line
                                                  positive
any other                                         PlaceOrder                             order line
the shop's deciders refuse it: "test" entries,    the same                               rejected, with
goods with neither price nor customer, …                                                 their reason
================================================  =====================================  =================

- One command per invoice, credit note and stock adjustment, in the order in which they first appear. The rows
  of an invoice are gathered by its number; its time, customer and country are those of its first row.
- A line is keyed on its document and its number there, never on its content: equal lines are all kept.
- Stock codes are kept as they are: 85123a is not 85123A. Gift vouchers and postage are charges, since no goods
  move; PADS and DCGS… are goods.
- Charges of a credit note are taken off with its lines, so that values add up as in the file.
- ListProduct is derived, for the file has no catalogue: goods are listed when an invoice first sells them at a
  price, under that line's description, at that price, just before the invoice.
- There is no opening stock in the file. 0 is assumed, so levels go below zero.
- A command's id is made of its document's number, so that a second replay into a store records nothing.
"""

from cqrs_lab.shop.online_retail.commands import CHARGES, Sending, commands_of, is_charge
from cqrs_lab.shop.online_retail.figures import Figure
from cqrs_lab.shop.online_retail.source import FileRefused
from cqrs_lab.shop.online_retail.outcomes import RowOutcomes
from cqrs_lab.shop.online_retail.published import PUBLISHED
from cqrs_lab.shop.online_retail.recorded import REAL_YEAR, account_for
from cqrs_lab.shop.online_retail.reconciliation import Reconciliation, compare_totals, reconcile
from cqrs_lab.shop.online_retail.rows import OnlineRetail, read_online_retail
from cqrs_lab.shop.online_retail.sending import Replay, ReplayStopped, replay
from cqrs_lab.shop.online_retail.times import by_day, times_of_a_day
from cqrs_lab.shop.online_retail.year import Year, open_year

__all__ = [
    "read_online_retail",
    "OnlineRetail",
    "FileRefused",
    "CHARGES",
    "is_charge",
    "Sending",
    "commands_of",
    "replay",
    "Replay",
    "ReplayStopped",
    "RowOutcomes",
    "reconcile",
    "Reconciliation",
    "compare_totals",
    "Figure",
    "PUBLISHED",
    "account_for",
    "REAL_YEAR",
    "times_of_a_day",
    "by_day",
    "Year",
    "open_year",
]
