"""Exercises of lesson 13: what each customer bought, which lines of a bank do not agree, and what a day must keep."""

from __future__ import annotations

from typing import Any

from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_13_bank import reconcile
from cqrs_lab.course.exercises.lesson_13_customers import customers

# --- 13.3 -------------------------------------------------------------------------------------------------

KEEPS = ("a sum", "a sum and a count", "the latest", "a row for each", "every value")
DAYS = {
    "How much came in?": "a sum",
    "What does an average order come to?": "a sum and a count",
    "How many different customers have bought something?": "a row for each",
    "What does the cup cost now?": "the latest",
    "How many orders were placed?": "a sum",
    "What does the middle order come to (half are below it)?": "every value",
    "Which product has sold best?": "a row for each",
    "When did Ada last order?": "the latest",
}
_MONEY, _MEAN, _WHO, _PRICE, _ORDERS, _MEDIAN, _BEST, _LAST = DAYS
TOO_MUCH = "That would do, and keep far more than you need. What is the least that two days can be merged from?"
WHY_NOT = {
    (_MONEY, "a sum and a count"): "What would you divide? The question asks for an amount.",
    (_MONEY, "the latest"): "Then Monday's money is gone on Tuesday. What do two days make together?",
    (_MONEY, "a row for each"): TOO_MUCH,
    (_MONEY, "every value"): TOO_MUCH,
    (_MEAN, "a sum"): "10 pounds on one day, 90 on the next. What do you divide 100 by?",
    (_MEAN, "the latest"): "The last day's average is not the year's. What do its numbers have to be combined with?",
    (_MEAN, "a row for each"): TOO_MUCH,
    (_MEAN, "every value"): TOO_MUCH,
    (_WHO, "a sum"): "Ada came on Monday and on Tuesday. How often is she in the sum?",
    (_WHO, "a sum and a count"): "Ada came on both days. Which of your two numbers knows that it was the same person?",
    (_WHO, "the latest"): "Who came only on Monday? Tuesday's list does not know.",
    (_WHO, "every value"): "Every purchase? It is enough to know who was there.",
    (_PRICE, "a sum"): "Two prices added up are the price of nothing. Which of the two holds today?",
    (_PRICE, "a sum and a count"): "That would be an average price. At which price does the shop sell now?",
    (_PRICE, "a row for each"): "One row is enough for one cup. What has to be in it, if two days each have one?",
    (_PRICE, "every value"): "You would keep all the prices that no longer hold. Which one is asked for?",
    (_ORDERS, "a sum and a count"): "Two numbers, and one of them is the answer. Which one?",
    (_ORDERS, "a count"): "The counts of two days are added up. Which of the five says that?",
    (_ORDERS, "the latest"): "Then the year has as many orders as its last day. What do two days make together?",
    (_ORDERS, "a row for each"): "An order is placed once, on one day. Can it be counted twice, as a customer can?",
    (_ORDERS, "every value"): "You want to know how many there are. Do you need what they come to?",
    (_MEDIAN, "a sum"): "From a sum nobody can tell where the middle is. What lies below it, and what above?",
    (_MEDIAN, "a sum and a count"): "That gives the mean, which one large order can pull far away from the middle.",
    (_MEDIAN, "the latest"): "The middle of the last day is not that of the year. Which orders do you need to see?",
    (_MEDIAN, "a row for each"): "A row for each what? If it is each order, with its value, what is that called here?",
    (_BEST, "a sum"): "One number for all products: which of them sold best?",
    (_BEST, "a sum and a count"): "Two numbers for all products: which of them sold best?",
    (_BEST, "the latest"): "Each day's winner is kept, and who is second every day is lost. Who won the year?",
    (_BEST, "every value"): "Every sale? Two days of one product can be added up first.",
    (_LAST, "a sum"): "Two dates cannot be added up. Which of the two answers the question?",
    (_LAST, "a sum and a count"): "That would be an average date. Which one was the last?",
    (_LAST, "a row for each"): "One row is enough for one Ada. What has to be in it, if two days each have one?",
    (_LAST, "every value"): "All her dates? Of two of them, only one can still be the answer.",
}  # fmt: skip


def what_a_day_keeps(answer: Any) -> None:
    """Judge what is the least that a day must keep for each question."""
    judge_choices(
        answer,
        DAYS,
        KEEPS,
        WHY_NOT,
        each="For each question: what is the least that a day must keep, so that days can be merged?",
        open_="Take two days, and say their answers. What do you need from each to answer for both?",
    )


EXERCISES = (
    Exercise(
        "13.1",
        customers,
        (
            "Begin with whose bill it is: an empty text is a key like any other. Then look at which papers there are: "
            "bills and credit notes, and on each of them goods and charges.",
            "Count orders from batch.frame(events.OrderPlaced), which has one row per bill. Add up the values from "
            "billed(batch), which has one row per line and charge.",
            "The line with != drops the bills without a name. And pd.concat(billed(batch)) can stand in the place of "
            "lines: it has the charges and the credit notes too, each with its value.",
        ),
        "Nothing was left out to make it come out right: strangers, charges and credit notes are all in.",
        own_seconds=6.0,
    ),
    Exercise(
        "13.2",
        reconcile,
        (
            "Equal totals prove little. Go through the references, on both sides.",
            "collections.Counter(reference for reference, _ in ledger) says how often each one is in the ledger.",
            "Four cases for a reference: not in the ledger, not on the statement, there twice, or another amount.",
        ),
        "Two mistakes that cancel out were found: one by one, every line has its place or its reason.",
        untouched=lambda statement, ledger: dict(set(statement) - set(ledger)),
    ),
    Exercise(
        "13.3",
        what_a_day_keeps,
        (
            "Take two days with numbers that you make up, and answer the question for each and for both.",
            "Which numbers of the two days do you need to get from the two answers to the one?",
            "Who or what can be there on both days? Then a number is not enough: it needs a row.",
        ),
        "What a day keeps decides which questions its summary can answer. Count and divide when somebody asks.",
        untouched=dict.fromkeys(DAYS, ""),
    ),
)
