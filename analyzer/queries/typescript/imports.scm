; The imports that TypeScript adds to those of ../ecmascript.

((import_statement "type" (import_clause) source: (string) @module) @import
 (#set! kind "import-type"))

((import_statement
   (import_require_clause (identifier) @local source: (string) @module)) @import
 (#set! kind "import-equals") (#set! name "*"))

; export import x = require("m"): the module is in the next statement, by the grammar.
((export_statement
   declaration: (import_alias . (identifier) @local . (identifier) @function)) @import
 (#eq? @function "require")
 (#set! kind "import-equals") (#set! name "*"))
