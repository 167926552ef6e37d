package backup

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"io/fs"
	"net"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// told is what a store answers instead of what it was asked for: PocketBase's
// client has it in words alone.
var told = regexp.MustCompile(`\b([345]\d\d) ([A-Za-z0-9]+)`)

const (
	notAllowed = "forbidden"
	elsewhere  = "region"
)

// codes are S3's, by what is to be done about them.
var codes = map[string][]string{
	"keys":     {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity", "InvalidTokenId"},
	notAllowed: {"AccessDenied", "AllAccessDisabled", "AccountProblem", "UserDisable"},
	"bucket":   {"NoSuchBucket", "InvalidBucketName"},
	elsewhere:  {"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"},
	"clock":    {"RequestTimeTooSkewed"},
}

// statuses are what a store means that has no such code; by their first digit
// where they are not named.
var statuses = map[string]string{"429": "busy", "5": "busy", "401": notAllowed, "403": notAllowed, "3": elsewhere}

// faults are those of this machine and the line, by the same; the first that
// fits counts.
var faults = []struct {
	key  string
	list []error
}{
	{"another", []error{replica.ErrAnother}},
	{"taken", []error{replica.ErrTaken}},
	{"vanished", []error{replica.ErrVanished}},
	{"broken", []error{replica.ErrBroken}},
	{"nothing", []error{replica.ErrNothing}},
	{"forgets", []error{replica.ErrForgets}},
	{"not_sealed", []error{errNotSealed}},
	{"changed", []error{errChanged}},
	{"newer", []error{ErrNewer}},
	{"foreign", []error{errForeign}},
	{"silent", []error{context.DeadlineExceeded}},
	{"refused", []error{syscall.ECONNREFUSED}},
	{"full", []error{syscall.ENOSPC}},
	{"folder", []error{syscall.ENOTDIR, fs.ErrNotExist}},
	{"rights", []error{fs.ErrPermission}},
	{"torn", []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE}},
}

const troubleOther = "backup.trouble_other"

// mostSaid is how much is told of what has no words of ours.
const mostSaid = 200

// trouble is what is wrong with a place, in words that say what to do.
func trouble(err error) *fail.Error {
	if f, ok := errors.AsType[*fail.Error](err); ok {
		return f
	}
	key := ofTheStore(err)
	for _, f := range faults {
		if key == "" && slices.ContainsFunc(f.list, func(is error) bool { return errors.Is(err, is) }) {
			key = f.key
		}
	}
	if key == "" {
		key = ofTheLine(err)
	}
	if key != "" {
		return fail.New(fail.Invalid, "backup.trouble_"+key).Because(err)
	}
	said, _, _ := strings.Cut(err.Error(), "\n")
	if runes := []rune(said); len(runes) > mostSaid {
		said = string(runes[:mostSaid]) + "…"
	}
	return fail.New(fail.Invalid, troubleOther, "Why", said).Because(err)
}

// ofTheStore is what a store said.
func ofTheStore(err error) string {
	answer := told.FindStringSubmatch(err.Error())
	if answer == nil {
		return ""
	}
	for key, list := range codes {
		if slices.Contains(list, answer[2]) {
			return key
		}
	}
	return cmp.Or(statuses[answer[1]], statuses[answer[1][:1]])
}

// ofTheLine is what has a type of its own, or words alone.
func ofTheLine(err error) string {
	_, unknown := errors.AsType[*net.DNSError](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case unknown:
		return "name"
	case untrusted, strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "tls"
	case strings.Contains(err.Error(), "database is locked"): // Litestream's words
		return "locked"
	}
	return ""
}

// why is the same as a part of a sentence.
func why(say locale.Speaker, err error) string {
	if u, ok := errors.AsType[*unsentError](err); ok {
		return say.T("backup.trouble_unsent", "Why", why(say, u.cause))
	}
	return trouble(err).Text(say.Language)
}

// NotInStep says why the warm copy is not.
func NotInStep(say locale.Speaker, err error) string {
	return say.T("backup.replica_failing", "Why", why(say, err))
}
