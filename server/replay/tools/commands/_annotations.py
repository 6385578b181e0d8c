"""Types in a module, which may stand in strings: where an expression is one, and what names it uses."""
import ast

TYPING = ("typing", "typing_extensions")
PLAIN, TYPE, TYPE_TEXT = range(3)


def text_of(node):
    value = getattr(node, "value", None) if node.__class__.__name__ == "Constant" else getattr(node, "s", None)
    return value if isinstance(value, str) else None


class Types:
    """The part of a reader (`_names.py`) that reads types."""

    def annotation(self, node, parent):
        if node is None:
            return
        read = lambda: self.as_type(TYPE, lambda: self.node(node, parent))
        if self.late_types:
            self.defer(read)
        else:
            read()

    def on_Constant(self, node):
        text = text_of(node)
        if text is None or self.mode == PLAIN:
            return

        def read():
            try:
                body = ast.parse(text).body
            except (SyntaxError, ValueError):
                return
            if len(body) != 1 or not isinstance(body[0], ast.Expr):
                return
            for each in ast.walk(body[0].value):
                if hasattr(each, "lineno"):
                    each.lineno, each.col_offset = node.lineno, node.col_offset
            self.as_type(TYPE_TEXT, lambda: self.node(body[0].value, node))

        self.defer(read)

    on_Str = on_Constant

    def typing(self, node):
        """The name in `typing` that an expression stands for, if it does."""
        if isinstance(node, ast.Name):
            return self.typing_names.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self.typing_names:
            return node.attr
        return None

    def on_Subscript(self, node):
        name = getattr(node.value, "id", getattr(node.value, "attr", None))
        inner = node.slice
        inner = getattr(inner, "value", inner) if inner.__class__.__name__ == "Index" else inner
        if name == "Literal":
            self.node(node.value, node)
            self.all_as(PLAIN, [inner], node)
        elif name == "Annotated":
            self.node(node.value, node)
            items = inner.elts if isinstance(inner, ast.Tuple) and len(inner.elts) > 1 else [inner]
            self.node(items[0], node)
            self.all_as(PLAIN, items[1:], node)
        elif self.typing(node.value) is not None:
            self.as_type(TYPE, lambda: self.children(node))
        else:
            self.children(node)

    def on_Call(self, node):
        name = self.typing(node.func)
        types, others, keywords = [], list(node.args), {}
        if name == "cast":
            types, others, keywords = node.args[:1], node.args[1:], {"typ": True}
        elif name == "assert_type":
            types, others = node.args[1:], node.args[:1]
        elif name in ("TypeVar", "ParamSpec", "TypeVarTuple"):
            cut = 1 if name == "TypeVar" else len(node.args)
            types, others, keywords = node.args[cut:], node.args[:cut], {"bound": True, "default": True}
        elif name == "NewType":
            types, others, keywords = node.args[1:], node.args[:1], {"tp": True}
        elif name in ("TypedDict", "NamedTuple"):
            self.fields_call(node)
            return
        else:
            self.children(node)
            return
        self.all_as(PLAIN, [node.func], node)
        self.all_as(PLAIN, others, node)
        self.all_as(TYPE, types, node)
        for keyword in node.keywords:
            self.all_as(TYPE if keyword.arg in keywords else PLAIN, [keyword], node)

    def fields_call(self, node):
        self.all_as(PLAIN, [node.func] + node.args[:1], node)
        for each in node.args[1:2]:
            if isinstance(each, ast.Dict):
                self.all_as(PLAIN, [key for key in each.keys if key is not None], each)
                self.all_as(TYPE, each.values, each)
            elif isinstance(each, (ast.List, ast.Tuple)):
                for pair in each.elts:
                    inner = getattr(pair, "elts", [pair])
                    self.all_as(PLAIN, inner[:1], each)
                    self.all_as(TYPE, inner[1:], each)
            else:
                self.all_as(PLAIN, [each], node)
        self.all_as(PLAIN, node.args[2:], node)
        self.all_as(TYPE, node.keywords, node)
