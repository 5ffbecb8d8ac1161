; What binds a name in TypeScript alone, beside ../ecmascript.

(variable_declarator name: (identifier) @name type: (type_annotation (_) @type))
((required_parameter pattern: (identifier) @name) (#set! how "parameter"))
(required_parameter pattern: (identifier) @name type: (type_annotation (_) @type))
(required_parameter pattern: (identifier) @name value: (_) @value)
((optional_parameter pattern: (identifier) @name) (#set! how "parameter"))
(optional_parameter pattern: (identifier) @name type: (type_annotation (_) @type))
(public_field_definition name: (_) @field value: (_) @value)
(public_field_definition name: (_) @field type: (type_annotation (_) @type))
(required_parameter
  (accessibility_modifier) pattern: (identifier) @field type: (type_annotation (_) @type))
(required_parameter
  (accessibility_modifier) pattern: (identifier) @field value: (_) @value)
(required_parameter
  "readonly" pattern: (identifier) @field type: (type_annotation (_) @type))
(optional_parameter
  (accessibility_modifier) pattern: (identifier) @field type: (type_annotation (_) @type))
(optional_parameter
  "readonly" pattern: (identifier) @field type: (type_annotation (_) @type))

(abstract_class_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @class
(enum_declaration name: (_) @name) @class
(type_alias_declaration name: (_) @name) @class
(internal_module name: (identifier) @name) @class
(function_signature name: (identifier) @name) @function
(import_alias . (identifier) @name . (nested_identifier) @value)
