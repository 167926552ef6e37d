package reminders

import (
	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/views/export"
)

type promiseData struct {
	Time string `json:"time"`
	By   string `json:"by,omitempty"` // a nickname
	Text string `json:"text"`
	Due  string `json:"due"`
	Kept string `json:"kept,omitempty"`
}

// promised is this package's part of a copy of what is kept of a customer: what they
// were promised.
func promised(e *customers.ExportEvent) error {
	contacts := make([]any, len(e.Contacts))
	for i, c := range e.Contacts {
		contacts[i] = c.Id
	}
	list, err := query(e.App, dbx.In("contact", contacts...), -1)
	if err != nil {
		return err
	}
	say := e.Say
	e.Parts = append(e.Parts, customers.Part{
		Name: Collection, Title: say.T("export.reminders"), Count: len(list), Rows: customers.Each(list, func(r *Reminder) customers.Row {
			d := promiseData{clock.Wire(r.Created()), e.Nickname(r.Staff()), r.Text(), clock.Wire(r.Due()), clock.Wire(r.Done())}
			return customers.Row{Data: d, View: export.Card(export.Entry{
				Title: d.By, Time: e.At(r.Created()), Text: d.Text, Facts: customers.Facts(say.T("export.due"), e.At(r.Due()), say.T("export.kept"), e.At(r.Done())),
			})}
		}),
	})
	return e.Next()
}
