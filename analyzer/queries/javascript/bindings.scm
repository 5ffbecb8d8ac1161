; What binds a name in JavaScript alone, beside ../ecmascript.

((formal_parameters (identifier) @name) (#set! how "parameter"))
(field_definition property: (_) @field value: (_) @value)
((field_definition property: (_) @field !value) (#set! how "declaration"))
