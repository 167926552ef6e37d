package access

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/crypto/bcrypt"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	leastPassword = 8
	mostPassword  = 71  // bytes; bcrypt reads no more
	mostGuess     = 255 // bytes of a password that is worth comparing
)

// common are passwords that a guesser tries first, in what is typed in China
// and elsewhere. What a meter calls strong is still up to the person.
var common = []string{
	"password", "password1", "password123", "passw0rd", "p@ssw0rd", "qwertyui", "qwertyuiop", "qwer1234", "1q2w3e4r", "1qaz2wsx",
	"q1w2e3r4", "zaq12wsx", "asdfghjkl", "zxcvbnm1", "abcd1234", "a1234567", "a12345678", "a123456789", "aa123456", "aa12345678",
	"abc12345", "abc123456", "admin123", "admin888", "administrator", "letmein1", "iloveyou", "iloveyou1", "welcome1", "welcome123",
	"woaini1314", "woaini520", "woaini521", "5201314a", "52013140", "wang1234", "zhang123", "taobao123", "xiaoer123", "xiaoer1234",
	"kefu1234", "kefu12345", "dianzhu123", "changeme", "changeme1", "test1234", "football", "baseball", "princess", "sunshine",
	"11223344", "12341234", "12344321", "12345678", "123456789", "1234567890", "147258369", "123123123", "87654321", "987654321",
	"0987654321", "88888888", "66666666", "31415926", "13145200", "5201314520",
}

// validPassword checks the password that is being set.
func validPassword(_ core.App, s *Staff) error {
	password := s.newPassword()
	if password == "" {
		return nil // it stays, or PocketBase says that it is missing
	}
	return CheckPassword(password, s.Nickname(), s.Email(), s.Phone())
}

// CheckPassword refuses what is too short, what everybody guesses, and what is
// like the person's own name or address.
func CheckPassword(password string, own ...string) error {
	switch {
	case utf8.RuneCountInString(password) < leastPassword:
		return fail.New(fail.Invalid, "access.password_short", "Least", leastPassword).On("password")
	case len(password) > mostPassword:
		return fail.New(fail.Invalid, "access.password_long", "Most", mostPassword).On("password")
	}
	lower := strings.ToLower(password)
	if slices.Contains(common, lower) || monotonous(lower) {
		return fail.New(fail.Invalid, "access.password_common").On("password")
	}
	for _, word := range own {
		word, _, _ = strings.Cut(strings.ToLower(word), "@")
		if len(word) >= 3 && strings.Contains(lower, word) && len(lower)-len(word) < 5 {
			return fail.New(fail.Invalid, "access.password_own").On("password")
		}
	}
	return nil
}

// monotonous is one sign over and over, or a run such as 23456789 or hgfedcba.
func monotonous(s string) bool {
	r := []rune(s)
	step := r[1] - r[0]
	if step < -1 || step > 1 {
		return false
	}
	for i := 2; i < len(r); i++ {
		if r[i]-r[i-1] != step {
			return false
		}
	}
	return true
}

// nobody is compared with when there is no such account, so that the answer
// takes as long. The cost is that of PocketBase's password field.
var nobody = sync.OnceValue(func() []byte {
	hash, err := bcrypt.GenerateFromPassword([]byte("nobody has this one"), bcrypt.DefaultCost)
	if err != nil {
		panic(err) // only a wrong cost could be the reason
	}
	return hash
})

// authenticate returns who has this identity and password. Unknown, disabled
// and mistaken all give the same answer after the same work.
func authenticate(app core.App, identity, password string) (*Staff, error) {
	wrong := fail.New(fail.Unauthorized, "access.sign_in_wrong").On("password")
	if len(identity) > mostGuess || len(password) > mostGuess {
		return nil, wrong
	}
	s, err := StaffByIdentity(app, identity)
	if err != nil || s.Disabled() {
		_ = bcrypt.CompareHashAndPassword(nobody(), []byte(password))
		if err != nil && fail.Of(err).Kind.Retry() {
			return nil, err
		}
		return nil, wrong
	}
	if !s.ValidatePassword(password) {
		return nil, wrong
	}
	return s, nil
}
