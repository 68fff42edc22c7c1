"""The questions of the bench, as far as all engines share them.

The same names and spans stand in `crates/insight/src/bench/peers.rs`.
"""

STEPS = ["search_performed", "cart_added", "checkout_started", "payment_entered", "purchase"]
COUNTRIES = ["CN", "US", "DE"]
WEEK_MS = 604_800_000

PATH_FROM, PATH_TO = "cart_added", "purchase"
PATHS_TOP = 100

RETENTION_START = "search_performed"
WEEKS = 8
# 1970 began on a Thursday, and weeks begin on Mondays.
MONDAY_MS = 3 * 86_400_000

STAGES = {
    "consider": ["product_viewed", "list_viewed", "search_performed"],
    "decide": ["cart_added", "cart_viewed"],
    "buy": ["checkout_started", "payment_entered", "purchase"],
    "receive": ["delivery_tracked", "delivered"],
    "after": ["review_written", "return_started", "chat_started"],
}
SILENCE_MS = 1_800_000

TOUCHES = ["ad_clicked", "email_opened", "push_opened", "email_clicked", "sms_clicked"]
CONVERSION = "purchase"


def texts(values):
    """A list of SQL literals."""
    return ", ".join(f"'{value}'" for value in values)


def path_pattern(code_of):
    """Each path from one step to another, over a text with one letter for each event.

    A path has five events at most. One that is too long takes the event with it that shows it,
    and ends there; the next one begins behind it.
    """
    begin, end = code_of(PATH_FROM), code_of(PATH_TO)
    return f"{begin}[^{end}]{{0,3}}{end}|{begin}[^{end}]{{4}}(?s:.)?"


def ending(stage):
    """The name of what a stay ended in, from its number."""
    names = list(STAGES)
    return {0: "silent", -1: "still in"}.get(stage) or names[stage - 1]


def levels(rows):
    """How many reached each step of a label, from how far each person came."""
    reached = {}
    for label, level, count in rows:
        for step in range(1, level + 1):
            key = f"{label} {step}"
            reached[key] = reached.get(key, 0) + count
    return reached
