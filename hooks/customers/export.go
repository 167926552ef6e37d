package customers

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/views/export"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// ExportEvent asks everybody who keeps something of a customer for a copy of it
// that the customer may have: the right of access and portability that the law
// gives (PIPL articles 44 and 45, GDPR articles 15 and 20).
//
// What is known of the person belongs in, whoever has written it: staff's notes and
// tags, how they sounded, that and why they were blocked. What is the shop's work
// or a colleague's does not: real names and addresses of staff (who served is told
// by nickname), priorities, deadlines, escalations, drafts, the audit trail; nor
// anything by which one could sign in as the customer. Ids are told where something
// else in the copy refers to them.
type ExportEvent struct {
	hook.Event
	App      core.App
	Customer *Customer
	Contacts []*Contact
	Say      locale.Speaker // the language in which it is asked for
	Zone     *time.Location // the shop's
	Parts    []Part         // what there is, in the order in which it is told
}

// Part is what somebody keeps of a customer, read while it is written, because
// there may be more than memory holds.
type Part struct {
	Name  string // in the data
	Title string // on the page; "" where the page does not show it
	One   bool   // it is one thing, not a list
	Long  bool   // it may fill pages of its own: it is told last
	Count int    // of what it is about, as far as it is known beforehand
	Rows  iter.Seq2[Row, error]
}

// Row is a piece of a part, for programs and for people. Either may be missing.
type Row struct {
	Data any             // as JSON
	View templ.Component // on the page
}

// OnExport is triggered when a copy of all that is kept of a customer is made. It is
// asked for beforehand, too, to tell how much that is.
func OnExport(app core.App) *hook.Hook[*ExportEvent] {
	exports, ok := app.Store().Get(exportsKey).(*hook.Hook[*ExportEvent])
	if !ok {
		panic("customers.Register was not called for this app")
	}
	return exports
}

// Exported asks for all that is kept of a customer.
func Exported(app core.App, c *Customer, say locale.Speaker, zone *time.Location) (*ExportEvent, error) {
	contacts, err := ContactsOf(app, c.Id)
	if err != nil {
		return nil, err
	}
	e := &ExportEvent{App: app, Customer: c, Contacts: contacts, Say: say, Zone: zone}
	if err = OnExport(app).Trigger(e); err != nil {
		return nil, fmt.Errorf("what is kept of customer %s: %w", c.Id, err)
	}
	return e, nil
}

// Each is a part of as many things as there are, each as row tells it.
func Each[T any](list []T, row func(T) Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, one := range list {
			if !yield(row(one), nil) {
				return
			}
		}
	}
}

// At is a moment as it is told on the page.
func (e *ExportEvent) At(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(e.Zone).Format("2006-01-02 15:04:05")
}

// Nickname is what customers call a member of staff, "" for who has left for good.
func (e *ExportEvent) Nickname(staff string) string {
	p, err := access.ByID(e.App, staff)
	if err != nil {
		return ""
	}
	return p.Nickname
}

// Facts are what of a list is known, in its order: names and values in turn.
func Facts(pairs ...string) (list []export.Fact) {
	for pair := range slices.Chunk(pairs, 2) {
		if pair[1] != "" {
			list = append(list, export.Fact{Name: pair[0], Value: pair[1]})
		}
	}
	return list
}

// exportPerson is this package's part: who they are, how they came, and what was
// noted about them.
func exportPerson(e *ExportEvent) error {
	for _, part := range []func(*ExportEvent) (Part, error){personOf, contactsOf, notesOf, trailPartOf} {
		p, err := part(e)
		if err != nil {
			return err
		}
		e.Parts = append(e.Parts, p)
	}
	return e.Next()
}

type personData struct {
	ID               string      `json:"id"`
	ExternalID       string      `json:"external_id,omitempty"`
	KnownAs          []string    `json:"known_as,omitempty"` // who was merged into them, in the shop's own data
	Name             string      `json:"name,omitempty"`
	Phone            string      `json:"phone,omitempty"`
	Email            string      `json:"email,omitempty"`
	SaidPhone        string      `json:"said_phone,omitempty"`
	SaidEmail        string      `json:"said_email,omitempty"`
	Region           string      `json:"region,omitempty"`
	Level            string      `json:"level,omitempty"`
	DistributorLevel string      `json:"distributor_level,omitempty"`
	Dedicated        string      `json:"dedicated,omitempty"` // the nickname of whose customer they are
	Avatar           string      `json:"avatar,omitempty"`
	Tags             []string    `json:"tags,omitempty"`
	Fields           []fieldData `json:"fields,omitempty"`
	Since            string      `json:"since"`
}

type fieldData struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func personOf(e *ExportEvent) (Part, error) {
	c, say := e.Customer, e.Say
	d := personData{
		ID: c.Id, ExternalID: c.ExternalID(), Name: c.Name(), Phone: c.Phone(), Email: c.Email(), SaidPhone: c.Said().Phone, SaidEmail: c.Said().Email,
		Region: c.Region(), Level: c.Level(), DistributorLevel: c.DistributorLevel(), Dedicated: e.Nickname(c.Dedicated()), Avatar: c.picture(), Since: clock.Wire(c.Created().Time()),
	}
	var err error
	if d.KnownAs, err = mergedInto(e.App, c.Id); err != nil {
		return Part{}, err
	}
	add := func(field, label, value, _ string) {
		switch {
		case value == "":
		case field == "tag":
			d.Tags = append(d.Tags, value)
		default:
			d.Fields = append(d.Fields, fieldData{label, value})
		}
	}
	if err = ownFields(e.App, c, add); err != nil {
		return Part{}, err
	}
	if err = ownTags(e.App, c, add); err != nil {
		return Part{}, err
	}
	facts := Facts(say.T("console.field_name"), d.Name, say.T("export.number"), d.ID, say.T("export.external_id"), strings.Join(append([]string{d.ExternalID}, d.KnownAs...), say.T("console.comma")),
		say.T("console.field_phone"), d.Phone, say.T("console.field_email"), d.Email, say.T("console.field_said_phone"), d.SaidPhone, say.T("console.field_said_email"), d.SaidEmail,
		say.T("console.field_region"), d.Region, say.T("console.field_level"), d.Level, say.T("console.field_distributor_level"), d.DistributorLevel, say.T("console.field_dedicated"), d.Dedicated,
		say.T("export.tags"), strings.Join(d.Tags, say.T("console.comma")), say.T("export.since"), e.At(c.Created().Time()))
	for _, f := range d.Fields {
		facts = append(facts, export.Fact{Name: f.Name, Value: f.Value})
	}
	return Part{
		Name: "customer", Title: say.T("export.customer"), One: true,
		Rows: Each([]personData{d}, func(d personData) Row { return Row{d, export.Facts(facts)} }),
	}, nil
}
