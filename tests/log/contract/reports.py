"""What a report of the contract says, as the tests ask for it."""


def laws(report):
    return [fault.law for fault in report.faults]


def noted(report, what):
    found = [note for note in report.notes if what in note]
    assert len(found) <= 1, "each thing is said once"
    return found[0] if found else ""
