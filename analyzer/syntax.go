package analyzer

import (
	"strings"

	sitter "github.com/smacker/go-tree-sitter"
)

// role says what a node type means to the resolution of names.
type role uint8

const (
	roleNone role = iota
	// roleName is a leaf that can stand for something: an identifier.
	roleName
	// roleSelf is the object whose fields a method sets: this.
	roleSelf
	// roleMember is object.property: its first and last child; see sides.
	roleMember
	// roleCall is a call; fields: the callee, the arguments.
	roleCall
	// roleNew constructs; fields: the class, the arguments.
	roleNew
	// roleInner stands for its first named child, such as (x) or await x.
	roleInner
	// roleAny stands for the first of its children that can be resolved, such
	// as a or b.
	roleAny
	// roleString is a string literal.
	roleString
	// roleImport is a statement that imports.
	roleImport
	// roleExported lists names that an export has.
	roleExported
	// roleKey is a leaf that names an argument or a key, not a variable.
	roleKey
	// roleNull is the value of a variable that is still to be set.
	roleNull
	// roleFunction is a function's scope; fields: its body.
	roleFunction
	// roleClass is a class' scope, which its methods do not see.
	roleClass
	// roleBlock is a scope for declarations alone: a block, a comprehension.
	roleBlock
	// roleStatement is a statement that holds no others.
	roleStatement
	// roleReturn returns a value.
	roleReturn
	// roleYield yields a value.
	roleYield
	// roleComment is no code.
	roleComment
	// roleSuper is what the class extends: super.
	roleSuper
	// roleSubscript is object[index]; fields: object, index.
	roleSubscript
	// roleCast is a value with a type: its first and last named children.
	roleCast
	// roleAssign is an assignment that is an expression; fields left and right.
	roleAssign
	// roleLast stands for its last named child, such as (a, b).
	roleLast
	// roleObject is an object or dictionary literal.
	roleObject
	// roleList is a list, tuple or array literal.
	roleList
	// roleOption names an option and gives its value; fields: both, or none where
	// these are the first two named children.
	roleOption
	// roleSpread holds what an object or call is given: ...x, {x}.
	roleSpread
)

// shape is a node type's role and the fields that the role reads.
type shape struct {
	role          role
	first, second string
}

// syntax is a table from a grammar's node types to their shapes, and the few
// words of a language that resolution needs.
type syntax struct {
	shapes map[string]shape
	// self are the names of the object whose fields a method sets.
	self []string
	// imports are the words that imports have one of.
	imports []string
	// modules are the functions that return the module that they are given.
	modules []string
	// always are the names that are known without any import, in Python those of
	// its module builtins (3.11).
	always []string
}

// pythonSyntax follows tree-sitter-python's node-types.
var pythonSyntax = &syntax{
	self:    []string{"self", "cls"},
	imports: []string{"import", "import_module", "__import__"},
	modules: []string{"__import__", "importlib.import_module", "import_module"},
	always: strings.Fields(`ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError
		BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError
		ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning
		EnvironmentError Exception ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError
		FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError
		IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None
		NotADirectoryError NotImplemented NotImplementedError OSError OverflowError PendingDeprecationWarning
		PermissionError ProcessLookupError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning
		StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True
		TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError
		UnicodeWarning UserWarning ValueError Warning ZeroDivisionError abs aiter all anext any ascii bin bool
		breakpoint bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir
		divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input
		int isinstance issubclass iter len license list locals map max memoryview min next object oct open ord pow
		print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type
		vars zip __name__ __file__ __doc__ __package__`),
	shapes: map[string]shape{
		"identifier":               {role: roleName},
		"attribute":                {role: roleMember},
		"call":                     {roleCall, "function", "arguments"},
		"await":                    {role: roleInner},
		"parenthesized_expression": {role: roleInner},
		"type":                     {role: roleInner},
		"named_expression":         {roleInner, "value", ""},
		"as_pattern":               {role: roleInner},
		"boolean_operator":         {role: roleAny},
		"conditional_expression":   {role: roleAny},
		"subscript":                {roleSubscript, "value", "subscript"},
		"assignment":               {role: roleAssign},
		"dictionary":               {role: roleObject},
		"list":                     {role: roleList},
		"tuple":                    {role: roleList},
		"expression_list":          {role: roleList},
		"yield":                    {role: roleYield},
		"keyword_argument":         {roleOption, "name", "value"},
		"pair":                     {roleOption, "key", "value"},
		"dictionary_splat":         {role: roleSpread},
		"string":                   {role: roleString},
		"import_statement":         {role: roleImport},
		"import_from_statement":    {role: roleImport},
		"future_import_statement":  {role: roleImport},
		"none":                     {role: roleNull},
		"function_definition":      {roleFunction, "body", ""},
		"lambda":                   {roleFunction, "body", ""},
		"class_definition":         {role: roleClass},
		"list_comprehension":       {role: roleBlock},
		"set_comprehension":        {role: roleBlock},
		"dictionary_comprehension": {role: roleBlock},
		"generator_expression":     {role: roleBlock},
		"expression_statement":     {role: roleStatement},
		"return_statement":         {role: roleReturn},
		"raise_statement":          {role: roleStatement},
		"assert_statement":         {role: roleStatement},
		"delete_statement":         {role: roleStatement},
		"pass_statement":           {role: roleStatement},
		"break_statement":          {role: roleStatement},
		"continue_statement":       {role: roleStatement},
		"global_statement":         {role: roleStatement},
		"nonlocal_statement":       {role: roleStatement},
		"print_statement":          {role: roleStatement},
		"exec_statement":           {role: roleStatement},
		"type_alias_statement":     {role: roleStatement},
		"comment":                  {role: roleComment},
	},
}

// scriptSyntax follows the node-types of tree-sitter-javascript and
// tree-sitter-typescript, which extends it.
var scriptSyntax = &syntax{
	self:    []string{"this"},
	imports: []string{"import", "require", "export"},
	modules: []string{"require", "import"},
	shapes: map[string]shape{
		"identifier":                            {role: roleName},
		"type_identifier":                       {role: roleName},
		"shorthand_property_identifier":         {role: roleName},
		"shorthand_property_identifier_pattern": {role: roleName},
		"this":                                  {role: roleSelf},
		"super":                                 {role: roleSuper},
		"subscript_expression":                  {roleSubscript, "object", "index"},
		"assignment_expression":                 {role: roleAssign},
		"augmented_assignment_expression":       {role: roleAssign},
		"sequence_expression":                   {role: roleLast},
		"object":                                {role: roleObject},
		"array":                                 {role: roleList},
		"pair":                                  {roleOption, "key", "value"},
		"jsx_attribute":                         {role: roleOption},
		"jsx_expression":                        {role: roleSpread},
		"spread_element":                        {role: roleSpread},
		"member_expression":                     {role: roleMember},
		"nested_identifier":                     {role: roleMember},
		"nested_type_identifier":                {role: roleMember},
		"call_expression":                       {roleCall, "function", "arguments"},
		"new_expression":                        {roleNew, "constructor", "arguments"},
		"await_expression":                      {role: roleInner},
		"parenthesized_expression":              {role: roleInner},
		"parenthesized_type":                    {role: roleInner},
		"non_null_expression":                   {role: roleInner},
		"as_expression":                         {role: roleCast},
		"satisfies_expression":                  {role: roleInner},
		"type_annotation":                       {role: roleInner},
		"type_query":                            {role: roleInner},
		"instantiation_expression":              {role: roleInner},
		"binary_expression":                     {role: roleAny},
		"ternary_expression":                    {role: roleAny},
		"string":                                {role: roleString},
		"template_string":                       {role: roleString},
		"import_statement":                      {role: roleImport},
		"export_clause":                         {role: roleExported},
		"null":                                  {role: roleNull},
		"undefined":                             {role: roleNull},
		"program":                               {role: roleNone},
		"function_declaration":                  {roleFunction, "body", ""},
		"function_expression":                   {roleFunction, "body", ""},
		"function":                              {roleFunction, "body", ""},
		"generator_function":                    {roleFunction, "body", ""},
		"generator_function_declaration":        {roleFunction, "body", ""},
		"arrow_function":                        {roleFunction, "body", ""},
		"method_definition":                     {roleFunction, "body", ""},
		"class_declaration":                     {role: roleClass},
		"abstract_class_declaration":            {role: roleClass},
		"class":                                 {role: roleClass},
		"statement_block":                       {role: roleBlock},
		"for_statement":                         {role: roleBlock},
		"for_in_statement":                      {role: roleBlock},
		"catch_clause":                          {role: roleBlock},
		"property_identifier":                   {role: roleKey},
		"expression_statement":                  {role: roleStatement},
		"variable_declaration":                  {role: roleStatement},
		"lexical_declaration":                   {role: roleStatement},
		"export_statement":                      {role: roleStatement},
		"throw_statement":                       {role: roleStatement},
		"break_statement":                       {role: roleStatement},
		"continue_statement":                    {role: roleStatement},
		"debugger_statement":                    {role: roleStatement},
		"return_statement":                      {role: roleReturn},
		"comment":                               {role: roleComment},
	},
}

// shapesOf lays a syntax over a grammar: a shape for each of its symbols.
func shapesOf(s *syntax, grammar *sitter.Language) []shape {
	shapes := make([]shape, grammar.SymbolCount())
	for i := range shapes {
		symbol := sitter.Symbol(i)
		if grammar.SymbolType(symbol) == sitter.SymbolTypeRegular {
			shapes[i] = s.shapes[grammar.SymbolName(symbol)]
		}
	}
	return shapes
}
