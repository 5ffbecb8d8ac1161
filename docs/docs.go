// Package docs is the model of a Context Hub: what a registry lists, what a
// guide says, and where in the guide it says it.
//
// Context Hub is a public collection of guides that are written for coding
// agents. A guide is one Markdown file, DOC.md, with front matter on top; a
// registry is a JSON file that lists the guides. The words used here:
//
//   - An [Entry] is a subject of the hub, such as "stripe/payments": an author
//     and a name. It holds one or more variants.
//   - A [Variant] is the entry for one language and one version; it says in
//     which folder its DOC.md lies. One folder may serve several variants.
//   - A [Document] is one DOC.md, parsed: its front matter ([Meta]) and its
//     sections.
//   - A [Section] is a heading with what stands below it. Sections nest as
//     headings do. The same heading may occur twice in a document ("Minimal
//     Example" under every provider), so a section is named by its path of
//     headings and not by its heading alone.
//   - A [Fence] is a fenced code block in a section: the part that a reader
//     copies, and the best evidence of what the section is about.
//
// # What the package does
//
// [ParseRegistry] and [ParseDocument] turn bytes into these values. Both are
// tolerant: one broken entry, or front matter that is no YAML, costs that part
// only and is noted in a list of problems. Both are built for input that
// nobody has vouched for: they are bounded in time and memory whatever the
// bytes are (see [MaxDocument] and the limits beside it).
//
// [Cut] shortens a section between its blocks, never inside a code block that
// would then stay open. [Plaintext] renders Markdown for a client that cannot.
//
// # What is absent
//
// No disk, no network, no goroutine, no protocol. Documents come through the
// [Source] interface, which package hub implements. Everything parsed is plain
// data, is not changed afterwards, and may be shared between goroutines.
//
// # Where the rules come from
//
// The registry's shape and the meaning of front matter follow the hub's own
// client and builder (github.com/andrewyng/context-hub, package @aisuite/chub
// 0.1.4). What a heading or a fence is follows CommonMark, as implemented by
// goldmark.
package docs
