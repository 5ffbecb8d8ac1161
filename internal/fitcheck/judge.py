"""Judges Python: reads {"id", "code", "alone"} lines, writes {"id", "error"} lines.

Nothing is run. With "alone" set, the code may await and return at its top level.
"""
import ast
import json
import sys
import warnings

warnings.simplefilter("ignore")
sys.setrecursionlimit(5000)


def judge(code, alone):
    try:
        compile(code, "host.py", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if alone else 0, dont_inherit=True)
        return ""
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        error = "%s (line %s)" % (getattr(e, "msg", None) or e, getattr(e, "lineno", "?"))
    if not alone:
        return error
    try:
        body = "".join("    " + line for line in code.splitlines(keepends=True))
        compile("async def f():\n    pass\n" + body, "fence.py", "exec", dont_inherit=True)
        return ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return error


for line in sys.stdin:
    task = json.loads(line)
    print(json.dumps({"id": task["id"], "error": judge(task["code"], task["alone"])}), flush=True)
