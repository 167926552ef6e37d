package faults_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// cases are those of what must hold when things go wrong that are proven here,
// or beside the code that they are about: what is claimed, and the tests that
// hold it, by their folder under hooks. A row and the comments above its tests
// name each other.
var cases = []struct{ id, claim, tests string }{
	{"C01", "killed under load", "faults.TestKilledUnderLoad"},
	{"C02", "killed between commit and ack", "faults.TestKilledBetweenCommitAndAck"},
	{"C03", "killed while starting", "faults.TestKilledAtTheStart"},
	{"C04", "power cut", "faults.TestPowerCut faults.TestPowerCutOnADrive"},
	{"C05", "torn log", "faults.TestPowerCut faults.TestTornLog"},
	{"C06", "reads, writes and syncs fail", "faults.TestDiskFails faults.TestDiskCannotBeRead"},
	{"C07", "disk full and back", "faults.TestDiskFullAndBack files.TestBallastGoesWhenTheDiskIsFull"},
	{"C08", "disk full during an upload", "faults.TestDiskFullAndBack files.TestFullDiskLeavesNothingAndAsksForRetry"},
	{"C09", "no descriptors or inodes left", "faults.TestDescriptorsAreGone faults.TestInodesAreGone"},
	{"C10", "database locked by another process", "faults.TestLockedByAnotherProcess"},
	{"C11", "the clock is set", "faults.TestClockIsSet faults.TestClockFreesNobody replica.TestUploadsAreCopiedWhateverTheClock"},
	{"C12", "retries", "faults.TestRetriesAreOne"},
	{"C13", "ids that are misused", "faults.TestNamesOfMessagesAreChecked"},
	{"C14", "a file is as durable as its message", "faults.TestPowerCut faults.TestPowerCutOnADrive"},
	{"C15", "one order", "faults.TestCutAtAnyByte"},
	{"C16", "resume at any byte", "faults.TestCutAtAnyByte"},
	{"C17", "what happens between loading and hearing", "faults.TestLoadedAndHeardIsAll"},
	{"C18", "cursors that are none", "faults.TestPlacesThatAreNone"},
	{"C19", "away for a month", "faults.TestAwayForAMonth"},
	{"C20", "backed up under load", "faults.TestBackedUpUnderLoad backup.TestBackupBesideAMovingShop"},
	{"C21", "a restore is interrupted, or of something else", "backup.TestInterruptedRestoreIsOldOrNew backup.TestForeignArchivesAreRefused backup.FuzzArchive journeys.TestKilledRestoreIsOldOrNew conversations.TestAnotherDatabaseHasAnotherEpoch"},
	{"C22", "killed in a migration; older and newer", "faults.TestKilledInMigration backup.TestABackupOfAnOlderProgramIsBroughtUpToDate"},
	{"C23", "drain", "faults.TestStoppedUnderLoad"},
	{"C24", "a herd comes back", "faults.TestAHerdComesBack"},
	{"C25", "slow readers", "faults.TestWhoDoesNotRead"},
	{"C26", "frozen and half-open peers", "faults.TestWhoDoesNotRead faults.TestFrozenProgramGoesOn"},
	{"C27", "bits turn over", "faults.TestBitsTurnOver conversations.TestWhatIsStoredProvesItself backup.TestDamageIsNamed backup.TestFlippedByteIsFound"},
	{"C28", "memory, leaks and long readers", "faults.TestWhatComesGoesAgain"},
	{"C29", "what visitors write runs nowhere and is read as it was written", "journeys.TestHostileWordsAreShownAndDoNothing journeys.TestHostileWordsInEveryField"},
	{"C30", "what staff write runs nowhere", "journeys.TestHostileWordsInEveryField"},
	{"C31", "links lead where they say, to nothing that runs, and load nothing by themselves", "journeys.TestHostileWordsAreShownAndDoNothing journeys/chatcore.TestLinksAreHarmlessWhateverIsWritten"},
	{"C32", "no markup of anybody's becomes markup of ours", "journeys.TestHostileWordsAreShownAndDoNothing journeys.TestHostileWordsInEveryField"},
	{"C33", "no upload is ever a page", "hooks.TestUploadsAreNeverPages files.TestTypeIsByContentAndNameMustAgree"},
	{"C34", "names of files stay names", "hooks.TestNamesOfFilesStayNames files.FuzzName journeys.TestHostileWordsInEveryField"},
	{"C35", "a letter is one letter, and leads home", "mail.TestALetterIsOneLetter access.TestLinkToANewPasswordWorksOnce"},
	{"C36", "no list that is handed out is a program", "hooks.TestListsAreSafeToOpen sheets.TestExportsAreSafeAndReadBack sheets.FuzzRoundTrip"},
	{"C37", "what is searched for is only ever searched for", "hooks.TestAddressesAreReadAsTheyAre hooks.TestSearchFindsWhatStandsThere"},
	{"C38", "only documented placeholders are filled in", "hooks.TestOnlyWhatIsDocumentedIsFilledIn journeys/chatcore.TestWhatTheChatCoreStandsOnHolds journeys.TestHostileWordsInEveryField"},
	{"C39", "other pages speak to the chat, and to the widget, in vain", "journeys.TestForeignPagesSayWhatTheyLikeToTheChat journeys.TestOthersSpeakToTheWidget"},
	{"C40", "text is kept as it is", "hooks.TestTextIsKeptAsItIs faults.TestFramesThatAreNone journeys.TestHostileWordsAreShownAndDoNothing"},
	{"C67", "frames that are none, too large or too many", "faults.TestFramesThatAreNone faults.TestOneVisitorFloods"},
	{"C68", "inflated frames", "faults.TestFramesThatAreNone"},
	{"C69", "who says nothing, or slowly", "faults.TestWhoSaysNothingIsSentAway"},
	{"C70", "one visitor, or one address, floods", "faults.TestOneVisitorFloods faults.TestOneAddressFloods protocol.TestLimitOfSendsIsARetry"},
	{"C71", "pictures that are bombs", "faults.TestPicturesThatAreBombs files.TestPixelBombCostsNoMemory"},
	{"C72", "bodies that are bombs", "faults.TestBodiesThatAreBombs hooks.TestNoRouteIsHurtByBombs"},
	{"C73", "reading words costs nothing, whatever they are", "journeys/chatcore.TestNoExpressionChokes journeys/chatcore.TestLinksAreHarmlessWhateverIsWritten"},
	{"C74", "questions that cost the database", "faults.TestCostlyReads hooks.TestAddressesAreReadAsTheyAre"},
	{"C75", "what we stand on does not answer", "mail.TestAMailServerThatNeverAnswers outbox.TestFailuresAreTriedAgainInOrder"},
	{"C76", "quotas, and what is swept", "protocol.TestUploadsEndAtTheQuota files.TestSweep customers.TestSweep"},
	{"C77", "a panic costs what it happens in; one request is one", "hooks.TestGoroutinesRecover web.TestPanicIsAFaultOfOneRequest web.TestLeftoverBodyIsNoRequest web.TestAmbiguousRequestsAreOne rounds.TestRoundsGoOnWhateverComesOfOne live.TestNothingIsToldOfThoseWhoGoAtTheEnd outbox.TestFailuresAreTriedAgainInOrder conversations.TestARefusalSparesTheOthersOfItsBatch ops.TestLoggedErrorsAreCounted"},
}

// elsewhere are cases that the tests of one package hold as a whole: backup's.
var elsewhere = []string{"C20", "C21"}

// caseID finds a case in a comment.
var caseID = regexp.MustCompile(`\bC[0-9]{2}\b`)

// allTests are all tests and fuzz targets under hooks, with the comments above them.
func allTests(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel("..", filepath.Dir(file))
		if folder == "." {
			folder = "hooks"
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && (strings.HasPrefix(f.Name.Name, "Test") || strings.HasPrefix(f.Name.Name, "Fuzz")) {
				all[filepath.ToSlash(folder)+"."+f.Name.Name] = f.Doc.Text()
			}
		}
		return err
	})
	must(t, err)
	return all
}

// Every case has its tests, every test that is named exists and says so itself,
// and none says so that is not named.
func TestEveryCaseHasItsTests(t *testing.T) {
	t.Parallel()
	all := allTests(t)
	rows := map[string][]string{}
	for i, c := range cases {
		rows[c.id] = strings.Fields(c.tests)
		if c.claim == "" || len(rows[c.id]) == 0 || i > 0 && c.id <= cases[i-1].id {
			t.Errorf("%s: a row in its place has a claim and a test", c.id)
		}
		for _, name := range rows[c.id] {
			if comment, there := all[name]; !there {
				t.Errorf("%s: there is no %s", c.id, name)
			} else if !slices.Contains(caseID.FindAllString(comment, -1), c.id) {
				t.Errorf("%s: the comment above %s does not name it", c.id, name)
			}
		}
	}
	for n := 1; n <= 77; n++ {
		if id := fmt.Sprintf("C%02d", n); (n <= 40 || n >= 67) && rows[id] == nil && !slices.Contains(elsewhere, id) {
			t.Errorf("%s has no test", id)
		}
	}
	for name, comment := range all {
		for _, id := range caseID.FindAllString(comment, -1) {
			if tests, held := rows[id]; held && !slices.Contains(tests, name) {
				t.Errorf("%s names %s, whose row does not name it", name, id)
			}
		}
	}
}
