// Package contract holds what is said on a socket against asyncapi.yaml, the
// protocol's published description. Only tests import it.
//
// It reads the part of JSON Schema that the document uses, and refuses a
// document that uses more, so that no rule is there for show. It is stricter
// than JSON Schema in one point: where a schema lists properties, an object may
// have no others, because whatever the server says is to be described. Clients,
// on the other hand, may say more than is described: the server ignores it.
package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Document is a parsed asyncapi.yaml.
type Document struct {
	root       map[string]any
	fromClient map[string][]map[string]any // schemas of a frame's payload, by its type
	fromServer map[string][]map[string]any
}

// Fetch reads the document that a running desk serves.
func Fetch(tb testing.TB, base string) *Document {
	tb.Helper()
	answer, err := http.Get(base + "/asyncapi.yaml") //nolint:noctx // a test's own server
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		tb.Fatalf("asyncapi.yaml: %d, %v", answer.StatusCode, err)
	}
	d, err := Parse(raw)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// Parse reads a document and checks that every schema in it can be understood.
func Parse(raw []byte) (*Document, error) {
	d := &Document{}
	if err := yaml.Unmarshal(raw, &d.root); err != nil {
		return nil, fmt.Errorf("asyncapi.yaml: %w", err)
	}
	var err error
	if d.fromClient, err = d.payloads("fromClient"); err != nil {
		return nil, err
	}
	if d.fromServer, err = d.payloads("fromServer"); err != nil {
		return nil, err
	}
	return d, nil
}

// ClientTypes lists the types of frames that a client may send.
func (d *Document) ClientTypes() []string { return slices.Sorted(maps.Keys(d.fromClient)) }

// ServerTypes lists the types of frames that the server sends.
func (d *Document) ServerTypes() []string { return slices.Sorted(maps.Keys(d.fromServer)) }

// FromServer says what is wrong with a frame of the server's, nil if nothing.
func (d *Document) FromServer(frame []byte) error { return d.check(d.fromServer, frame, true) }

// FromClient says what is wrong with a client's frame, nil if nothing.
func (d *Document) FromClient(frame []byte) error { return d.check(d.fromClient, frame, false) }

// Enum lists the values that a schema of the document allows.
func (d *Document) Enum(schema string) []string {
	s, _ := d.at("#/components/schemas/" + schema).(map[string]any)
	allowed := list(s["enum"])
	values := make([]string, 0, len(allowed))
	for _, v := range allowed {
		values = append(values, fmt.Sprint(v))
	}
	slices.Sort(values)
	return values
}

// Extension is a value of the document's own fields, "x-…", of a channel.
func (d *Document) Extension(channel, name string) any {
	c, _ := d.at("#/channels/" + channel).(map[string]any)
	return c[name]
}

// payloads resolves an operation's messages.
func (d *Document) payloads(operation string) (map[string][]map[string]any, error) {
	o, _ := d.at("#/operations/" + operation).(map[string]any)
	byType := map[string][]map[string]any{}
	for _, m := range list(o["messages"]) {
		message, err := d.resolve(m)
		if err != nil {
			return nil, err
		}
		payload, err := d.resolve(message["payload"])
		if err != nil {
			return nil, err
		}
		if err = d.understood(payload, operation); err != nil {
			return nil, err
		}
		name, _ := message["name"].(string)
		properties, _ := payload["properties"].(map[string]any)
		kind, _ := properties["type"].(map[string]any)
		if name == "" || kind["const"] != name {
			return nil, fmt.Errorf("%s: message %q has a payload of type %v", operation, name, kind["const"])
		}
		byType[name] = append(byType[name], payload)
	}
	if len(byType) == 0 {
		return nil, fmt.Errorf("operation %s has no messages", operation)
	}
	return byType, nil
}

// at follows a reference within the document.
func (d *Document) at(ref string) any {
	var v any = d.root
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[part]
	}
	return v
}

// resolve follows references until something stands there.
func (d *Document) resolve(v any) (map[string]any, error) {
	for range 10 {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("not an object: %v", v)
		}
		ref, ok := m["$ref"].(string)
		if !ok {
			return m, nil
		}
		if v = d.at(ref); v == nil {
			return nil, fmt.Errorf("%s leads nowhere", ref)
		}
	}
	return nil, errors.New("references go round in circles")
}

// keywords are those of JSON Schema that this package knows; those with nil are
// for people, or seen to by valid.
var keywords = map[string]func(rule, value any) error{
	"description": nil, "examples": nil, "title": nil, "properties": nil, "required": nil, "additionalProperties": nil, "items": nil, "oneOf": nil,
	"type": ofType, "const": isConst, "enum": isEnum, "pattern": matches, "format": hasFormat,
	"minLength": atLeastLong, "maxLength": atMostLong, "minimum": atLeast, "maximum": atMost,
}

// understood checks that a schema, with all it refers to, says nothing that
// would be ignored.
func (d *Document) understood(schema map[string]any, path string) error {
	for keyword := range schema {
		if _, known := keywords[keyword]; !known {
			return fmt.Errorf("%s: %q is not understood", path, keyword)
		}
	}
	parts := slices.Clone(list(schema["oneOf"]))
	if items, ok := schema["items"]; ok {
		parts = append(parts, items)
	}
	properties, _ := schema["properties"].(map[string]any)
	for _, p := range properties {
		parts = append(parts, p)
	}
	for _, name := range list(schema["required"]) {
		if properties[fmt.Sprint(name)] == nil {
			return fmt.Errorf("%s requires %v and does not describe it", path, name)
		}
	}
	for _, p := range parts {
		s, err := d.resolve(p)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err = d.understood(s, path); err != nil {
			return err
		}
	}
	return nil
}

func (d *Document) check(byType map[string][]map[string]any, frame []byte, strict bool) error {
	var value any
	if err := json.Unmarshal(frame, &value); err != nil {
		return fmt.Errorf("no JSON: %w", err)
	}
	object, _ := value.(map[string]any)
	kind, _ := object["type"].(string)
	if byType[kind] == nil {
		return fmt.Errorf("type %q is not described", kind)
	}
	var errs []error
	for _, schema := range byType[kind] {
		err := d.valid(schema, value, strict)
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return fmt.Errorf("%s: %w\n\t%s", kind, errors.Join(errs...), frame)
}

func (d *Document) valid(schema any, value any, strict bool) error {
	s, err := d.resolve(schema)
	if err != nil {
		return err
	}
	for keyword, rule := range s {
		if holds := keywords[keyword]; holds != nil {
			if err := holds(rule, value); err != nil {
				return err
			}
		}
	}
	if err := d.fitsOne(list(s["oneOf"]), value, strict); err != nil {
		return err
	}
	if object, ok := value.(map[string]any); ok {
		return d.validObject(s, object, strict)
	}
	for i, item := range list(value) {
		if rule, ok := s["items"]; ok {
			if err := d.valid(rule, item, strict); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
	}
	return nil
}

func (d *Document) validObject(s, object map[string]any, strict bool) error {
	for _, name := range list(s["required"]) {
		if _, ok := object[fmt.Sprint(name)]; !ok {
			return fmt.Errorf("%v is missing", name)
		}
	}
	properties, described := s["properties"].(map[string]any)
	for name, v := range object {
		rule, ok := properties[name]
		switch {
		case ok:
			if err := d.valid(rule, v, strict); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		case strict && described && s["additionalProperties"] != true:
			return fmt.Errorf("%s is not described", name)
		}
	}
	return nil
}

func ofType(rule, value any) error {
	is := map[string]bool{}
	switch v := value.(type) {
	case nil:
		is["null"] = true
	case bool:
		is["boolean"] = true
	case string:
		is["string"] = true
	case float64:
		is["number"] = true
		is["integer"] = v == math.Trunc(v)
	case []any:
		is["array"] = true
	case map[string]any:
		is["object"] = true
	}
	if !is[fmt.Sprint(rule)] {
		return fmt.Errorf("%v is no %v", value, rule)
	}
	return nil
}

func isConst(rule, value any) error {
	if !same(rule, value) {
		return fmt.Errorf("%v is not %v", value, rule)
	}
	return nil
}

func isEnum(rule, value any) error {
	if !slices.ContainsFunc(list(rule), func(v any) bool { return same(v, value) }) {
		return fmt.Errorf("%v is none of %v", value, rule)
	}
	return nil
}

// same compares a value of YAML's with one of JSON's, whose numbers are floats.
func same(rule, value any) bool {
	if n, ok := rule.(int); ok {
		rule = float64(n)
	}
	return reflect.DeepEqual(rule, value)
}

// fitsOne checks a schema's alternatives, where it has any.
func (d *Document) fitsOne(alternatives []any, value any, strict bool) error {
	fits := 0
	var errs []error
	for _, schema := range alternatives {
		if err := d.valid(schema, value, strict); err != nil {
			errs = append(errs, err)
		} else {
			fits++
		}
	}
	if fits == 1 || len(alternatives) == 0 {
		return nil
	}
	return fmt.Errorf("fits %d of the alternatives: %w", fits, errors.Join(errs...))
}

func matches(rule, value any) error {
	text, ok := value.(string)
	if ok && !regexp.MustCompile(fmt.Sprint(rule)).MatchString(text) {
		return fmt.Errorf("%q does not match %v", text, rule)
	}
	return nil
}

func hasFormat(rule, value any) error {
	if rule != "date-time" {
		return fmt.Errorf("format %v is not understood", rule)
	}
	_, err := time.Parse(time.RFC3339, fmt.Sprint(value))
	return err
}

func atLeastLong(rule, value any) error {
	return bounded(value, number(rule), math.Inf(1))
}

func atMostLong(rule, value any) error {
	return bounded(value, 0, number(rule))
}

func bounded(value any, least, most float64) error {
	text, ok := value.(string)
	if n := float64(utf8.RuneCountInString(text)); ok && (n < least || n > most) {
		return fmt.Errorf("%v characters", n)
	}
	return nil
}

func atLeast(rule, value any) error {
	if n, ok := value.(float64); ok && n < number(rule) {
		return fmt.Errorf("%v is below %v", n, rule)
	}
	return nil
}

func atMost(rule, value any) error {
	if n, ok := value.(float64); ok && n > number(rule) {
		return fmt.Errorf("%v is above %v", n, rule)
	}
	return nil
}

func number(v any) float64 {
	switch n := v.(type) {
	case int:
		return float64(n)
	case float64:
		return n
	default:
		return math.NaN()
	}
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}
