"""Small changes to a program, one at a time: tests that let one pass have a gap."""

import ast
import copy
from collections.abc import Iterator

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
NAMES = {
    one: other
    for pair in (
        ("max", "min"),
        ("sum", "mean"),
        ("exp", "expm1"),
        ("log", "log1p"),
        ("zeros", "ones"),
        ("zeros_like", "ones_like"),
        ("argmax", "argmin"),
        ("maximum", "minimum"),
        ("any", "all"),
    )
    for one, other in (pair, pair[::-1])
}


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Yield each mutant of a program: what was changed ("3: a + b -> a - b"), and its source.

    Numbers grow by one, operators and functions turn into their opposites, arguments,
    minus signs, transposes and whole statements are left out, and branches are swapped.
    """
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for number, node in enumerate(ast.walk(tree)):
        for change in changes(node):
            mutant = copy.deepcopy(tree)
            target = next(n for i, n in enumerate(ast.walk(mutant)) if i == number)
            before = ast.unparse(target)
            after = change(target)
            mutant = ast.fix_missing_locations(_Replace(target, after).visit(mutant))
            text = ast.unparse(mutant)
            if text not in seen:
                seen.add(text)
                shown = ast.unparse(after) if after else "(left out)"
                yield f"{getattr(node, 'lineno', 0)}: {_line(before)} -> {_line(shown)}", text


def _line(text: str) -> str:
    return " ".join(text.split())


class _Replace(ast.NodeTransformer):
    """Put one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST | None):
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST | None:
        return self.new if node is self.old else self.generic_visit(node)


def changes(node):
    """Yield functions that change a node like this one; each returns what stands there then."""

    def changed(**fields):
        def change(target):
            new = copy.copy(target)
            for name, value in fields.items():
                setattr(new, name, value)
            return new

        return change

    match node:
        case ast.Constant(value=bool() as value):
            yield changed(value=not value)
        case ast.Constant(value=int() | float() as value):
            yield changed(value=value + 1)
        case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in OPERATORS:
            yield changed(op=OPERATORS[type(op)]())
        case ast.AugAssign(op=op) if type(op) in OPERATORS:
            yield changed(op=OPERATORS[type(op)]())
            yield lambda _: ast.Pass()
            yield lambda target: ast.Assign([target.target], target.value)
        case ast.Compare(ops=[op]) if type(op) in OPERATORS:
            yield changed(ops=[OPERATORS[type(op)]()])
        case ast.UnaryOp():
            yield lambda target: target.operand
        case ast.Attribute(attr="T"):
            yield lambda target: target.value
        case ast.Attribute(attr=name) if name in NAMES:
            yield changed(attr=NAMES[name])
        case ast.IfExp():
            yield lambda target: ast.IfExp(target.test, target.orelse, target.body)
        case ast.If():
            yield changed(test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Assign(targets=[ast.Subscript()]) | ast.Expr(value=ast.Call()):
            yield lambda _: ast.Pass()
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _mentions(value, name):
            yield lambda _: ast.Pass()
    if isinstance(node, ast.Call):
        for i in range(len(node.keywords)):
            yield changed(keywords=[*node.keywords[:i], *node.keywords[i + 1 :]])
        for i in range(len(node.args) if len(node.args) > 1 else 0):
            yield changed(args=[*node.args[:i], *node.args[i + 1 :]])
        if (
            isinstance(node.func, ast.Attribute)
            and node.func.attr == "where"
            and len(node.args) == 3
        ):
            yield changed(args=[node.args[0], node.args[2], node.args[1]])


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))
