package backup

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write acting.sql anew")

// What is written down of the triggers is what the migrations make.
//
//	go test ./hooks/backup -run TestOwnTriggers -update
func TestOwnTriggersAreWrittenDown(t *testing.T) {
	t.Parallel()
	var list []string
	if err := shop(t).DB().NewQuery(acting).Column(&list); err != nil || len(list) == 0 {
		t.Fatalf("%v, %v", list, err)
	}
	made := strings.Join(list, between) + "\n"
	if *update {
		if err := os.WriteFile("acting.sql", []byte(made), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if made != ownActing {
		t.Errorf("the migrations make\n%s", made)
	}
}
