package customers

import (
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
	Personal: []string{"external_id", "name", "avatar", "phone", "email", "said_phone", "said_email"}, Links: map[string]string{"dedicated": access.Collection},
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
	c.believe(to.Said)
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
	for _, field := range []string{"name", "phone", "email", "region", "level", "distributor_level", "dedicated"} {
		if c.GetString(field) == "" {
			c.Set(field, other.GetString(field))
		}
	}
	for field, said := range map[string]string{"said_phone": other.Said().Phone, "said_email": other.Said().Email} {
		if said != "" { // the newer word
			c.Set(field, said)
		}
	}
	c.Set("tags", append(c.Tags(), other.Tags()...)) // the field drops doubles
}
