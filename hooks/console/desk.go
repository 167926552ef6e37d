package console

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

type deskView struct {
	You          you              `json:"you"`
	Shop         shopView         `json:"shop"`
	Colleagues   []colleague      `json:"colleagues"` // all who work here, the asker included
	Groups       []named          `json:"groups"`
	Tags         []tagView        `json:"tags"`
	QuickReplies []quickReplyView `json:"quick_replies"`
	Channels     []channelView    `json:"channels"`
	Levels       levelsView       `json:"levels"`
	Fields       []fieldView      `json:"fields"`             // of customers, the shop's own
	Panels       []panelView      `json:"panels"`             // that features add
	Mentions     []mentionView    `json:"mentions,omitempty"` // that the asker has not seen
	Counts       map[string]int   `json:"counts"`
	Now          int64            `json:"now"` // Unix ms
	FirstSteps   *stepsView       `json:"first_steps,omitempty"`
}

type shopView struct {
	Name   string `json:"name"`
	Colour string `json:"colour"`
}

type colleague struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	Avatar         string         `json:"avatar,omitempty"`
	Presence       routing.Status `json:"presence"`
	PresenceReason string         `json:"presence_reason,omitempty"`
	Load           int            `json:"load"`
	Cap            int            `json:"cap"`
	Groups         []string       `json:"groups"`
	Answers        bool           `json:"answers"` // customers
}

type you struct {
	colleague
	Role        string              `json:"role"`
	RoleName    string              `json:"role_name"`
	Permissions []access.Permission `json:"permissions"`
	Lang        string              `json:"lang"`
	Theme       string              `json:"theme"`
	Preferences chosen              `json:"preferences"`
}

type tagView struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Colour string `json:"colour"`
}

// levelsView are the levels that the shop knows, in its order.
type levelsView struct {
	Customers    []levelView `json:"customers"`
	Distributors []levelView `json:"distributors"`
}

type levelView struct {
	Name string `json:"name"`
	VIP  bool   `json:"vip,omitempty"`
}

// fieldView is a field of customers that the shop has made.
type fieldView struct {
	ID       string              `json:"id"`
	Name     string              `json:"name"`
	Kind     customers.FieldKind `json:"kind"`
	Options  []string            `json:"options,omitempty"`
	Personal bool                `json:"personal,omitempty"`
}

type channelView struct {
	ID   string        `json:"id"`
	Name string        `json:"name"`
	Kind channels.Kind `json:"kind"`
}

// desk answers all that the console shows beside the conversations.
func (f panels) desk(e *core.RequestEvent) error {
	p, shop := access.Of(e), settings.ShopOf(e.App)
	view := deskView{Shop: shopView{Name: shop.Name, Colour: shop.Colour}, Levels: viewLevels(settings.LevelsOf(e.App)), Now: time.Now().UnixMilli()}
	for _, fill := range []func(*core.RequestEvent, *access.Person) error{view.fillPeople, view.fillWords, view.fillFields, view.fillChannels, view.fillMentions, view.fillSteps} {
		if err := fill(e, p); err != nil {
			return err
		}
	}
	f.fill(&view, e)
	var err error
	if view.Counts, err = conversations.Counts(e.App, p); err != nil {
		return err
	}
	return e.JSON(http.StatusOK, view)
}

func viewLevels(l settings.Levels) levelsView {
	view := func(list []settings.Level) []levelView {
		out := make([]levelView, len(list))
		for i, one := range list {
			out[i] = levelView{Name: one.Name, VIP: one.VIP}
		}
		return out
	}
	return levelsView{Customers: view(l.Customers), Distributors: view(l.Distributors)}
}

func (v *deskView) fillPeople(e *core.RequestEvent, p *access.Person) error {
	loads, err := conversations.Load(e.App)
	if err != nil {
		return err
	}
	people, err := access.People(e.App)
	if err != nil {
		return err
	}
	for _, one := range people {
		v.Colleagues = append(v.Colleagues, describe(e.App, one, loads))
	}
	likes, err := chosenBy(e.App, p.ID)
	if err != nil {
		return err
	}
	v.You = you{
		colleague: describe(e.App, p, loads), Role: p.Role, RoleName: p.RoleName, Permissions: p.Permissions(),
		Lang: web.Language(e), Theme: p.Theme, Preferences: likes,
	}
	groups, err := access.Groups(e.App)
	if err != nil {
		return err
	}
	v.Groups = make([]named, len(groups))
	for i, g := range groups {
		v.Groups[i] = named{ID: g.Id, Name: g.Name()}
	}
	return nil
}

func describe(app core.App, p *access.Person, loads map[string]int) colleague {
	return colleague{
		ID: p.ID, Name: p.Nickname, Avatar: p.Avatar, Presence: routing.Presence(app, p), PresenceReason: p.PresenceReason,
		Load: loads[p.ID], Cap: p.Cap, Groups: append([]string{}, p.Groups...), Answers: p.May(access.ConversationsReply),
	}
}

func (v *deskView) fillWords(e *core.RequestEvent, p *access.Person) error {
	tags, err := customers.AllTags(e.App)
	if err != nil {
		return err
	}
	v.Tags = make([]tagView, len(tags))
	for i, t := range tags {
		v.Tags[i] = tagView{ID: t.Id, Name: t.Name(), Colour: t.Colour()}
	}
	replies, err := quickreplies.For(e.App, p)
	if err != nil {
		return err
	}
	v.QuickReplies = make([]quickReplyView, len(replies))
	for i, q := range replies {
		v.QuickReplies[i] = viewQuickReply(q)
	}
	return nil
}

func (v *deskView) fillFields(e *core.RequestEvent, _ *access.Person) error {
	fields, err := customers.AllFields(e.App)
	if err != nil {
		return err
	}
	v.Fields = make([]fieldView, len(fields))
	for i, f := range fields {
		v.Fields[i] = fieldView{ID: f.Id, Name: f.Name(), Kind: f.Kind(), Options: f.Options(), Personal: f.Personal()}
	}
	return nil
}

func (v *deskView) fillChannels(e *core.RequestEvent, _ *access.Person) error {
	all, err := channels.All(e.App)
	if err != nil {
		return err
	}
	v.Channels = make([]channelView, len(all))
	for i, c := range all {
		v.Channels[i] = viewChannel(c)
	}
	return nil
}

func viewChannel(c *channels.Channel) channelView {
	return channelView{ID: c.Id, Name: c.Name(), Kind: c.Kind()}
}
