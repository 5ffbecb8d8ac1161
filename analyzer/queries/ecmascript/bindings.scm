; What binds a name in JavaScript and TypeScript. Captures are explained in query.go.

(variable_declarator name: (identifier) @name value: (_) @value)
(variable_declarator name: (identifier) @name)
(assignment_expression left: (identifier) @assigned right: (_) @value)
(assignment_expression
  left: (member_expression object: (this) @self property: (property_identifier) @field)
  right: (_) @value)
(assignment_expression
  left: (member_expression object: (this) @self property: (private_property_identifier) @field)
  right: (_) @value)

(variable_declarator
  name: (object_pattern (shorthand_property_identifier_pattern) @name @key) value: (_) @value)
(variable_declarator
  name: (object_pattern
    (object_assignment_pattern left: (shorthand_property_identifier_pattern) @name @key))
  value: (_) @value)
(variable_declarator
  name: (object_pattern
    (pair_pattern key: (property_identifier) @key value: (identifier) @name))
  value: (_) @value)
(variable_declarator
  name: (object_pattern
    (pair_pattern key: (property_identifier) @outer
      value: (object_pattern (shorthand_property_identifier_pattern) @name @key)))
  value: (_) @value)
(shorthand_property_identifier_pattern) @name
(pair_pattern value: (identifier) @name)
(pair_pattern value: (assignment_pattern left: (identifier) @name))
(array_pattern (identifier) @name)
(rest_pattern (identifier) @name)
(assignment_pattern left: (identifier) @name right: (_) @value)

(arrow_function parameter: (identifier) @name)
(catch_clause parameter: (identifier) @name)
(for_in_statement left: (identifier) @name right: (_) @element)

(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(class_declaration name: (_) @name) @class
