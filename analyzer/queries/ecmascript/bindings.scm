; What binds a name in JavaScript and TypeScript. Captures are explained in query.go.

(variable_declarator name: (identifier) @name value: (_) @value)
((variable_declarator name: (identifier) @name !value)
 (#set! how "declaration"))
(assignment_expression left: (identifier) @assigned right: (_) @value)
(augmented_assignment_expression left: (identifier) @assigned right: (_) @value)
(assignment_expression
  left: (member_expression object: (this) @self property: (property_identifier) @field)
  right: (_) @value)
(assignment_expression
  left: (member_expression object: (this) @self property: (private_property_identifier) @field)
  right: (_) @value)
(augmented_assignment_expression
  left: (member_expression object: (this) @self property: (_) @field)
  right: (_) @value)

; Patterns: patterns.go climbs from the name to what is taken apart.
((shorthand_property_identifier_pattern) @name (#set! how "pattern"))
((pair_pattern value: (identifier) @name) (#set! how "pattern"))
((array_pattern (identifier) @name) (#set! how "pattern"))
((assignment_pattern left: (identifier) @name) (#set! how "pattern"))
(rest_pattern (identifier) @name)

((arrow_function parameter: (identifier) @name) (#set! how "parameter"))
(catch_clause parameter: (identifier) @name)
(for_in_statement left: (identifier) @name right: (_) @element)

(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(class_declaration name: (_) @name) @class
(method_definition name: (_) @field) @function
