package docs

import "sync"

// maxMemo bounds what one guide remembers of one kind.
const maxMemo = 1024

// memo remembers answers that are asked for again and again while a cursor
// rests. The zero value is empty.
type memo[T any] struct {
	mu    sync.Mutex
	known map[string]T
}

// remember returns the answer for key, making it the first time. Two that ask
// at once may both make it.
func remember[T any](m *memo[T], key string, answer func() T) T {
	m.mu.Lock()
	found, ok := m.known[key]
	m.mu.Unlock()
	if ok {
		return found
	}
	found = answer()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= maxMemo {
		m.known = map[string]T{}
	}
	m.known[key] = found
	return found
}

// Remember returns the text for key, making it the first time: what is
// rendered of a guide is the same every time.
func (g *Guide) Remember(key string, render func() string) string {
	return remember(&g.texts, key, render)
}
