"""Names that are used in a module and bound nowhere that the use can see (F821), or listed in `__all__` and not there (F822).

Read in the order in which the module runs; bodies of functions are read last, as they are called later.
"""
import ast
import builtins
import sys

import _annotations
from _annotations import PLAIN, TYPE, TYPE_TEXT, TYPING, text_of

# A binding is a kind: an annotation without a value binds nothing that can be loaded.
BOUND, ANNOTATED = "bound", "annotated"
MODULE_NAMES = ["__file__", "__builtins__", "__annotations__", "WindowsError", "__debug__"]
BRANCHES = (ast.If, ast.While, ast.IfExp)
LATE_TYPES = sys.version_info >= (3, 14)


class Scope(dict):
    def __init__(self, kind):
        dict.__init__(self)
        self.kind = kind
        self.starred = False
        self.exported = []
        self.export_node = None


def fields(node):
    """Children in the order of evaluation: what is iterated over before its target, a value before what takes it."""
    names = node._fields
    for early in ("iter", "generators", "value"):
        if early in names:
            names = (early,) + tuple(name for name in names if name != early)
            break
    for name in names:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            yield name, value
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST):
                    yield name, item


class Reader(_annotations.Types):
    def __init__(self, filename):
        self.filename = filename
        self.module = Scope("module")
        for name in dir(builtins) + MODULE_NAMES:
            self.module[name] = BOUND
        self.scopes = [self.module]
        self.found = []
        self.later = []
        self.caught = [()]
        self.parents = {}
        self.mode = PLAIN
        self.late_types = LATE_TYPES
        self.typing_names = {}

    def read(self, tree):
        self.children(tree)
        while self.later:
            work, scopes, mode = self.later.pop(0)
            self.scopes, self.mode = scopes, mode
            work()
        module = self.module
        if module.exported and not module.starred and self.filename != "__init__.py" and "__all__" in module:
            for name in module.exported:
                if name not in module:
                    self.report(module.export_node, "F822 undefined name {!r} in __all__".format(name))

    def report(self, node, problem):
        self.found.append((node.lineno, node.col_offset + 1, problem))

    def defer(self, work):
        self.later.append((work, list(self.scopes), self.mode))

    # Walking

    def children(self, node, omit=()):
        for name, child in fields(node):
            if name not in omit:
                self.node(child, node)

    def node(self, node, parent):
        if node is None:
            return
        self.parents[node] = parent
        handler = getattr(self, "on_" + node.__class__.__name__, None)
        if handler is not None:
            handler(node)
        else:
            self.children(node)

    def inside(self, kind, work):
        self.scopes.append(Scope(kind))
        work()
        self.scopes.pop()

    def as_type(self, mode, work):
        before, self.mode = self.mode, mode
        work()
        self.mode = before

    def all_as(self, mode, nodes, parent):
        for node in nodes:
            self.as_type(mode, lambda node=node: self.node(node, parent))

    # Names

    def load(self, name, node):
        classes, starred = None, False
        for scope in reversed(self.scopes):
            if scope.kind == "class":
                if name == "__class__":
                    return
                if classes is False:
                    continue
            bound = scope.get(name)
            if bound == ANNOTATED and not self.postponed():
                continue
            if bound is not None:
                return
            starred = starred or scope.starred
            if classes is not False:
                classes = scope.kind in ("types", "comprehension")
        if starred or (name == "__path__" and self.filename == "__init__.py"):
            return
        if name in ("__module__", "__qualname__") and self.scopes[-1].kind == "class":
            return
        if "NameError" not in self.caught[-1]:
            self.found.append((node.lineno, node.col_offset + 1, "F821 undefined name {!r}".format(name), name))

    def postponed(self):
        return self.mode == TYPE_TEXT or (self.mode == TYPE and self.late_types)

    def bind(self, name, kind=BOUND):
        scope = self.scopes[-1]
        if kind == BOUND or name not in scope:
            scope[name] = kind

    def store(self, name, node):
        parent = self.parents.get(node)
        bare = parent.__class__.__name__ == "AnnAssign" and parent.value is None
        scope = self.scopes[-1]
        if parent.__class__.__name__ == "NamedExpr":
            scope = next(scope for scope in reversed(self.scopes) if scope.kind != "comprehension")
        if name == "__all__" and scope is self.module and isinstance(parent, tuple(ASSIGNING)):
            self.export(parent)
        if bare and name in scope:
            return
        scope[name] = ANNOTATED if bare else BOUND

    def export(self, node):
        names = list(self.module.exported) if isinstance(node, ast.AugAssign) and "__all__" in self.module else []
        value, lists = node.value, []
        while isinstance(value, ast.BinOp) and isinstance(value.right, (ast.List, ast.Tuple)):
            lists.append(value.right)
            value = value.left
        if isinstance(value, (ast.List, ast.Tuple)):
            lists.append(value)
        for each in lists:
            names.extend(text for text in map(text_of, each.elts) if text is not None)
        self.module.exported, self.module.export_node = names, node

    def on_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            self.load(node.id, node)
        elif isinstance(node.ctx, ast.Store):
            self.store(node.id, node)
        elif isinstance(node.ctx, ast.Del):
            self.delete(node)

    def delete(self, node):
        above = self.parents.get(node)
        while above is not None:
            if isinstance(above, BRANCHES):
                return
            above = self.parents.get(above)
        if self.scopes[-1].pop(node.id, None) is None:
            self.report(node, "F821 undefined name {!r}".format(node.id))

    def on_Global(self, node):
        if self.scopes[-1] is self.module:
            return
        self.found = [finding for finding in self.found if len(finding) < 4 or finding[3] not in node.names]
        for name in node.names:
            self.module.setdefault(name, BOUND)
            for scope in self.scopes[1:]:
                scope[name] = BOUND

    on_Nonlocal = on_Global

    # Statements

    def on_Import(self, node):
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            if alias.name in TYPING:
                self.typing_names[name] = None
            self.bind(name)

    def on_ImportFrom(self, node):
        for alias in node.names:
            if alias.name == "*":
                if self.scopes[-1] is self.module:
                    self.module.starred = True
                continue
            if node.module == "__future__" and alias.name == "annotations":
                self.late_types = True
            if node.module in TYPING:
                self.typing_names[alias.asname or alias.name] = alias.name
            self.bind(alias.asname or alias.name)

    def on_AugAssign(self, node):
        if isinstance(node.target, ast.Name):
            self.load(node.target.id, node)
        self.node(node.value, node)
        self.node(node.target, node)

    def on_AnnAssign(self, node):
        self.annotation(node.annotation, node)
        if node.value is not None:
            mode = TYPE if self.typing(node.annotation) == "TypeAlias" else self.mode
            self.as_type(mode, lambda: self.node(node.value, node))
        self.node(node.target, node)

    def on_TypeAlias(self, node):
        def value():
            self.defer(lambda: self.as_type(TYPE, lambda: self.node(node.value, node)))

        self.with_types(node, value)
        self.node(node.name, node)

    def on_Try(self, node):
        names = []
        for handler in node.handlers:
            types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            names.extend(getattr(each, "id", getattr(each, "attr", None)) for each in types)
        self.caught.append(names)
        for child in node.body:
            self.node(child, node)
        self.caught.pop()
        self.children(node, ("body",))

    on_TryStar = on_Try

    def on_ExceptHandler(self, node):
        if node.name is None:
            self.children(node)
            return
        scope = self.scopes[-1]
        before = scope.pop(node.name, None)
        scope[node.name] = BOUND
        self.children(node)
        scope.pop(node.name, None)
        if before is not None:
            scope[node.name] = before

    def match_target(self, node):
        name = getattr(node, "name", getattr(node, "rest", None))
        if name is not None:
            self.bind(name)
        self.children(node)

    on_MatchAs = on_MatchStar = on_MatchMapping = match_target

    # Functions and classes

    def with_types(self, node, work):
        parameters = getattr(node, "type_params", None)
        if parameters is None:
            work()
            return

        def both():
            for parameter in parameters:
                self.bind(parameter.name)
                bound = getattr(parameter, "bound", None)
                if bound is not None:
                    self.defer(lambda bound=bound: self.as_type(TYPE, lambda: self.node(bound, node)))
            work()

        self.inside("types", both)

    def on_FunctionDef(self, node):
        for decorator in node.decorator_list:
            self.node(decorator, node)
        self.with_types(node, lambda: self.on_Lambda(node))
        self.bind(node.name)

    on_AsyncFunctionDef = on_FunctionDef

    def on_Lambda(self, node):
        given = node.args
        plain = list(getattr(given, "posonlyargs", [])) + given.args + given.kwonlyargs
        every = plain + [each for each in (given.vararg, given.kwarg) if each is not None]
        seen = set()
        for each in every:
            if each.arg in seen:
                self.report(node, "F831 duplicate argument {!r} in function definition".format(each.arg))
            seen.add(each.arg)
        for each in every:
            self.annotation(each.annotation, node)
        self.annotation(getattr(node, "returns", None), node)
        for default in given.defaults + given.kw_defaults:
            self.node(default, node)

        def body():
            def run():
                for each in every:
                    self.bind(each.arg)
                for statement in node.body if isinstance(node.body, list) else [node.body]:
                    self.node(statement, node)

            self.inside("function", run)

        self.defer(body)

    def on_ClassDef(self, node):
        for decorator in node.decorator_list:
            self.node(decorator, node)

        def whole():
            for base in list(node.bases) + list(node.keywords):
                self.node(base, node)

            def body():
                for statement in node.body:
                    self.node(statement, node)

            self.inside("class", body)

        self.with_types(node, whole)
        self.bind(node.name)

    # Expressions

    def comprehension(self, node):
        first = node.generators[0]
        self.node(first.iter, first)

        def rest():
            self.parents[first] = node
            self.children(first, ("iter",))
            for generator in node.generators[1:]:
                self.node(generator, node)
            self.children(node, ("generators",))

        self.inside("comprehension", rest)

    on_GeneratorExp = on_ListComp = on_SetComp = on_DictComp = comprehension

    def outside(self, node):
        """`return` and its like stand for nothing outside a function."""
        if self.scopes[-1].kind not in ("class", "module"):
            self.node(node.value, node)

    on_Return = on_Yield = on_YieldFrom = on_Await = outside

    def on_Dict(self, node):
        for key, value in zip(node.keys, node.values):
            self.node(key, node)
            self.node(value, node)


ASSIGNING = [ast.Assign, ast.AugAssign] + ([ast.AnnAssign] if hasattr(ast, "AnnAssign") else [])


def undefined(tree, filename):
    """Line, column (both from 1) and problem of each."""
    reader = Reader(filename)
    reader.read(tree)
    return [finding[:3] for finding in reader.found]
