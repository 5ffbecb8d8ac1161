package docs

// WithoutTable makes libraries that are opened until restore is called know
// nothing but what they read: the table in the binary is taken away.
func WithoutTable() (restore func()) {
	table := hubModules
	hubModules = nil
	return func() { hubModules = table }
}
