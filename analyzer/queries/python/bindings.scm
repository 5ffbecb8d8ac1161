; What binds a name in Python. Captures are explained in query.go.

(assignment left: (identifier) @name right: (_) @value)
(assignment left: (identifier) @name type: (type) @type)
([(pattern_list (identifier) @name) (tuple_pattern (identifier) @name) (list_pattern (identifier) @name)]
 (#set! how "pattern"))
(augmented_assignment left: (identifier) @name)
(named_expression name: (identifier) @name value: (_) @value)

(assignment
  left: (attribute object: (identifier) @self attribute: (identifier) @field) right: (_) @value)
(assignment
  left: (attribute object: (identifier) @self attribute: (identifier) @field) type: (type) @type)
([(pattern_list (attribute object: (identifier) @self attribute: (identifier) @field))
  (tuple_pattern (attribute object: (identifier) @self attribute: (identifier) @field))]
 (#set! how "pattern"))

(with_item
  value: (as_pattern (_) @value alias: (as_pattern_target (identifier) @name)))
((as_pattern_target (_ (identifier) @name)) (#set! how "pattern"))
(except_clause
  (as_pattern alias: (as_pattern_target (identifier) @name)))
(except_group_clause
  (as_pattern alias: (as_pattern_target (identifier) @name)))
(for_statement left: (identifier) @name right: (_) @element)
(for_in_clause left: (identifier) @name right: (_) @element)

((parameters (identifier) @name) (#set! how "parameter"))
(lambda_parameters (identifier) @name)
(typed_parameter . (identifier) @name type: (type) @type)
(default_parameter name: (identifier) @name value: (_) @value)
(typed_default_parameter name: (identifier) @name type: (type) @type)
(typed_default_parameter name: (identifier) @name value: (_) @value)
(list_splat_pattern (identifier) @name)
(dictionary_splat_pattern (identifier) @name)

(function_definition name: (identifier) @name) @function
(class_definition name: (identifier) @name) @class
(global_statement (identifier) @global)
(case_pattern (_ (identifier) @name))
(delete_statement (identifier) @name)
(delete_statement (expression_list (identifier) @name))
