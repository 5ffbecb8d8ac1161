package analyzer

import (
	"slices"

	sitter "github.com/smacker/go-tree-sitter"
)

// result finds what the call of a function of this file gives: what its
// declared type says, or else what it returns or, with yields set, yields.
func (v *visit) result(function *sitter.Node, yields bool, depth int) (thing, bool) {
	f := v.f
	if f.hasty {
		f.gaveUp = true
		return thing{}, false
	}
	if function == nil || depth > maxDepth || v.loops(spanOf(function)) {
		return thing{}, false
	}
	decorated := f.decorators(function)
	yields = yields || slices.ContainsFunc(decorated, func(d string) bool { return d == "contextmanager" || d == "asynccontextmanager" })
	declared := function.ChildByFieldName("return_type")
	told := func(by *sitter.Node) {
		start := int(function.StartByte())
		v.note(Span{start, start}, by)
	}
	if t, ok := v.yielding(declared, depth+1); ok && yields {
		told(declared)
		return t, true
	}
	if t, ok := v.typed(declared, depth+1); ok {
		told(declared)
		return t, true
	}
	if f.isBuiltIn(declared, 0) {
		return thing{}, false
	}
	for _, tag := range []string{"@returns", "@return"} {
		if t, ok := v.documented(int(function.StartByte()), tag, ""); ok {
			return t, true
		}
	}
	expressions := f.returns(function)
	if yields {
		expressions = append(f.yields(function), expressions...)
	}
	return v.agree(expressions, depth, func(n *sitter.Node, depth int) (thing, bool) {
		t, ok := v.value(n, depth)
		if ok {
			told(n)
		}
		return t, ok
	})
}

// called finds what a call or a construction gives.
func (v *visit) called(n *sitter.Node, s shape, depth int) (thing, bool) {
	f := v.f
	callee, arguments := n.ChildByFieldName(s.first), n.ChildByFieldName(s.second)
	if callee == nil {
		return thing{}, false
	}
	if isOneOf(callee, f.text, f.language.syntax.modules) {
		for _, i := range f.importsBelow(n, areaOf(f.text, spanOf(callee))) {
			if i.Statement == spanOf(n) {
				return thing{ref: Reference{Module: i.Module}}, true
			}
		}
		return thing{}, false
	}
	if callee.Type() == "identifier" && isOneOf(callee, f.text, []string{"super"}) && f.language.syntax == pythonSyntax {
		return v.base(f.classNode(int(n.StartByte())), true, depth+1)
	}
	steps, open := slices.Clip(v.steps), v.open
	t, ok := v.value(callee, depth+1)
	name := ""
	switch {
	case ok && t.kind == thingRef:
		if len(t.ref.Path) > 0 {
			name = t.ref.Module + "." + t.ref.Path[len(t.ref.Path)-1].Name
		}
	case !ok && callee.EndByte()-callee.StartByte() <= 64:
		name = callee.Content(f.text)
	}
	if p, has := passing[name]; has && arguments != nil {
		v.steps, v.open = steps, open
		return v.passed(p, n, arguments, depth+1)
	}
	if !ok {
		return t, false
	}
	switch t.kind {
	case thingRef:
		t.ref = instance(t.ref)
		if len(t.ref.Path) > 0 {
			t.ref.Path[len(t.ref.Path)-1].Arg = f.argument(arguments)
		}
		return t, true
	case thingClass:
		return v.instanceOf(t, depth+1)
	case thingFunction:
		return v.result(t.node, false, depth+1)
	}
	return thing{}, false
}

// maxArgument is longer than a name that a call is given.
const maxArgument = 64

// argument is the first argument of a call, where that is a plain string.
func (f *File) argument(arguments *sitter.Node) string {
	if arguments == nil {
		return ""
	}
	first := firstChild(arguments)
	if first != nil && first.Type() == "keyword_argument" {
		if name := first.ChildByFieldName("name"); name == nil || !isOneOf(name, f.text, []string{"service_name"}) {
			return ""
		}
		first = first.ChildByFieldName("value")
	}
	if first == nil || f.shape(first).role != roleString || first.EndByte()-first.StartByte() > maxArgument {
		return ""
	}
	text, _, ok := specifier(first, f.text)
	if !ok {
		return ""
	}
	return text
}

// pass says what a call gives that hands on what it is given.
type pass uint8

const (
	passValue    pass = iota // the first argument
	passCalled               // what the first argument, a function, gives
	passInstance             // an instance of the first argument, a class
	passList                 // a list of the arguments
	passInner                // a list that the first argument is
	passState                // a list that begins with the first argument, or what that gives
	passBox                  // an object whose member current is the first argument
	passNone                 // nothing: it describes the value that will be there
)

// passing are calls that hand on what they are given: by module and name, or
// as they are written where they are built in.
var passing = map[string]pass{
	"fastapi.Depends": passCalled, "fastapi.Security": passCalled,
	"contextlib.closing": passValue, "contextlib.aclosing": passValue, "contextlib.nullcontext": passValue,
	"contextlib.enter_context": passValue, "contextlib.enter_async_context": passValue,
	"asyncio.run": passValue, "asyncio.wait_for": passValue, "asyncio.shield": passValue,
	"asyncio.create_task": passValue, "asyncio.gather": passList,
	"functools.partial": passValue, "functools.cache": passValue, "functools.lru_cache": passValue,
	"typing.cast": passInstance, "copy.copy": passValue, "copy.deepcopy": passValue,
	"asgiref.sync.sync_to_async": passValue, "asgiref.sync.async_to_sync": passValue,
	"react.useMemo": passCalled, "react.useCallback": passValue, "react.useState": passState, "react.useRef": passBox,
	"react.cache": passValue, "react.memo": passValue, "react.forwardRef": passValue,
	"@angular/core.inject": passInstance,
	"pydantic.Field":       passNone, "dataclasses.field": passNone, "typer.Option": passNone, "typer.Argument": passNone,
	"fastapi.Query": passNone, "fastapi.Path": passNone, "fastapi.Body": passNone, "fastapi.Header": passNone,
	"fastapi.Cookie": passNone, "fastapi.Form": passNone, "fastapi.File": passNone,
	"Promise.resolve": passValue, "Promise.all": passInner, "Object.freeze": passValue,
}

// passed finds what a call of the table passing gives.
func (v *visit) passed(p pass, call, arguments *sitter.Node, depth int) (thing, bool) {
	switch p {
	case passList:
		return thing{kind: thingList, node: arguments}, true
	case passState:
		return thing{kind: thingState, node: call}, true
	case passBox:
		return thing{kind: thingBox, node: call}, true
	case passInstance:
		return v.typed(element(arguments, 0), depth)
	case passNone:
		return thing{}, false
	}
	t, ok := v.value(element(arguments, 0), depth)
	switch {
	case !ok:
		return t, false
	case p == passCalled:
		return v.callOf(t, depth)
	case p == passInner:
		return t, t.kind == thingList
	}
	return t, true
}

// callOf finds what a function or class gives that someone else calls.
func (v *visit) callOf(t thing, depth int) (thing, bool) {
	switch t.kind {
	case thingRef, thingClass:
		return v.instanceOf(t, depth)
	case thingFunction:
		return v.result(t.node, true, depth)
	}
	return thing{}, false
}

// initial finds what a hook begins with: its first argument, or what its type
// argument says.
func (v *visit) initial(call *sitter.Node, depth int) (thing, bool) {
	if arguments := call.ChildByFieldName("arguments"); arguments != nil {
		t, ok := v.value(element(arguments, 0), depth+1)
		if ok && t.kind == thingFunction {
			t, ok = v.callOf(t, depth+1)
		}
		if ok {
			return t, true
		}
	}
	types := call.ChildByFieldName("type_arguments")
	if types == nil {
		return thing{}, false
	}
	return v.typed(firstChild(types), depth+1)
}
