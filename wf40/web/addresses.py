"""Numbers of records in addresses."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1


class RecordNumber(IntegerConverter):
    """``<int:...>`` of every page: a number that no record can have is an unknown address, not a fault of the database."""

    def __init__(self, addresses: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(addresses, *args, **{"max": LARGEST, **kwargs})
