"""What the reveals of lesson 1 say to each guess."""

from __future__ import annotations

SAID_TO_01: dict[str, dict[str, str]] = {
    "01.1": {
        "an error": "With a rollback journal, a commit writes into the very pages that others read, so it needs the "
        "file for itself. Mona only reads, and still she keeps Cleo from selling.",
        "sold, and Mona sees it": "Then the first half of her list would be from before the sale, and the second half "
        "from after it. SQLite does not allow that: it keeps the writer out instead.",
        "sold, and Mona doesn't see it": "For that, somebody would have to keep the old page for her. With a rollback "
        "journal there is one copy that readers can use: the file.",
    },
    "01.2": {
        "an error": "That was the rollback journal. Here the commit goes into a log beside the file, where it is in "
        "no reader's way.",
        "sold, and Mona sees it": "She would, in a new transaction. In this one she keeps the file as it was when she "
        "began, so that her list shows one moment.",
        "sold, and Mona doesn't see it": "The old page is still there for her, and the new one is in the log beside "
        "the file. Her list is late, and all of it shows one moment. Even with one model, a reader can be late.",
    },
    "01.3": {
        "7": "That is how many are on the shelf. The file would say so too if both had written down what they sold. "
        "They wrote down what was left, and each of them knew half of the story.",
        "9": "Mona wrote what she had worked out from twelve, over Cleo's ten. No error, no warning: every statement "
        "was in order. This is a lost update, and no journal mode prevents it.",
        "10": "Cleo wrote 10. Then Mona wrote over it.",
    },
    "01.4": {
        "as many as before": "An index is a table of its own, in another order. A row that is added has to be added "
        "there too, in the same commit.",
        "two to three times as many": "Each index that holds a new row has a page of its own to write, for every "
        "order, whether its team asks a question that day or not.",
        "about ten times as many": "An index costs about one page for each of its rows that is new. Five of them "
        "hurt, but not as much as that.",
    },
}
