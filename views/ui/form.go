// Package ui holds small components of pages: a field with its error, an icon,
// an alert. What they look like is in css/ui.css and css/pages.css.
package ui

import "github.com/a-h/templ"

// Form is the frame of a form that is saved.
type Form struct {
	ID      string // "form" when empty
	Action  string
	Version string // of what the form was made from; "" where nothing is guarded
	Files   bool   // it sends files
	Errors  map[string]string
	// Failed is said above the form where a field is wrong, or what is wrong
	// belongs to no field.
	Failed   string
	Conflict *Conflict
}

// Conflict is what somebody else has made of the same thing meanwhile.
type Conflict struct {
	Version      string // the present one
	Notice       string // who has changed it, and when
	Over, Theirs string // words of the two ways on
	Reload       string // the address that shows what is kept now
	Differences  []Difference
}

// Difference is one field that is not as the person left it.
type Difference struct{ Label, Theirs, Yours string }

func (f Form) id() string {
	if f.ID == "" {
		return "form"
	}
	return f.ID
}

func (f Form) encoding() string {
	if f.Files {
		return "multipart/form-data"
	}
	return "application/x-www-form-urlencoded"
}

// Choice is a field with some values to choose from.
type Choice struct {
	Name, Label, Value string
	Hint, Error        string
	Options            []Option
	Empty              string // the word for none, "" where one must be chosen
}

// Many is a field of which several values may be chosen.
type Many struct {
	Name, Label string
	Values      []string
	Hint, Error string
	Options     []Option
}

// Area is a field of several lines.
type Area struct {
	Name, Label, Value string
	Hint, Error        string
	Placeholder        string
	Max                string // characters
	Rows               string
	Optional           string // the word for it, "" where the field must be filled
}

// Switch is a field that is on or off.
type Switch struct {
	Name, Label string
	On          bool
	Hint, Error string
}

// described are the attributes that lead from an input to what is said below it.
func described(name, hint, problem string) templ.Attributes {
	list := templ.Attributes{}
	if by := (Input{Name: name, Hint: hint, Error: problem}).described(); by != "" {
		list["aria-describedby"] = by
	}
	if problem != "" {
		list["aria-invalid"] = "true"
	}
	return list
}

// askedBy are the attributes that let htmx send a question's form, so that what
// goes wrong is said on the page.
func askedBy(q Question) templ.Attributes {
	if q.Whole {
		return nil
	}
	return templ.Attributes{"hx-post": q.Action, "hx-target": "#problem"}
}
