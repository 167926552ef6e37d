package channels

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// FieldKind is what a field of a question's form asks for.
type FieldKind string

// The kinds of fields.
const (
	Line    FieldKind = "line"
	Longer  FieldKind = "text"
	Phone   FieldKind = "phone" // at most one in a form: it is kept with the customer
	OrderNo FieldKind = "order"
	OneOf   FieldKind = "choice"
)

// FieldKinds lists them, as they are offered.
var FieldKinds = []FieldKind{Line, Longer, Phone, OrderNo, OneOf}

// Field is one thing that a question's form asks for.
type Field struct {
	Name     string    `json:"name"` // unique in its form
	Label    string    `json:"label"`
	Kind     FieldKind `json:"kind"`
	Optional bool      `json:"optional,omitempty"`
	Choices  []string  `json:"choices,omitempty"` // of OneOf
}

// A form is short, or nobody fills it in. All that it holds fits into one
// message, labels included, see conversations.TextMost.
const (
	mostFields    = 6
	mostChoices   = 12
	longestLabel  = 20
	longestChoice = 30
)

// longest is how many characters a field of a kind takes.
var longest = map[FieldKind]int{Line: 100, Longer: 700, Phone: 30, OrderNo: 40, OneOf: longestChoice}

// Most is how many characters the field takes.
func (f Field) Most() int { return longest[f.Kind] }

// formFault is the message of what is wrong with an entry's form, "" where
// nothing is.
func (e Entry) formFault() string {
	if len(e.Form) > mostFields {
		return "channels.fields_many"
	}
	phones := 0
	for i, f := range e.Form {
		if slices.ContainsFunc(e.Form[:i], func(o Field) bool { return o.Name == f.Name || o.Label == f.Label }) {
			return "channels.field_twice"
		}
		if key := f.fault(); key != "" {
			return key
		}
		if f.Kind == Phone {
			phones++
		}
	}
	if phones > 1 {
		return "channels.field_phones"
	}
	return ""
}

func (f Field) fault() string {
	switch {
	case !entryID.MatchString(f.Name) || !slices.Contains(FieldKinds, f.Kind):
		return "channels.field_wrong"
	case !fits(f.Label, longestLabel):
		return "channels.field_label"
	case f.Kind == OneOf && (len(f.Choices) < 2 || len(f.Choices) > mostChoices):
		return "channels.field_choices"
	case f.Kind != OneOf && len(f.Choices) > 0:
		return "channels.field_wrong"
	}
	for i, c := range f.Choices {
		if !fits(c, longestChoice) || slices.Contains(f.Choices[:i], c) {
			return "channels.field_choices"
		}
	}
	return ""
}

// fits reports whether text says something on one line, in at most so many
// characters.
func fits(text string, most int) bool {
	return strings.TrimSpace(text) == text && text != "" && !strings.Contains(text, "\n") && utf8.RuneCountInString(text) <= most
}
