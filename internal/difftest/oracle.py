"""The oracle for Python: reads file names from stdin, one a line, and prints
one JSON object a line for each, with every module that Python's own syntax
tree imports.

    python3 oracle.py < files

A file that ast refuses is reported as {"file", "error"}.

Counted: import (each alias is one module), from-import (dots and module), and
the calls importlib.import_module("m") and __import__("m") with a string
literal as the first argument. Told apart by "class", and neither asked for nor
held against anyone: "bare-import-module", the call import_module("m").
"""

import ast
import bisect
import io
import json
import re
import sys
import tokenize
import warnings

FROM = re.compile(r"from(?:[ \t\f]|\\(?:\r\n|\n|\r))*")


class Positions:
    """Maps ast's lines and UTF-8 columns to LSP's lines and UTF-16 characters.

    Lines agree: both end at \\n, \\r\\n and \\r only.
    """

    def __init__(self, text):
        self.lines = re.split(r"\r\n|\n|\r", text)
        self.starts = [0]
        for m in re.finditer(r"\r\n|\n|\r", text):
            self.starts.append(m.end())
        self.text = text

    def at(self, lineno, col):
        line = self.lines[lineno - 1].encode("utf-8", "surrogatepass")
        return [lineno - 1, len(line[:col].decode("utf-8", "replace").encode("utf-16-le")) // 2]

    def after_from(self, lineno, col):
        """The position of the module of a from-import."""
        line = self.lines[lineno - 1].encode("utf-8", "surrogatepass")
        start = self.starts[lineno - 1] + len(line[:col].decode("utf-8", "replace"))
        end = FROM.match(self.text, start).end()
        row = bisect.bisect_right(self.starts, end) - 1
        before = self.text[self.starts[row]:end]
        return [row, len(before.encode("utf-16-le", "surrogatepass")) // 2]


def decode(data):
    """The text as Python reads it: by byte order mark, or by coding comment."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding)


def name_of(func):
    """A called name, or name.name; other callees do not matter here."""
    if isinstance(func, ast.Name):
        return func.id
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        return func.value.id + "." + func.attr
    return ""


def read(file):
    with open(file, "rb") as f:
        data = f.read()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(data)
    where = Positions(decode(data))
    items = []

    def add(node, module, kind, literal, names, cls=""):
        items.append({
            "module": module, "kind": kind, "class": cls,
            "statement": where.at(node.lineno, node.col_offset),
            "literal": literal, "names": names,
        })

    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            seen = set()  # one object a statement and module
            for a in node.names:
                if a.name not in seen:
                    seen.add(a.name)
                    add(node, a.name, "import", where.at(a.lineno, a.col_offset), [])
        elif isinstance(node, ast.ImportFrom):
            names = [a.name for a in node.names]
            add(node, "." * node.level + (node.module or ""), "star" if names == ["*"] else "import",
                where.after_from(node.lineno, node.col_offset), names)
        elif isinstance(node, ast.Call) and node.args:
            first = node.args[0]
            if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                continue
            callee = name_of(node.func)
            literal = where.at(first.lineno, first.col_offset)
            if callee in ("importlib.import_module", "__import__"):
                add(node, first.value, "dynamic", literal, None)
            elif callee == "import_module":
                add(node, first.value, "dynamic", literal, None, "bare-import-module")
    items.sort(key=lambda i: i["literal"])
    return items


def main():
    sys.setrecursionlimit(20000)
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    for line in sys.stdin:
        file = line.rstrip("\n")
        if not file:
            continue
        try:
            out = {"file": file, "items": read(file)}
        except (SyntaxError, ValueError, RecursionError, MemoryError, LookupError) as e:
            out = {"file": file, "error": f"{type(e).__name__}: {e}"}
        print(json.dumps(out))


main()
