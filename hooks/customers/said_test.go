package customers_test

import (
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
)

// What a visitor says of themselves stands beside what the shop knows, until
// somebody of the staff takes it over.
func TestWhatAVisitorSaysIsNotTheCustomersOwn(t *testing.T) {
	t.Parallel()
	app := open(t)
	c := app.arrive(customers.Arrival{})
	id, err := customers.EnsureCustomer(app, c.Id)
	if err != nil {
		t.Fatal(err)
	}
	known := "139 0000 1111"
	if _, err = customers.Edit(app, id, customers.Change{Phone: &known}); err != nil {
		t.Fatal(err)
	}
	now := func() *customers.Customer {
		t.Helper()
		now, lost := customers.ByID(app, id)
		if lost != nil {
			t.Fatal(lost)
		}
		return now
	}
	said := customers.Said{Phone: "138 1234 6027", Email: "wang@example.com"}
	if err = customers.Reach(app, id, said); err != nil {
		t.Fatal(err)
	}
	if got := now(); got.Phone() != known || got.Email() != "" || got.Said() != said {
		t.Errorf("phone %q, email %q, said %v", got.Phone(), got.Email(), got.Said())
	}
	if err = customers.Reach(app, id, customers.Said{Phone: known}); err != nil || now().Said() != said {
		t.Errorf("what is known needs no mention: %v, %v", now().Said(), err)
	}
	for _, field := range []string{"said_phone", "said_email"} {
		if value, wrong := customers.Reveal(audit.By(app.TestApp, audit.AtTheMachine()), id, field, "联系客户"); wrong != nil || value == "" {
			t.Errorf("%s in full: %q, %v", field, value, wrong)
		}
	}
	if _, err = customers.Edit(app, id, customers.Change{Said: customers.FieldEmail}); err != nil {
		t.Fatal(err)
	}
	if got := now(); got.Email() != said.Email || got.Said() != (customers.Said{Phone: said.Phone}) {
		t.Errorf("email %q, said %v", got.Email(), got.Said())
	}
	if _, err = customers.Edit(app, id, customers.Change{Phone: &said.Phone}); err != nil || now().Said() != (customers.Said{}) {
		t.Errorf("typed by hand it is still said only: %v, %v", now().Said(), err)
	}
}
