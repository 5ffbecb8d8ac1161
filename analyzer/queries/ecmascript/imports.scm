; The imports of JavaScript and TypeScript files. Captures and settings are explained in query.go.

((import_statement . "import" . source: (string) @module) @import
 (#set! kind "side-effect"))

((import_statement (import_clause) source: (string) @module) @import
 (#set! kind "import"))

((import_statement
   (import_clause (identifier) @local) source: (string) @module) @import
 (#set! kind "import") (#set! name "default"))

((import_statement
   (import_clause (namespace_import (identifier) @local)) source: (string) @module) @import
 (#set! kind "import") (#set! name "*"))

((import_statement
   (import_clause (named_imports (import_specifier name: (_) @name alias: (_)? @local)))
   source: (string) @module) @import
 (#set! kind "import"))

((export_statement source: (string) @module) @import
 (#set! kind "re-export"))

((export_statement [
   "*" @name
   (namespace_export "*" @name)]
   source: (string) @module) @import
 (#set! kind "re-export"))

((export_statement
   (export_clause (export_specifier name: (_) @name)) source: (string) @module) @import
 (#set! kind "re-export"))

; require("x"), anywhere
((call_expression
   function: (identifier) @function
   arguments: (arguments . (comment)* . [(string) (template_string)] @module)) @import
 (#eq? @function "require")
 (#set! kind "require"))

; const x = require("x"), const { a, b: c, d = 1 } = require("x")
((variable_declarator
   name: (identifier) @local
   value: (call_expression
     function: (identifier) @function
     arguments: (arguments . (comment)* . [(string) (template_string)] @module)) @import)
 (#eq? @function "require")
 (#set! kind "require") (#set! name "*"))

((variable_declarator
   name: (object_pattern [
     (shorthand_property_identifier_pattern) @name
     (object_assignment_pattern left: (shorthand_property_identifier_pattern) @name)
     (pair_pattern key: (property_identifier) @name value: (identifier) @local)
     (pair_pattern key: (property_identifier) @name value: (assignment_pattern left: (identifier) @local))
     (pair_pattern key: (property_identifier) @name value: [(object_pattern) (array_pattern)] @nested)])
   value: (call_expression
     function: (identifier) @function
     arguments: (arguments . (comment)* . [(string) (template_string)] @module)) @import)
 (#eq? @function "require")
 (#set! kind "require"))

; const c = require("x").Client
((variable_declarator
   name: (identifier) @local
   value: (member_expression
     object: (call_expression
       function: (identifier) @function
       arguments: (arguments . (comment)* . [(string) (template_string)] @module)) @import
     property: (property_identifier) @name))
 (#eq? @function "require")
 (#set! kind "require"))

; import("x"), anywhere; in a type it is import("x").T
((call_expression
   function: (import)
   arguments: (arguments . (comment)* . [(string) (template_string)] @module)) @import
 (#set! kind "dynamic"))

; const x = await import("x"), const { a } = await import("x")
((variable_declarator
   name: (identifier) @local
   value: (await_expression (call_expression
     function: (import)
     arguments: (arguments . (comment)* . [(string) (template_string)] @module)) @import))
 (#set! kind "dynamic") (#set! name "*"))

((variable_declarator
   name: (object_pattern [
     (shorthand_property_identifier_pattern) @name
     (object_assignment_pattern left: (shorthand_property_identifier_pattern) @name)
     (pair_pattern key: (property_identifier) @name value: (identifier) @local)
     (pair_pattern key: (property_identifier) @name value: [(object_pattern) (array_pattern)] @nested)])
   value: (await_expression (call_expression
     function: (import)
     arguments: (arguments . (comment)* . [(string) (template_string)] @module)) @import))
 (#set! kind "dynamic"))
