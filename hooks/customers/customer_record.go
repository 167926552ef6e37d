package customers

import (
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// Customers is where customers are kept.
const Customers = "customers"

var _ core.RecordProxy = (*Customer)(nil)

// Customer is a person, on however many channels.
type Customer struct{ core.BaseRecordProxy }

// customerTrail: what visitors and the program itself do to customers is
// traffic, here as with contacts, and no act.
var customerTrail = audit.Fields{
	Personal: []string{"external_id", "name", "avatar", "phone", "email", "said_phone", "said_email", "region"}, Members: "custom",
	Links: map[string]string{"dedicated": access.Collection, "merged": Customers}, Turns: map[string][2]string{"merged": {"merged", "unmerged"}},
	By: []audit.ActorKind{audit.Staff, audit.Dashboard, audit.Command},
}

// ofCustomer finds what belongs to a customer: contacts, notes.
func ofCustomer(id string) dbx.Expression {
	return dbx.NewExp("customer = {:customer}", dbx.Params{"customer": id})
}

func newCustomer(app core.App) (*Customer, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Customers)
	if err != nil {
		return nil, err
	}
	c := &Customer{}
	c.SetProxyRecord(core.NewRecord(collection))
	return c, nil
}

func wrapCustomer(r *core.Record) *Customer {
	c := &Customer{}
	c.SetProxyRecord(r)
	return c
}

// ExternalID is the customer's id in the shop's own data, "" while unknown there.
func (c *Customer) ExternalID() string { return c.GetString("external_id") }

// Name is what staff or the shop's site call the customer; "" where nobody has
// named them yet.
func (c *Customer) Name() string { return c.GetString("name") }

// Avatar is the address of a picture on this server, or "".
func (c *Customer) Avatar() string { return local(c.GetString("avatar")) }

// picture is the address of a picture wherever it lies, as the shop's site has told
// it.
func (c *Customer) picture() string { return c.GetString("avatar") }

// Phone is in full; who may see it so is for the caller to ask.
func (c *Customer) Phone() string { return c.GetString("phone") }

// Email is the mail address, or "".
func (c *Customer) Email() string { return c.GetString("email") }

// Said is how the visitor says that they can be reached: nobody has checked it.
func (c *Customer) Said() Said {
	return Said{Phone: c.GetString("said_phone"), Email: c.GetString("said_email")}
}

// Region is where the customer lives, in the shop's words.
func (c *Customer) Region() string { return c.GetString("region") }

// Level is the membership level, in the shop's words.
func (c *Customer) Level() string { return c.GetString("level") }

// DistributorLevel is what the customer is among the shop's distributors, in the
// shop's words; "" for who is none.
func (c *Customer) DistributorLevel() string { return c.GetString("distributor_level") }

// Dedicated is the id of the member of staff whose customer this is, "" for
// nobody's. They may have left: who looks after the customer is for people to
// decide anew.
func (c *Customer) Dedicated() string { return c.GetString("dedicated") }

// Custom is what the customer has in the shop's own fields, by the field's id.
func (c *Customer) Custom() map[string]string {
	custom := map[string]string{}
	if err := c.UnmarshalJSONField("custom", &custom); err != nil || custom == nil {
		return map[string]string{}
	}
	return custom
}

// Merged is the id of the customer whom this one turned out to be, "" for who is
// somebody of their own.
func (c *Customer) Merged() string { return c.GetString("merged") }

// Tags are the ids of the customer's tags.
func (c *Customer) Tags() []string { return c.GetStringSlice("tags") }

// Created is when the customer was first known.
func (c *Customer) Created() types.DateTime { return c.GetDateTime("created") }

func (c *Customer) knownAs(externalID string) { c.Set("external_id", externalID) }

// introduce gives a name and a picture to a customer who has none: what the
// shop's site says does not overrule what staff have written.
func (c *Customer) introduce(name, avatar string) {
	if c.Name() == "" {
		c.Set("name", cut(name, longestName))
	}
	if address := remote(avatar); address != "" {
		c.Set("avatar", address)
	}
}

func (c *Customer) change(to Change) {
	set := func(field string, value *string) {
		if value != nil {
			c.Set(field, line(*value))
		}
	}
	set("name", to.Name)
	set("phone", to.Phone)
	set("email", to.Email)
	set("region", to.Region)
	set("level", to.Level)
	set("distributor_level", to.DistributorLevel)
	set("dedicated", to.Dedicated)
	if to.Tags != nil {
		c.Set("tags", *to.Tags)
	}
	for id, value := range to.Custom {
		c.put(customKey+id, value)
	}
	c.believe(to.Said)
}

// mergeable are the fields of which a merge chooses one side's, beside the
// shop's own.
var mergeable = []string{FieldName, FieldPhone, FieldEmail, "region", "level", "distributor_level", "dedicated"}

// value is what the customer has in a field, the shop's own included.
func (c *Customer) value(field string) string {
	if id, ok := CustomID(field); ok {
		return c.Custom()[id]
	}
	return c.GetString(field)
}

// put writes into a field, the shop's own included.
func (c *Customer) put(field, value string) {
	value = line(value)
	id, ok := CustomID(field)
	if !ok {
		c.Set(field, value)
		return
	}
	custom := c.Custom()
	if custom[id] = value; value == "" {
		delete(custom, id)
	}
	c.Set("custom", custom)
}

// bear gives c more tags, each once.
func (c *Customer) bear(tags []string) { c.Set("tags", append(c.Tags(), tags...)) } // the field drops doubles

func (c *Customer) shed(tags []string) {
	c.Set("tags", slices.DeleteFunc(c.Tags(), func(tag string) bool { return slices.Contains(tags, tag) }))
}

// mergeInto says that c turned out to be another customer; "" that they are not.
func (c *Customer) mergeInto(other string) { c.Set("merged", other) }

// forgetAll leaves nothing of c but who they are in the shop's own data.
func (c *Customer) forgetAll() {
	for _, field := range append([]string{"avatar", "said_phone", "said_email"}, mergeable...) {
		c.Set(field, "")
	}
	c.Set("custom", map[string]string{})
	c.Set("tags", []string{})
}

// believe makes what the visitor has said of a field the customer's own. What is
// the customer's own by whatever way needs no mention beside it.
func (c *Customer) believe(field string) {
	said := c.Said()
	if field == FieldPhone && said.Phone != "" {
		c.Set("phone", said.Phone)
	}
	if field == FieldEmail && said.Email != "" {
		c.Set("email", said.Email)
	}
	if said.Phone == c.Phone() {
		c.Set("said_phone", "")
	}
	if said.Email == c.Email() {
		c.Set("said_email", "")
	}
}

// absorb takes over from another customer what c does not know itself.
func (c *Customer) absorb(other *Customer) {
	fields := mergeable
	for id := range other.Custom() {
		fields = append(slices.Clip(fields), customKey+id)
	}
	for _, field := range fields {
		if c.value(field) == "" {
			c.put(field, other.value(field))
		}
	}
	for field, said := range map[string]string{"said_phone": other.Said().Phone, "said_email": other.Said().Email} {
		if said != "" { // the newer word
			c.Set(field, said)
		}
	}
	c.bear(other.Tags())
}
