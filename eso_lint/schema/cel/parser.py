"""Text to expression: CEL's grammar with optional fields (`.?`, `[?`), without message literals.

Macros are read as calls here; `macros.py` gives them their meaning.
"""

from __future__ import annotations

from eso_lint.schema.cel.lexer import Token, tokens
from eso_lint.schema.cel.syntax import (
    Call,
    CelSyntaxError,
    Expr,
    Ident,
    Index,
    ListLiteral,
    Literal,
    MapLiteral,
    Select,
)
from eso_lint.schema.cel.values import INT_MAX

# Deeper expressions are refused; the API server stops at 250 of its own levels.
MAX_DEPTH = 60
_LONGEST_CHAIN = 200
_BINARY = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "in": 3, "+": 4, "-": 4, "*": 5, "/": 5,
    "%": 5,
}  # fmt: skip
RESERVED = frozenset(
    (
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    )
)  # fmt: skip


def parse(text: str) -> Expr:
    """Raises CelSyntaxError."""
    parser = _Parser(tokens(text))
    try:
        expr = parser.expression()
    except RecursionError:
        raise CelSyntaxError("the expression is nested too deeply") from None
    if parser.token.kind != "end":
        raise CelSyntaxError(f"unexpected `{parser.token.text}`")
    return expr


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self, sign: str) -> bool:
        """Whether the next token is that sign, which is then read."""
        token = self.token
        if token.kind == "sign" and token.text == sign:
            self.at += 1
            return True
        return False

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise CelSyntaxError(f"expected `{sign}`, got `{self.token.text or 'the end'}`")

    def expression(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise CelSyntaxError("the expression is nested too deeply")
        # `a ? b : c ? d : e` goes on to the right, without end: no level for each.
        choices: list[tuple[Expr, Expr]] = []
        expr = self.binary(1)
        while self.take("?"):
            then = self.binary(1)
            self.expect(":")
            choices.append((expr, then))
            expr = self.binary(1)
        for condition, then in reversed(choices):
            expr = Call("_?_:_", (condition, then, expr))
        self.depth -= 1
        return expr

    def binary(self, level: int) -> Expr:
        """Operators of that precedence and above. `&&` and `||` take all their operands at once."""
        left = self.unary()
        for _ in range(_LONGEST_CHAIN):
            token = self.token
            own = _BINARY.get(token.text, 0) if token.kind in ("sign", "name") else 0
            if own < level:
                return left
            self.at += 1
            right = self.binary(own + 1)
            name = token.text if own <= 2 else f"_{token.text}_"
            if own <= 2 and isinstance(left, Call) and left.name == name and left.target is None:
                left = Call(name, (*left.args, right))
            else:
                left = Call(name, (left, right))
        raise CelSyntaxError("the expression is too long")

    def unary(self) -> Expr:
        signs = 0
        sign = next((s for s in ("!", "-") if self.take(s)), "")
        if not sign:
            return self.whole(self.member())
        signs = 1
        while self.take(sign):
            signs += 1
        token = self.token
        if sign == "-" and token.kind == "literal" and type(token.value) in (int, float):
            # The sign belongs to the number: the smallest integer has no positive.
            number = Literal(-token.value)
            self.at += 1
            expr, signs = self.member(number), signs - 1
        else:
            expr = self.whole(self.member())
        return Call(f"{sign}_", (expr,)) if signs % 2 else expr

    @staticmethod
    def whole(expr: Expr) -> Expr:
        if isinstance(expr, Literal) and type(expr.value) is int and expr.value > INT_MAX:
            raise CelSyntaxError(f"{expr.value} is out of range")
        return expr

    def member(self, start: Expr | None = None) -> Expr:
        expr = self.primary() if start is None else start
        length = 0
        while True:
            length += 1
            if length > MAX_DEPTH:
                raise CelSyntaxError("the expression is nested too deeply")
            if self.take("."):
                optional = self.take("?")
                token = self.token
                if token.kind not in ("name", "quoted") or token.text in RESERVED:
                    raise CelSyntaxError(f"`{token.text}` is no field name")
                self.at += 1
                if token.kind == "name" and not optional and self.take("("):
                    expr = Call(token.text, self.arguments(), expr)
                else:
                    expr = Select(expr, token.text, optional)
            elif self.take("["):
                optional = self.take("?")
                index = self.expression()
                self.expect("]")
                expr = Index(expr, index, optional)
            else:
                return expr

    def primary(self) -> Expr:
        token = self.token
        self.at += 1
        if token.kind == "literal":
            return Literal(token.value)
        if token.kind == "sign":
            if token.text == "(":
                expr = self.expression()
                self.expect(")")
                return expr
            if token.text == "[":
                return self.list_literal()
            if token.text == "{":
                return self.map_literal()
            if token.text == "." and self.token.kind == "name":
                return self.primary()
        if token.kind == "name" and token.text not in RESERVED:
            if self.take("("):
                return Call(token.text, self.arguments())
            return Ident(token.text)
        raise CelSyntaxError(f"unexpected `{token.text or 'end'}`")

    def arguments(self) -> tuple[Expr, ...]:
        found: list[Expr] = []
        while not self.take(")"):
            if found:
                self.expect(",")
            found.append(self.expression())
        return tuple(found)

    def list_literal(self) -> Expr:
        found: list[tuple[Expr, bool]] = []
        while not self.take("]"):
            optional = self.take("?")
            found.append((self.expression(), optional))
            if not self.take(","):
                self.expect("]")
                break
        return ListLiteral(tuple(found))

    def map_literal(self) -> Expr:
        found: list[tuple[Expr, Expr, bool]] = []
        while not self.take("}"):
            optional = self.take("?")
            key = self.expression()
            self.expect(":")
            found.append((key, self.expression(), optional))
            if not self.take(","):
                self.expect("}")
                break
        return MapLiteral(tuple(found))
