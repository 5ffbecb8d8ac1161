package lsp

import (
	"slices"

	"go.lsp.dev/protocol"

	"github.com/chubls/chubls/lsp/text"
)

// capabilities is the part of an editor's capabilities that changes what the
// server says. It is decoded leniently: what is absent, null or malformed is
// not supported.
type capabilities struct {
	General struct {
		PositionEncodings []string `json:"positionEncodings"`
	} `json:"general"`
	Workspace struct {
		ApplyEdit     bool `json:"applyEdit"`
		WorkspaceEdit struct {
			DocumentChanges    bool `json:"documentChanges"`
			SnippetEditSupport bool `json:"snippetEditSupport"`
		} `json:"workspaceEdit"`
		Configuration          bool      `json:"configuration"`
		TextDocumentContent    *struct{} `json:"textDocumentContent"`
		DidChangeConfiguration struct {
			DynamicRegistration bool `json:"dynamicRegistration"`
		} `json:"didChangeConfiguration"`
		DidChangeWatchedFiles struct {
			DynamicRegistration bool `json:"dynamicRegistration"`
		} `json:"didChangeWatchedFiles"`
	} `json:"workspace"`
	Window struct {
		WorkDoneProgress bool `json:"workDoneProgress"`
		ShowDocument     struct {
			Support bool `json:"support"`
		} `json:"showDocument"`
	} `json:"window"`
	TextDocument struct {
		Hover struct {
			ContentFormat []string `json:"contentFormat"`
		} `json:"hover"`
		CodeAction struct {
			CodeActionLiteralSupport *struct{} `json:"codeActionLiteralSupport"`
			DataSupport              bool      `json:"dataSupport"`
			ResolveSupport           struct {
				Properties []string `json:"properties"`
			} `json:"resolveSupport"`
		} `json:"codeAction"`
		Completion *struct {
			CompletionItem struct {
				SnippetSupport        bool     `json:"snippetSupport"`
				DocumentationFormat   []string `json:"documentationFormat"`
				InsertTextModeSupport struct {
					ValueSet []int `json:"valueSet"`
				} `json:"insertTextModeSupport"`
			} `json:"completionItem"`
		} `json:"completion"`
	} `json:"textDocument"`
	// Experimental is what chubls' own extensions say of themselves.
	Experimental struct {
		Chubls struct {
			Picker bool `json:"picker"`
			Copy   bool `json:"copy"`
		} `json:"chubls"`
	} `json:"experimental"`
}

// client is what the server makes of an editor's capabilities.
type client struct {
	encoding text.Encoding
	// markdown says that hovers are Markdown, else plain text.
	markdown bool
	// actions says how code actions are told.
	actions actionStyle
	// versioned says that an edit can name the version it is for.
	versioned bool
	// snippets says that an edit may have stops.
	snippets bool
	// completes says that it shows completions, snippetItems that these may have
	// stops, asIs that their lines can stay as they are, and markdownItems that
	// their documentation can be Markdown.
	completes, snippetItems, asIs, markdownItems bool
	// picker says that it lets the user pick from a list, and copies that it has
	// a clipboard. See pickSnippet and copyText.
	picker, copies bool
	// wholeLines says that it may send the line of the cursor for a selection: Kate
	// does, and does not say its name.
	wholeLines bool
	// tellsSettings says that it can be asked for its settings, and
	// registersSettings that it must be told that somebody wants to hear of them.
	tellsSettings, registersSettings bool
	// watchesFiles says that it tells of changed files if it is asked to.
	watchesFiles bool
	// progress says that it shows the progress of work.
	progress bool
	// opens says that it can be told to show a document, and readsContent that it
	// asks the server for the text of one that lies in no file.
	opens, readsContent bool
}

// actionStyle is a way to tell an editor of code actions.
type actionStyle int

const (
	// actionsNone is for editors that can do nothing with them.
	actionsNone actionStyle = iota
	// actionsAsCommands is for editors that know commands only: the edit comes
	// as a workspace/applyEdit when the command is executed.
	actionsAsCommands
	// actionsInline is for editors that want the edit with the action.
	actionsInline
	// actionsLazy is for editors that ask for the edit when an action is chosen.
	actionsLazy
)

// understand makes a client of its capabilities.
func understand(c *capabilities) client {
	var k client
	k.encoding = negotiate(c.General.PositionEncodings)
	k.markdown = prefersMarkdown(c.TextDocument.Hover.ContentFormat)
	k.versioned = c.Workspace.WorkspaceEdit.DocumentChanges
	k.snippets = k.versioned && c.Workspace.WorkspaceEdit.SnippetEditSupport
	k.picker = c.Experimental.Chubls.Picker && c.Workspace.ApplyEdit
	k.copies = c.Experimental.Chubls.Copy
	if item := c.TextDocument.Completion; item != nil {
		k.completes = true
		k.snippetItems = item.CompletionItem.SnippetSupport
		k.markdownItems = prefersMarkdown(item.CompletionItem.DocumentationFormat)
		k.asIs = slices.Contains(item.CompletionItem.InsertTextModeSupport.ValueSet, int(protocol.InsertTextModeAsIs))
	}
	k.tellsSettings = c.Workspace.Configuration
	k.registersSettings = c.Workspace.DidChangeConfiguration.DynamicRegistration
	k.watchesFiles = c.Workspace.DidChangeWatchedFiles.DynamicRegistration
	k.progress = c.Window.WorkDoneProgress
	k.opens = c.Window.ShowDocument.Support
	k.readsContent = c.Workspace.TextDocumentContent != nil
	a := &c.TextDocument.CodeAction
	switch {
	case a.CodeActionLiteralSupport == nil && c.Workspace.ApplyEdit:
		k.actions = actionsAsCommands
	case a.CodeActionLiteralSupport == nil:
		k.actions = actionsNone
	// An edit without a version that arrives later might meet a newer text.
	case k.versioned && a.DataSupport && slices.Contains(a.ResolveSupport.Properties, "edit"):
		k.actions = actionsLazy
	default:
		k.actions = actionsInline
	}
	return k
}

var encodings = map[string]text.Encoding{
	string(protocol.PositionEncodingKindUTF8):  text.UTF8,
	string(protocol.PositionEncodingKindUTF16): text.UTF16,
	string(protocol.PositionEncodingKindUTF32): text.UTF32,
}

// negotiate chooses the first encoding of the editor's list that there is: the
// list is in its order of preference, and the mapper serves all alike.
func negotiate(offered []string) text.Encoding {
	for _, name := range offered {
		if encoding, ok := encodings[name]; ok {
			return encoding
		}
	}
	return text.UTF16 // the protocol's default
}

// encodingName is the protocol's name of an encoding.
func encodingName(encoding text.Encoding) protocol.PositionEncodingKind {
	for name, e := range encodings {
		if e == encoding {
			return protocol.PositionEncodingKind(name)
		}
	}
	return protocol.PositionEncodingKindUTF16
}

// prefersMarkdown chooses the first format of the editor's list that there is.
// For an editor without a list the protocol names no default; plain text is
// the one that every editor can show.
func prefersMarkdown(formats []string) bool {
	for _, format := range formats {
		switch protocol.MarkupKind(format) {
		case protocol.MarkupKindMarkdown:
			return true
		case protocol.MarkupKindPlainText:
			return false
		}
	}
	return false
}
