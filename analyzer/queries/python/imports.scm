; The imports of a Python file. Captures and settings are explained in query.go.

((import_statement
   name: (dotted_name) @module) @import
 (#set! kind "import"))

((import_statement
   name: (aliased_import name: (dotted_name) @module alias: (identifier) @local)) @import
 (#set! kind "import"))

((import_from_statement
   module_name: [(dotted_name) (relative_import)] @module
   name: (dotted_name) @name) @import
 (#set! kind "import"))

((import_from_statement
   module_name: [(dotted_name) (relative_import)] @module
   name: (aliased_import name: (dotted_name) @name alias: (identifier) @local)) @import
 (#set! kind "import"))

((import_from_statement
   module_name: [(dotted_name) (relative_import)] @module
   (wildcard_import) @name) @import
 (#set! kind "star"))

; from __future__ import annotations: the module is a keyword of its own.
((future_import_statement
   "__future__" @module
   name: [(dotted_name) @name (aliased_import name: (dotted_name) @name alias: (identifier) @local)]) @import
 (#set! kind "import"))

((call
   function: (identifier) @function
   arguments: (argument_list . (comment)* . (string) @module)) @import
 (#any-of? @function "__import__")
 (#set! kind "dynamic"))

((call
   function: (attribute) @function
   arguments: (argument_list . (comment)* . (string) @module)) @import
 (#any-of? @function "importlib.import_module")
 (#set! kind "dynamic"))
