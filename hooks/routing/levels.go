package routing

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Whose levels there are, as fields.
const (
	ofCustomers    = "customers"
	ofDistributors = "distributors"
)

const (
	mostLevels = 50
	mostLevel  = 20 // characters of a level's name, as in a customer's profile
)

// CheckLevels reports the first thing that is wrong with the shop's levels, on the
// field of whose they are.
func CheckLevels(l settings.Levels) error {
	for field, list := range map[string][]settings.Level{ofCustomers: l.Customers, ofDistributors: l.Distributors} {
		if err := checkList(list); err != nil {
			return err.On(field)
		}
	}
	return nil
}

func checkList(list []settings.Level) *fail.Error {
	if len(list) > mostLevels {
		return fail.New(fail.Invalid, "routing.many_levels", "Most", mostLevels)
	}
	for i, l := range list {
		if strings.TrimSpace(l.Name) == "" || utf8.RuneCountInString(l.Name) > mostLevel {
			return fail.New(fail.Invalid, "routing.level_name", "Most", mostLevel)
		}
		if _, twice := settings.FindLevel(list[:i], l.Name); twice {
			return fail.New(fail.Invalid, "routing.level_twice", "Level", l.Name)
		}
		if err := within(l.Start, time.Minute, 0, MostHeadStart); err != nil {
			return err
		}
	}
	return nil
}
