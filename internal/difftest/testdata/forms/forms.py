#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Every way that Python has to name a module, and what only looks like one.

import no
"""
from __future__ import annotations, division
import m1, m2.sub as m2, m3.a.b.c
import m1; import m4; from m5 import a
from m6 import (a, b as c,
                d,  # import no
                )
from m7.sub import *
from . import e
from .. import f as g
from .m8 import h
from ...m9.sub import (i)
from . m10 import j
from .. .m11 import k
from \
    m12 \
    import l
from m13 import m ; x = "🎉" ; import m14
import importlib, importlib.util
importlib.import_module("m15"); importlib.import_module('.m16', package="m15"); importlib.import_module("m17", "p")
importlib.import_module(name); importlib.import_module("no" + x); importlib.import_module(f"no{x}")
__import__("m18"); __import__("m19.sub", fromlist=["x"]); __import__(name)
from importlib import import_module
import_module("m20")
text = 'import no'; more = r"""
import no
from no import no
""" + f'{__import__("m21")}' + b"import no".decode()
try:
    import m22
except ImportError:
    import m23 as m22
else: from m24 import n
finally: import m25
if TYPE_CHECKING:
    from m26 import o, p as q
class C(__import__("m27").Base):
    import m28
    def method(self, x=__import__("m29")):
        from .m30 import r
        return lambda y: importlib.import_module("m31")
    async def other(self):
        async with importlib.import_module("m32").open() as z:
            import m33
            yield [importlib.import_module("m34") for _ in z if __import__("m35")]
match x:
    case {"import": no} if __import__("m36"):
        import m37
    case _: from m38 import s
@importlib.import_module("m39").decorator
def f(): import m40; return m40
with open(x) as y, __import__("m41") as z: import m42
while (n := __import__("m43")): from m44 import t; break
for imported in __import__("m45"):	import m46
lazy = 1
match = import_ = 2; print(match, import_)
type = {"import m": 1}
名前 = 1; import 模块; from 模块.名 import 名
import last
