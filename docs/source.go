package docs

import (
	"context"
	"errors"
)

// Source is where documents come from: a folder on disk, the cache of a remote
// hub, the registry inside the binary.
//
// Both methods may read a disk, so they are called in the background and never
// while an editor waits. They may be called from several goroutines at a time.
type Source interface {
	// Name is the source's name in the configuration, such as "default".
	Name() string

	// Registry reads the list of entries. What is wrong with single entries
	// stands in its Problems; an error means that there is no list at all.
	Registry() (*Registry, error)

	// Read returns one file of a variant of this source's registry, such as
	// "DOC.md". The result belongs to the caller. A fetch ends with ctx, unless
	// somebody else waits for it too.
	//
	// It returns [ErrUnsafePath] for a name that could leave the variant's
	// folder, [ErrTooLarge] for a file larger than the source accepts, and an
	// error matching fs.ErrNotExist for a file that is not there.
	Read(ctx context.Context, v *Variant, file string) ([]byte, error)
}

// Mapped is implemented by a Source that may have a table of its modules.
type Mapped interface {
	// Modules returns the modules.tsv that the hub ships with its registry. The
	// error matches fs.ErrNotExist where it ships none.
	Modules() ([]byte, error)
}

// Located is implemented by a Source whose files lie on this machine.
type Located interface {
	// Locate returns the absolute path of a file of a variant, if it is there.
	Locate(v *Variant, file string) (path string, ok bool)
}

var (
	// ErrUnsafePath is matched by the error for a path that is not plainly
	// below the folder it is relative to. See [CleanPath].
	ErrUnsafePath = errors.New("unsafe path")

	// ErrTooLarge is matched by the error for input above a limit, such as
	// [MaxDocument].
	ErrTooLarge = errors.New("too large")
)
