"""The bank of `docs/your_own_domain.md`, as its reader has it, and parts of it with a planted fault."""

import re
from datetime import datetime
from pathlib import Path

import pandas as pd

import cqrs_lab as lab

PAGE = (Path(__file__).parents[2] / "docs" / "your_own_domain.md").read_text()
BANK = {}
exec(compile("\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.S)[:2]), "your_own_domain.md", "exec"), BANK)
Deposit, Withdraw, Balances, account = (BANK[name] for name in ("Deposit", "Withdraw", "Balances", "account"))
commands = [Deposit("ada", 500), Withdraw("ada", 200), Deposit("ben", 40), Withdraw("ben", 100), Deposit("ada", 1)]


def register(bus, decider=account):
    for command_type in (Deposit, Withdraw):
        bus.register(command_type, decider, stream=lambda command: f"account-{command.account}")


def with_a_clock(bus):
    def decide(command, balance):
        datetime.now()
        return account.decide(command, balance)

    register(bus, lab.Decider(0, decide, account.evolve))


def with_a_list(bus):
    def decide(command, balance):
        seen.append(command)
        return [BANK["MoneyMoved"](command.account, len(seen))]

    seen = []
    register(bus, lab.Decider(0, decide, account.evolve))


def with_no_limit(bus):
    def decide(command, balance):
        pence = command.pence if isinstance(command, Deposit) else -command.pence
        return [BANK["MoneyMoved"](command.account, pence)]

    register(bus, lab.Decider(0, decide, account.evolve))


class NothingChecked(lab.MemoryEventStore):
    """Takes any version for the expected one."""

    def append(self, stream, events, *, expected, **further):
        return super().append(stream, events, expected=lab.Expected.ANY, **further)


class LastOneOnly(Balances):
    """Keeps the newer of two rows, where it should add them."""

    name = "last_one_only"

    def merge(self, table, rows):
        return lab.merge_rows(table.drop(rows.index, errors="ignore"), rows, add=["pence"])


class WithdrawalsAdd(Balances):
    """Wrong in the same way wherever the log is cut."""

    def summarise(self, batch):
        moved = batch.frame(BANK["MoneyMoved"])
        return moved.assign(pence=moved["pence"].abs()).groupby("account")[["pence"]].sum()


NEVER = {"an account is below zero": lambda events: sum(event.pence for event in events) < 0}
BY_HAND = {"balances": pd.DataFrame({"pence": [301, 40]}, index=pd.Index(["ada", "ben"], name="account"))}
GIVEN = {"register": register, "commands": commands, "projections": [Balances], "runs": 8}
