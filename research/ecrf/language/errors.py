"""How the language refuses an expression: always with the place and what to do about it.

ExpressionRefused (a ValueError)
├── SyntaxRefused   the text is not an expression
├── KindRefused     a name that is not there, or kinds of value that do not go together
└── TooCostly       longer, deeper or dearer than a form's expression may be
"""


class ExpressionRefused(ValueError):
    """An expression that a form cannot hold; `position` counts characters from 1."""

    def __init__(self, message: str, *, position: int, item: str = "") -> None:
        self.message = message
        self.position = position
        self.item = item
        super().__init__(message)

    def __str__(self) -> str:
        """Return item, position and what to do."""
        where = f"{self.item}, character" if self.item else "character"
        return f"{where} {self.position}: {self.message}"

    def at(self, item: str) -> "ExpressionRefused":
        """Return the same refusal, naming the item whose expression it is."""
        return type(self)(self.message, position=self.position, item=item)


class SyntaxRefused(ExpressionRefused):
    """The text is not an expression."""


class KindRefused(ExpressionRefused):
    """A name that is not there, or kinds of value that do not go together."""


class TooCostly(ExpressionRefused):
    """The expression is longer, deeper or dearer than allowed."""
