"""NamedTuple without `typing`, whose import alone is a tenth of a short run. Type checkers see the real one."""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False  # type checkers take any name spelt so for true

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:

    class _Meta(type):
        """Turns the class body into a named tuple, as typing does."""

        def __new__(mcs, name, bases, body):
            fields = tuple(body.get("__annotations__", ()))
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            for key, value in body.items():
                if key not in fields:
                    setattr(made, key, value)
            return made

    NamedTuple = type.__new__(_Meta, "NamedTuple", (), {})
