"""Names that are used and never bound (F821), listed in `__all__` and never bound (F822), or twice a parameter (F831).

An approximation of pyflakes, which flake8 runs: module and class bodies are read in order, bodies of functions afterwards.
"""

import ast
import builtins
import os

KNOWN = frozenset(dir(builtins)) | {"__file__", "__builtins__", "__annotations__", "WindowsError"}
CLASS_ONLY = frozenset(["__module__", "__qualname__", "__name__", "__doc__"])
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
CONDITIONS = (ast.If, ast.While, ast.IfExp)
#: Calls of `typing` whose arguments name types, also in strings: which positions, which keywords (None: all).
TYPE_CALLS = {
    "cast": (slice(0, 1), ("typ",)),
    "assert_type": (slice(1, None), ()),
    "TypeVar": (slice(1, None), ("bound", "default")),
    "ParamSpec": (slice(0, 0), ("bound", "default")),
    "TypeVarTuple": (slice(0, 0), ("bound", "default")),
    "NewType": (slice(1, None), ("tp",)),
    "NamedTuple": (slice(0, 0), None),
    "TypedDict": (slice(0, 0), None),
}
BARE, STRING = 1, 2


class Scope(object):
    def __init__(self, kind, names=()):
        self.kind = kind
        self.bound = set(names)
        #: Annotated and never assigned: known to a postponed annotation only.
        self.declared = set()
        self.starred = False


def text_of(node):
    """The text of a string literal, else None."""
    value = getattr(node, "s", None) if type(node).__name__ == "Str" else getattr(node, "value", None)
    return value if type(node).__name__ in ("Str", "Constant") and isinstance(value, str) else None


class Reader(object):
    def __init__(self, path):
        self.path = path
        self.found = []
        self.stack = [Scope("module", KNOWN)]
        self.parents = []
        self.handled = [()]
        self.later = []
        self.annotation = None
        self.postponed = False
        self.at = None
        self.exports = None
        self.typing = {}

    def read(self, tree):
        self.visit(tree)
        while self.later:
            waiting, self.later = self.later, []
            for run in waiting:
                run()
        self.check_exports()
        return [(row, column, text) for row, column, text, _ in self.found]

    # -- reporting

    def report(self, node, text, name=None):
        row, column = self.at or (node.lineno, node.col_offset)
        self.found.append((row, column, text, name))

    def undefined(self, node, name):
        self.report(node, "F821 undefined name {!r}".format(name), name)

    def check_exports(self):
        module = self.stack[0]
        if self.exports is None or module.starred or os.path.basename(self.path) == "__init__.py":
            return
        node, names = self.exports
        for name in names:
            if name not in module.bound and name not in module.declared:
                self.report(node, "F822 undefined name {!r} in __all__".format(name))

    # -- walking

    def visit(self, node):
        if node is None:
            return
        if isinstance(node, list):
            for item in node:
                self.visit(item)
            return
        handler = getattr(self, "on_" + type(node).__name__, self.children)
        self.parents.append(node)
        handler(node)
        self.parents.pop()

    def children(self, node, *but):
        for field, value in ast.iter_fields(node):
            if field not in but and isinstance(value, (ast.AST, list)):
                if not isinstance(value, list) or not value or isinstance(value[0], ast.AST) or None in value:
                    self.visit(value)

    def defer(self, run):
        stack, at, parents = list(self.stack), self.at, list(self.parents)

        def resumed():
            self.stack, self.at, self.parents, self.handled = stack, at, parents, [()]
            run()

        self.later.append(resumed)

    def inside(self, scope, run):
        self.stack.append(scope)
        run()
        self.stack.pop()

    def noting(self, how, run, *args):
        before, self.annotation = self.annotation, how
        run(*args)
        self.annotation = before

    # -- names

    def load(self, node, name):
        scope = self.stack[-1]
        classes = True
        starred = False
        for scope in reversed(self.stack):
            if scope.kind == "class":
                if name == "__class__":
                    return
                if not classes:
                    continue
            if name in scope.bound or (name in scope.declared and self.lazy_annotation()):
                return
            if name in scope.declared:
                continue
            starred = starred or scope.starred
            classes = classes and scope.kind in ("types", "comprehension")
        if starred or (name == "__path__" and os.path.basename(self.path) == "__init__.py"):
            return
        if name in CLASS_ONLY and self.stack[-1].kind == "class":
            return
        if "NameError" not in self.handled[-1]:
            self.undefined(node, name)

    def lazy_annotation(self):
        return self.annotation == STRING or (self.annotation == BARE and self.postponed)

    def bind(self, name, only_declared=False):
        scope = self.stack[-1]
        if only_declared:
            if name not in scope.bound:
                scope.declared.add(name)
            return
        scope.bound.add(name)
        scope.declared.discard(name)

    def on_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            self.load(node, node.id)
        elif isinstance(node.ctx, ast.Store):
            self.store(node)
        else:
            self.delete(node)

    def store(self, node):
        holder = next(p for p in reversed(self.parents[:-1]) if not isinstance(p, (ast.Tuple, ast.List, ast.Starred)))
        if type(holder).__name__ == "NamedExpr":
            # The name belongs to what surrounds a comprehension.
            outer = next(scope for scope in reversed(self.stack) if scope.kind != "comprehension")
            outer.bound.add(node.id)
            outer.declared.discard(node.id)
            return
        bare = type(holder).__name__ == "AnnAssign" and holder.value is None
        self.bind(node.id, bare)
        if node.id == "__all__" and self.stack[-1].kind == "module" and not bare:
            if holder is self.parents[-2] and type(holder).__name__ in ("Assign", "AugAssign", "AnnAssign"):
                self.export(holder)
            else:
                self.exports = None

    def export(self, node):
        names = list(self.exports[1]) if self.exports is not None and isinstance(node, ast.AugAssign) else []
        value = node.value
        parts = []
        while isinstance(value, ast.BinOp) and isinstance(value.right, (ast.List, ast.Tuple)):
            parts.append(value.right)
            value = value.left
        if isinstance(value, (ast.List, ast.Tuple)):
            parts.append(value)
        for part in parts:
            names.extend(text_of(item) for item in part.elts if text_of(item) is not None)
        self.exports = (node, names)

    def delete(self, node):
        if any(isinstance(parent, CONDITIONS) for parent in self.parents):
            return
        scope = self.stack[-1]
        if node.id in scope.bound or node.id in scope.declared:
            scope.bound.discard(node.id)
            scope.declared.discard(node.id)
        else:
            self.undefined(node, node.id)

    def on_Global(self, node):
        if self.stack[-1].kind == "module":
            return
        for name in node.names:
            self.found = [problem for problem in self.found if problem[3] != name]
            for scope in self.stack:
                scope.bound.add(name)

    on_Nonlocal = on_Global

    # -- statements

    def on_For(self, node):
        self.visit(node.iter)
        self.children(node, "iter")

    on_AsyncFor = on_comprehension = on_For

    def on_Assign(self, node):
        self.visit(node.value)
        self.children(node, "value")

    on_NamedExpr = on_Assign

    def on_AugAssign(self, node):
        if isinstance(node.target, ast.Name):
            self.load(node.target, node.target.id)
        self.visit(node.value)
        self.visit(node.target)

    def on_AnnAssign(self, node):
        self.annotate(node.annotation)
        if self.typing_name(node.annotation) == "TypeAlias":
            self.noting(BARE, self.visit, node.value)
        else:
            self.visit(node.value)
        self.visit(node.target)

    def on_TypeAlias(self, node):
        self.with_types(node, lambda: self.defer(lambda: self.noting(BARE, self.visit, node.value)))
        self.visit(node.name)

    def on_Import(self, node):
        for alias in node.names:
            self.bind(alias.asname or alias.name.split(".")[0])
            if alias.name in ("typing", "typing_extensions"):
                self.typing[alias.asname or alias.name] = None

    def on_ImportFrom(self, node):
        for alias in node.names:
            name = alias.asname or alias.name
            if node.module == "__future__" and alias.name == "annotations":
                self.postponed = True
            if alias.name != "*":
                self.bind(name)
                if node.module in ("typing", "typing_extensions"):
                    self.typing[name] = alias.name
            elif self.stack[-1].kind == "module":
                self.stack[-1].starred = True

    def on_Try(self, node):
        names = []
        for handler in node.handlers:
            types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            names.extend(getattr(kind, "id", None) for kind in types if kind is not None)
        self.handled.append(names)
        self.visit(node.body)
        self.handled.pop()
        self.children(node, "body")

    on_TryStar = on_Try

    def on_ExceptHandler(self, node):
        if node.name is None:
            self.children(node)
            return
        bound = self.stack[-1].bound
        before = node.name in bound
        bound.add(node.name)
        self.children(node)
        bound.discard(node.name)
        if before:
            bound.add(node.name)

    def on_Return(self, node):
        if self.stack[-1].kind not in ("class", "module"):
            self.children(node)

    on_Yield = on_YieldFrom = on_Await = on_Return

    def on_MatchAs(self, node):
        if node.name is not None:
            self.bind(node.name)
        self.children(node)

    on_MatchStar = on_MatchAs

    def on_MatchMapping(self, node):
        if node.rest is not None:
            self.bind(node.rest)
        self.children(node)

    # -- functions and classes

    def with_types(self, node, run):
        """Within the type parameters of a definition (Python 3.12)."""
        parameters = getattr(node, "type_params", None)
        if not parameters:
            run()
            return

        def inner():
            for parameter in parameters:
                self.bind(parameter.name)
            for parameter in parameters:
                self.children(parameter)
            run()

        self.inside(Scope("types"), inner)

    def on_FunctionDef(self, node):
        self.visit(node.decorator_list)
        self.with_types(node, lambda: self.on_Lambda(node))
        self.bind(node.name)

    on_AsyncFunctionDef = on_FunctionDef

    def on_Lambda(self, node):
        given = node.args
        parameters = getattr(given, "posonlyargs", []) + given.args + given.kwonlyargs
        parameters += [extra for extra in (given.vararg, given.kwarg) if extra is not None]
        names = [parameter.arg for parameter in parameters]
        for index, name in enumerate(names):
            if name in names[:index]:
                self.report(node, "F831 duplicate argument {!r} in function definition".format(name))
        for parameter in parameters:
            self.annotate(parameter.annotation)
        self.annotate(getattr(node, "returns", None))
        for default in given.defaults + given.kw_defaults:
            self.visit(default)
        self.defer(lambda: self.inside(Scope("function", names), lambda: self.visit(node.body)))

    def on_ClassDef(self, node):
        self.visit(node.decorator_list)

        def body():
            self.visit(node.bases)
            self.visit(node.keywords)
            self.inside(Scope("class"), lambda: self.visit(node.body))

        self.with_types(node, body)
        self.bind(node.name)

    def on_GeneratorExp(self, node):
        first = node.generators[0]
        self.visit(first.iter)

        def inner():
            self.parents.append(first)
            self.children(first, "iter")
            self.parents.pop()
            self.visit(node.generators[1:])
            self.children(node, "generators")

        self.inside(Scope("comprehension"), inner)

    on_ListComp = on_SetComp = on_DictComp = on_GeneratorExp

    # -- annotations

    def annotate(self, node):
        if node is None:
            return
        if self.postponed:
            self.defer(lambda: self.noting(BARE, self.visit, node))
        else:
            self.noting(BARE, self.visit, node)

    def on_Constant(self, node):
        text = text_of(node)
        if self.annotation is None or text is None:
            return

        def parse():
            try:
                body = ast.parse(text).body
            except SyntaxError:
                return
            if len(body) != 1 or not isinstance(body[0], ast.Expr):
                return
            before, self.at = self.at, self.at or (node.lineno, node.col_offset)
            self.noting(STRING, self.visit, body[0].value)
            self.at = before

        self.defer(parse)

    on_Str = on_Constant

    def on_JoinedStr(self, node):
        self.noting(None, self.children, node)

    on_TemplateStr = on_JoinedStr

    def typing_name(self, node):
        """What of `typing` an expression names, else None."""
        if isinstance(node, ast.Name):
            return self.typing.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self.typing:
            return node.attr if self.typing[node.value.id] is None else None
        return None

    def on_Subscript(self, node):
        name = getattr(node.value, "id", getattr(node.value, "attr", None))
        if name == "Literal":
            self.visit(node.value)
            self.noting(None, self.visit, node.slice)
        elif name == "Annotated":
            self.visit(node.value)
            inner = node.slice if isinstance(node.slice, ast.Tuple) else getattr(node.slice, "value", None)
            if isinstance(inner, ast.Tuple) and len(inner.elts) > 1:
                self.visit(inner.elts[0])
                self.noting(None, self.visit, inner.elts[1:])
            else:
                self.visit(node.slice)
        elif self.typing_name(node.value) is not None:
            self.noting(BARE, self.children, node)
        else:
            self.children(node)

    def on_Call(self, node):
        name = self.typing_name(node.func)
        if name not in TYPE_CALLS:
            self.children(node)
            return
        places, keywords = TYPE_CALLS[name]
        types = list(node.args[places])
        self.noting(None, self.visit, node.func)
        for argument in node.args:
            self.noting(BARE if argument in types else None, self.typed_argument if name in ("NamedTuple", "TypedDict") else self.visit, argument)
        for keyword in node.keywords:
            self.noting(BARE if keywords is None or keyword.arg in keywords else None, self.visit, keyword)

    def typed_argument(self, node):
        """The fields of `NamedTuple("N", [("a", int)])` and `TypedDict("T", {"a": int})`."""
        if isinstance(node, (ast.List, ast.Tuple)):
            for field in node.elts:
                if isinstance(field, (ast.List, ast.Tuple)):
                    self.visit(field.elts[:1])
                    self.noting(BARE, self.visit, field.elts[1:])
                else:
                    self.visit(field)
        elif isinstance(node, ast.Dict):
            self.visit(node.keys)
            self.noting(BARE, self.visit, node.values)
        else:
            self.visit(node)


def problems(tree, path):
    """(row, 0-based column, text) of each problem, in the order in which pyflakes comes upon them."""
    return Reader(path).read(tree)
