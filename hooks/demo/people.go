package demo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/escalation"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

const mostCustomers = 120

// person is a customer with their one contact.
type person struct {
	contact, customer    string // ids
	identity, name       string // "" for those who came without signing in
	level, region, phone string
	distributor          string   // their level as one
	dedicated            string   // id
	tags                 []string // ids
	page                 customers.Page
	lang                 string
	known, seen, closed  time.Time // closed: their last conversation; far ahead while it is open
	spoken               bool
}

// staffer is somebody who works here, as the past needs them.
type staffer struct {
	*access.Person
	is member
}

// furnished is the shop before anybody has said a word.
type furnished struct {
	*shop
	channel *channels.Channel
	staff   []staffer
	groups  map[string]*access.Group // by key
	tags    map[string]string        // id by name
	fields  []*customers.Field
	people  []*person
}

// furnish makes the shop, its staff, words and ways in.
func furnish(app core.App, s *shop, password string) (*furnished, error) {
	f := &furnished{shop: s, groups: map[string]*access.Group{}, tags: map[string]string{}}
	for _, step := range []func(core.App) error{f.open, f.makeGroups, f.makeChannel, func(app core.App) error { return f.hire(app, password) }} {
		if err := step(app); err != nil {
			return nil, fmt.Errorf("furnish the demo's shop: %w", err)
		}
	}
	return f, app.RunInTransaction(func(app core.App) error { return f.makeWords(app) })
}

func (f *furnished) open(app core.App) error {
	shop := settings.ShopOf(app)
	shop.Name, shop.Colour = f.Name, f.Colour
	if err := settings.SaveShop(app, shop); err != nil {
		return err
	}
	levels := settings.Levels{Customers: levelsOf(f.Level), Distributors: levelsOf(f.Distributor)}
	if err := settings.SaveLevels(app, levels); err != nil {
		return err
	}
	// The console's first steps are for a shop that has just opened.
	if err := settings.Save(app, "first_steps", map[string]bool{"dismissed": true}); err != nil {
		return err
	}
	return access.EnsureRoles(app)
}

func levelsOf(list []level) []settings.Level {
	out := make([]settings.Level, len(list))
	for i, l := range list {
		out[i] = settings.Level{Name: l.Name, Start: time.Duration(l.Minutes) * time.Minute, VIP: l.VIP}
	}
	return out
}

func (f *furnished) makeGroups(app core.App) error {
	if err := access.EnsureGroups(app); err != nil {
		return err
	}
	for _, g := range f.Group {
		if _, err := access.AddGroup(app, nil, access.GroupDraft{Key: g.Key, Name: g.Name}); err != nil {
			return err
		}
	}
	all, err := access.Groups(app)
	for _, g := range all {
		f.groups[g.Key()] = g
	}
	return err
}

func (f *furnished) makeChannel(app core.App) (err error) {
	entries := make([]channels.Entry, len(f.Entry))
	for i, e := range f.Entry {
		entries[i] = channels.Entry{ID: e.ID, Text: e.Text, Answer: e.Answer, Kinds: e.Kinds, Form: e.Form}
		if e.Group != "" {
			entries[i].Group = f.groups[e.Group].Id
		}
	}
	routes := make([]channels.Route, len(f.Route))
	for i, r := range f.Route {
		routes[i] = channels.Route{By: channels.By(r.By), Value: r.Value, Group: f.groups[r.Group].Id}
	}
	f.channel, err = channels.Add(app, channels.New{
		Name: f.Name, Greeting: f.Greeting, Colour: f.Colour, Entries: entries, Routes: routes, TypingPreview: true, Default: true,
	})
	return err
}

func (f *furnished) hire(app core.App, password string) error {
	for _, m := range f.Staff {
		s, err := access.AddStaff(app, nil, access.Newcomer{
			Email: m.Email, Nickname: m.Nickname, Password: password, Role: m.Role, Groups: m.Groups, Cap: m.Cap, Weight: m.Weight,
			Presence: cmp.Or(m.Presence, access.Online),
		})
		if err != nil {
			return err
		}
		p, err := access.ByID(app, s.Id)
		if err != nil {
			return err
		}
		f.staff = append(f.staff, staffer{Person: p, is: m})
	}
	return nil
}

// makeWords makes tags, quick replies and rules.
func (f *furnished) makeWords(app core.App) error {
	for i, t := range f.Tag {
		tag, err := customers.AddTag(app, t.Name, t.Colour, i+1)
		if err != nil {
			return err
		}
		f.tags[t.Name] = tag.Id
	}
	for _, r := range f.Reply {
		_, err := quickreplies.Add(app, f.staff[0].Person, quickreplies.Draft{
			Code: r.Code, Title: r.Title, Category: r.Category, Text: r.Text, Scope: quickreplies.Shop,
		})
		if err != nil {
			return err
		}
	}
	if err := f.makeFields(app); err != nil {
		return err
	}
	return escalation.EnsureRules(app)
}

// meet invents the customers.
func (f *furnished) meet(dice *rand.Rand, now time.Time) {
	surnames, taken := []rune(f.People.Surnames), map[string]bool{}
	for i := range mostCustomers {
		p := &person{contact: core.GenerateDefaultRandomId(), customer: core.GenerateDefaultRandomId(), lang: "zh-CN"}
		switch {
		case i < len(f.People.Known):
			p.name, p.level, p.region = f.People.Known[i][0], f.People.Known[i][1], f.People.Known[i][2]
		case chance(dice, 12): // never signed in
			p.region = pick(dice, f.People.Regions)
		default:
			p.name = f.invent(dice, surnames, taken)
			p.level, p.region = pick(dice, f.People.Levels), pick(dice, f.People.Regions)
		}
		if p.name != "" {
			taken[p.name] = true
			p.identity = fmt.Sprintf("HY%06d", 100_000+i*37)
			// No operator has been given 163 or 164, so that these are nobody's.
			p.phone = fmt.Sprintf("%d%08d", 163+dice.IntN(2), dice.IntN(100_000_000))
			if p.name[0] < 0x80 {
				p.lang = "en"
			}
		}
		for _, name := range []string{"复购客户", "高意向", "性格爽快"} {
			if chance(dice, 18) {
				p.tags = append(p.tags, f.tags[name])
			}
		}
		f.rank(p)
		page := pick(dice, f.Page)
		p.page = customers.Page{URL: "https://www.heye.example" + page.Path, Title: page.Title, Kind: page.Kind}
		p.known = now.Add(-pastDays*24*time.Hour - time.Duration(dice.IntN(300*24))*time.Hour)
		p.seen, p.closed = p.known, p.known
		f.people = append(f.people, p)
	}
}

// rank tells a distributor's level from a customer's, and gives VIPs somebody of
// their own.
func (f *furnished) rank(p *person) {
	all := slices.Concat(f.Level, f.Distributor)
	i := slices.IndexFunc(all, func(l level) bool { return l.Name == p.level })
	if i < 0 {
		return
	}
	if i >= len(f.Level) {
		p.level, p.distributor = "", p.level
		if p.distributor != f.Distributor[0].Name {
			p.tags = append(p.tags, f.tags["金牌分销"])
		}
	}
	for _, s := range f.staff {
		if s.Nickname == all[i].Dedicated {
			p.dedicated = s.ID
		}
	}
}

func (f *furnished) invent(dice *rand.Rand, surnames []rune, taken map[string]bool) string {
	for {
		name := pick(dice, f.People.Nicknames)
		if chance(dice, 75) {
			name = string(pick(dice, surnames)) + pick(dice, f.People.Given)
		}
		if !taken[name] {
			return name
		}
	}
}

const (
	insertCustomer = "INSERT INTO customers (id, external_id, name, phone, region, level, distributor_level, dedicated, tags, custom, created, updated) " +
		"VALUES ({:id}, {:external_id}, {:name}, {:phone}, {:region}, {:level}, {:distributor}, {:dedicated}, {:tags}, {:custom}, {:created}, {:created})"
	insertContact = "INSERT INTO contacts (id, customer, channel, identity, name, lang, page, seen, created) VALUES ({:id}, {:customer}, {:channel}, " +
		"{:identity}, {:name}, {:lang}, {:page}, {:seen}, {:created})"
	insertNote = "INSERT INTO notes (id, customer, staff, text, created) VALUES ({:id}, {:customer}, {:staff}, {:text}, {:created})"
)

// keep writes the customers as they are by now, and some notes about them.
func (f *furnished) keep(w *writer, dice *rand.Rand, now time.Time) error {
	for i, p := range f.people {
		f.walk(w, dice, p)
		custom, err := f.told(dice, p)
		if err != nil {
			return err
		}
		page, err := json.Marshal(p.page)
		if err != nil {
			return fmt.Errorf("page of %s: %w", p.name, err)
		}
		tags, err := json.Marshal(append([]string{}, p.tags...))
		if err != nil {
			return fmt.Errorf("tags of %s: %w", p.name, err)
		}
		w.exec(insertCustomer, dbx.Params{
			"id": p.customer, "external_id": p.identity, "name": p.name, "phone": p.phone, "region": p.region, "level": p.level,
			"distributor": p.distributor, "dedicated": p.dedicated, "tags": string(tags), "custom": custom, "created": clock.Stored(p.known),
		})
		w.exec(insertContact, dbx.Params{
			"id": p.contact, "customer": p.customer, "channel": f.channel.Id, "identity": p.identity, "name": p.name, "lang": p.lang,
			"page": string(page), "seen": clock.Stored(p.seen), "created": clock.Stored(p.known),
		})
		if i < len(f.People.Notes) || p.name != "" && chance(dice, 15) {
			w.exec(insertNote, dbx.Params{
				"id": core.GenerateDefaultRandomId(), "customer": p.customer, "staff": pick(dice, f.staff[1:]).ID,
				"text": f.People.Notes[i%len(f.People.Notes)], "created": clock.Stored(now.Add(-time.Duration(1+dice.IntN(60*24)) * time.Hour)),
			})
		}
		if i < len(f.People.Notes) && chance(dice, 40) { // another colleague's
			w.exec(insertNote, dbx.Params{
				"id": core.GenerateDefaultRandomId(), "customer": p.customer, "staff": pick(dice, f.staff[1:]).ID,
				"text": pick(dice, f.People.Notes), "created": clock.Stored(now.Add(-time.Duration(60*24+dice.IntN(30*24)) * time.Hour)),
			})
		}
	}
	return w.err
}

// serves lists who answers for a group in the past: those of the group, the
// owner only where there is nobody else.
func (f *furnished) serves(group string) []staffer {
	fits := slices.DeleteFunc(slices.Clone(f.staff[1:]), func(s staffer) bool {
		return !slices.Contains(s.is.Groups, group) || s.Role == access.Supervisor
	})
	if len(fits) == 0 {
		return f.staff[:1]
	}
	return fits
}

// writer runs statements until one fails.
type writer struct {
	to  *conversations.Past
	err error
}

func (w *writer) exec(text string, params dbx.Params) {
	if w.err == nil {
		_, w.err = w.to.Query(text, params).Execute()
	}
}
