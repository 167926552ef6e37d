package customers

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

const shortestTail = 4 // digits of a phone number: fewer would find anybody

// Find looks for customers by a part of their name, the end of their phone number,
// the beginning of their e-mail address, or their id in the shop's own data, the
// ones who were known last first. Who may see them is for the caller to ask.
func Find(app core.App, query string, most int64) ([]*Customer, error) {
	query = line(query)
	if utf8.RuneCountInString(query) == 0 || utf8.RuneCountInString(query) > longestName {
		return nil, nil
	}
	like := dbx.Params{"has": "%" + literal(query) + "%", "begins": literal(query) + "%", "is": query, "ends": "%" + digits(query)}
	wheres := []dbx.Expression{dbx.NewExp(`name LIKE {:has} ESCAPE '\' OR external_id = {:is} OR id IN (SELECT customer FROM contacts WHERE name LIKE {:has} ESCAPE '\' OR identity = {:is})`, like)}
	if strings.Contains(query, "@") {
		wheres = append(wheres, dbx.NewExp(`email LIKE {:begins} ESCAPE '\' OR said_email LIKE {:begins} ESCAPE '\'`, like))
	}
	if len(digits(query)) >= shortestTail && digits(query) == bare(query) {
		wheres = append(wheres, dbx.NewExp("replace(replace(phone, ' ', ''), '-', '') LIKE {:ends} OR replace(replace(said_phone, ' ', ''), '-', '') LIKE {:ends}", like))
	}
	var list []*Customer
	err := app.RecordQuery(Customers).AndWhere(dbx.NewExp("merged = ''")).AndWhere(dbx.Or(wheres...)).OrderBy("created DESC", "id").Limit(most).All(&list)
	if err != nil {
		return nil, fmt.Errorf("find customers: %w", err)
	}
	return list, nil
}

// literal is text in which LIKE finds no sign of its own.
func literal(text string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text)
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// bare is a number without what people write between its digits.
func bare(number string) string {
	return strings.NewReplacer(" ", "", "-", "", "+", "").Replace(number)
}
