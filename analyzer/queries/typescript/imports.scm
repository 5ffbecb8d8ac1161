; The imports that TypeScript adds to those of ../ecmascript.

((import_statement "type" (import_clause) source: (string) @module) @import
 (#set! kind "import-type"))

((import_statement
   (import_require_clause (identifier) @local source: (string) @module)) @import
 (#set! kind "import-equals") (#set! name "*"))
