package channels

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/views/channels"
)

// entriesSent are the questions in the order in which they stand in the form.
func entriesSent(e *core.RequestEvent) []Entry {
	ids := e.Request.PostForm["entry"]
	list := make([]Entry, 0, len(ids))
	for _, id := range ids {
		field := func(name string) string { return lines(e.Request.PostFormValue("entry_" + name + "_" + id)) }
		list = append(list, Entry{
			ID: id, Text: field("text"), Answer: field("answer"), Group: field("group"), Kinds: e.Request.PostForm["entry_kinds_"+id], Form: fieldsSent(e, id),
		})
	}
	return list
}

// fieldsSent are the fields of a question's form.
func fieldsSent(e *core.RequestEvent, entry string) (list []Field) {
	for _, name := range e.Request.PostForm["entry_field_"+entry] {
		field := func(part string) string {
			return lines(e.Request.PostFormValue("field_" + part + ":" + entry + ":" + name))
		}
		f := Field{Name: name, Label: field("label"), Kind: FieldKind(field("kind")), Optional: field("optional") == "on"}
		if f.Kind == OneOf {
			f.Choices = choicesIn(field("choices"))
		}
		list = append(list, f)
	}
	return list
}

// lines is what was typed, as it is kept.
func lines(typed string) string { return strings.TrimSpace(strings.ReplaceAll(typed, "\r\n", "\n")) }

// choicesIn are the options that were typed, one a line.
func choicesIn(text string) (list []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

func shownEntry(e Entry) channels.Entry {
	shown := channels.Entry{ID: e.ID, Text: e.Text, Answer: e.Answer, Group: e.Group, Kinds: e.Kinds}
	for _, f := range e.Form {
		shown.Form = append(shown.Form, channels.Field{
			Name: f.Name, Label: f.Label, Kind: string(f.Kind), Optional: f.Optional, Choices: strings.Join(f.Choices, "\n"),
		})
	}
	return shown
}

// texts are questions in short, for telling two lists apart.
func texts(entries []Entry) string {
	list := make([]string, 0, len(entries))
	for _, e := range entries {
		labels := make([]string, len(e.Form))
		for i, f := range e.Form {
			labels[i] = f.Label
		}
		list = append(list, strings.TrimSuffix(e.Text+"："+strings.Join(labels, "、"), "："))
	}
	return strings.Join(list, " · ")
}
