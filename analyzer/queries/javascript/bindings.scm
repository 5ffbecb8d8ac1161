; What binds a name in JavaScript alone, beside ../ecmascript.

(formal_parameters (identifier) @name)
(field_definition property: (_) @field value: (_) @value)
