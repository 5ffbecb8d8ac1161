package hub

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// Choose writes into a workspace's own .chub/config.yaml which entry documents a
// module; nil says that none does. What else stands there stays, comments too. A
// file that is not in order is left as it is, with an error that says where.
func Choose(dir, module string, id *string) error {
	top, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open the workspace: %w", err)
	}
	defer top.Close()
	folder := filepath.Join(dir, ".chub")
	if info, err := top.Lstat(".chub"); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is no folder: nothing is written through it", folder)
	}
	name := filepath.Join(folder, configFile)
	data, err := readConfig(top.FS(), ".chub/"+configFile)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return yamlError(name, err)
	}
	if doc.Kind == 0 {
		doc = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode, Tag: "!!map"}}}
	}
	own, err := keyOf(doc.Content[0], "chubls")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	modules, err := keyOf(own, "modules")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	if id != nil {
		value = &yaml.Node{}
		value.SetString(*id)
	}
	put(modules, module, value)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(&doc), encoder.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := newDisk(folder, func(error) {}).put(configFile, out.Bytes(), true); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// keyOf finds the mapping below a key of a mapping, or makes it.
func keyOf(m *yaml.Node, key string) (*yaml.Node, error) {
	if m.Kind == yaml.ScalarNode && m.Tag == "!!null" {
		m.Kind, m.Tag, m.Value = yaml.MappingNode, "!!map", ""
	}
	if m.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d must hold keys, to which %q is added; mend it first", m.Line, key)
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value != key {
			continue
		}
		value := resolveAlias(m.Content[i+1])
		if value.Kind == yaml.ScalarNode && value.Tag == "!!null" {
			value.Kind, value.Tag, value.Value = yaml.MappingNode, "!!map", ""
		}
		if value.Kind != yaml.MappingNode {
			return nil, fmt.Errorf("line %d: %q must hold keys; mend it first", value.Line, key)
		}
		return value, nil
	}
	value := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	put(m, key, value)
	return value, nil
}

// put sets a key of a mapping.
func put(m *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			m.Content[i+1] = value
			return
		}
	}
	name := &yaml.Node{}
	name.SetString(key)
	m.Content = append(m.Content, name, value)
}
