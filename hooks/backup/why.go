package backup

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"io/fs"
	"net"
	"regexp"
	"strings"
	"syscall"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// told is what a store answers instead of what it was asked for: PocketBase's
// client has it in words alone.
var told = regexp.MustCompile(`\b([345]\d\d) ([A-Za-z0-9]+)`)

// codes are S3's, by what is to be done about them.
var codes = map[string]string{
	"InvalidAccessKeyId": "keys", "SignatureDoesNotMatch": "keys", "InvalidSecurity": "keys", "InvalidTokenId": "keys",
	"AccessDenied": "forbidden", "AllAccessDisabled": "forbidden", "AccountProblem": "forbidden", "UserDisable": "forbidden",
	"NoSuchBucket": "bucket", "InvalidBucketName": "bucket",
	"PermanentRedirect": "region", "TemporaryRedirect": "region", "AuthorizationHeaderMalformed": "region", "IllegalLocationConstraintException": "region",
	"RequestTimeTooSkewed": "clock",
}

// faults are those of this machine and the line, by the same.
var faults = []struct {
	is  error
	key string
}{
	{replica.ErrAnother, "another"},
	{replica.ErrNothing, "nothing"},
	{replica.ErrForgets, "forgets"},
	{errNotSealed, "not_sealed"},
	{errChanged, "changed"},
	{ErrNewer, "newer"},
	{context.DeadlineExceeded, "silent"},
	{syscall.ECONNREFUSED, "refused"},
	{syscall.ENOSPC, "full"},
	{syscall.ENOTDIR, "folder"},
	{fs.ErrNotExist, "folder"},
	{fs.ErrPermission, "rights"},
	{io.EOF, "torn"},
	{io.ErrUnexpectedEOF, "torn"},
	{syscall.ECONNRESET, "torn"},
	{syscall.EPIPE, "torn"},
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
		if key == "" && errors.Is(err, f.is) {
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
	status, key := answer[1], codes[answer[2]]
	switch {
	case key != "":
		return key
	case status == "429" || status[0] == '5':
		return "busy"
	case status == "401" || status == "403":
		return "forbidden"
	case status[0] == '3':
		return "region"
	}
	return ""
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
