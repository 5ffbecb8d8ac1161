package hub

// helpers runs this binary as another process, where a test asks for that.
func helpers() {}
