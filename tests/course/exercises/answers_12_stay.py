"""Answers to exercise 12.3: right ones in several styles, and wrong ones with what each is told."""

from cqrs_lab.course.exercises import lesson_12_hotel as hotel


def forward(event, state):
    match event:
        case hotel.StayBooked(stay, at):
            return [hotel.HoldRoom(stay, at)]
        case hotel.RoomHeld(stay, at):
            return [hotel.RequestPayment(stay, at)]
        case hotel.PaymentTaken(stay, at):
            return [hotel.GiveKey(stay, at)]
    return []


def whole(event, state):
    match event:
        case hotel.RoomRefused(stay, at) | hotel.PaymentDeclined(stay, at):
            return [hotel.CancelStay(stay, at)]
        case hotel.StayCancelled(stay, at):
            return [hotel.FreeRoom(stay, at), hotel.ReturnPayment(stay, at)]
    return forward(event, state)


LEADS_TO = {
    "StayBooked": (hotel.HoldRoom,),
    "RoomHeld": (hotel.RequestPayment,),
    "RoomRefused": (hotel.CancelStay,),
    "PaymentTaken": (hotel.GiveKey,),
    "PaymentDeclined": (hotel.CancelStay,),
    "StayCancelled": (hotel.ReturnPayment, hotel.FreeRoom),
}


def by_a_table(event, state):
    return tuple(command(event.stay, event.at) for command in LEADS_TO.get(type(event).__name__, ()))


def by_a_generator(event, state):
    yield from whole(event, state)


class Methods:
    """An object that can be called."""

    def __call__(self, event, state):
        if isinstance(event, hotel.PaymentDeclined):
            return [hotel.CancelStay(event.stay, event.at), hotel.FreeRoom(event.stay, event.at)]
        return whole(event, state)


RIGHT = [whole, by_a_table, Methods()]


def without(command):
    """Send everything but one command."""
    return lambda event, state: [one for one in whole(event, state) if not isinstance(one, command)]


def deaf_to(*events):
    return lambda event, state: [] if isinstance(event, events) else whole(event, state)


def key_first(event, state):
    at_once = [hotel.GiveKey(event.stay, event.at)] if isinstance(event, hotel.RoomHeld) else []
    return [*at_once, *whole(event, state)]


def frees_where_it_fails(event, state):
    """Begin the way back where the bank says no, not where the stay is cancelled."""
    match event:
        case hotel.StayCancelled():
            return []
        case hotel.PaymentDeclined(stay, at):
            return [hotel.CancelStay(stay, at), hotel.FreeRoom(stay, at)]
    return whole(event, state)


def key_to_whom_the_bank_declines(event, state):
    if isinstance(event, hotel.PaymentDeclined):
        return [hotel.GiveKey(event.stay, event.at)]
    return whole(event, state)


def takes_it_back(event, state):
    if isinstance(event, hotel.KeyGiven):
        return [hotel.ReturnPayment(event.stay, event.at)]
    return whole(event, state)


def records_itself(event, state):
    if isinstance(event, hotel.StayCancelled):
        return [hotel.RoomFreed(event.stay, event.at)]
    return whole(event, state)


def one_command(event, state):
    commands = whole(event, state)
    return commands[0] if len(commands) == 1 else commands


def no_return(event, state):
    whole(event, state)


def remembers():
    booked = set()

    def react(event, state):
        if isinstance(event, hotel.StayBooked):
            booked.add(event.stay)
        return whole(event, state) if event.stay in booked else []

    return react


def slips(event, state):
    return [hotel.FreeRom(event.stay, event.at)] if isinstance(event, hotel.StayCancelled) else whole(event, state)


WRONG = {
    "as it was": (forward, "Write your answer there in place"),
    "no key": (without(hotel.GiveKey), "Which event of this log does your react let pass"),
    "key first": (key_first, "Which event says that the bank has paid"),
    "takes it back": (takes_it_back, "What may never be undone once the key is given"),
    "deaf to the room": (deaf_to(hotel.RoomRefused), "Somebody else has the room, and this guest still hopes"),
    "deaf to the bank": (deaf_to(hotel.PaymentDeclined), "The bank said no, and the stay goes on"),
    "key though it declines": (key_to_whom_the_bank_declines, "This guest got a key"),
    "keeps the room": (without(hotel.FreeRoom), "nobody else can have the room"),
    "keeps the money": (without(hotel.ReturnPayment), "Which command tells it to stop, or to refund"),
    "remembers": (remembers(), "What did yours remember beside them"),
    "records itself": (records_itself, "The hotel takes commands, and records events itself"),
    "one command": (one_command, "Even one command stands in a list"),
    "no return": (no_return, "Is there a return, on every path"),
    "a slip": (slips, "There is nothing of that name"),
    "no function": (3, "What did you hand over"),
    "one argument": (lambda event: [], "Which arguments does the task name"),
}
ALSO_WRONG = [
    (lambda event, state: [], "Which event of this log does your react let pass"),
    (frees_where_it_fails, "nobody else can have the room"),
    (without(hotel.CancelStay), "Somebody else has the room, and this guest still hopes"),
    (deaf_to(hotel.StayCancelled), "nobody else can have the room"),
    (by_a_generator, "Even one command stands in a list"),
    (hotel.process(whole), "What did you hand over"),
    (lambda event, state: whole(event, state) or "nothing", "Even one command stands in a list"),
]
