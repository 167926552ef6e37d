package replica

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"
)

// store is an S3-compatible store on the loopback, as far as a replica needs one.
type store struct {
	*httptest.Server
	mu      sync.Mutex
	objects map[string]object
	down    bool
}

type object struct {
	content []byte
	changed time.Time
}

func newStore(t testing.TB) *store {
	t.Helper()
	s := &store{objects: map[string]object{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *store) address() Address {
	return Address{To: "s3://shop/warm?region=r&style=path&endpoint=" + s.URL, Key: "key", Secret: "secret"}
}

// refuse says whether it answers.
func (s *store) refuse(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/shop"), "/")
	o, there := s.objects[name]
	switch {
	case s.down:
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.Method == http.MethodPut:
		s.objects[name] = object{body, time.Now()}
	case r.Method == http.MethodDelete:
		delete(s.objects, name)
		w.WriteHeader(http.StatusNoContent)
	case name == "":
		s.list(w, r.URL.Query().Get("prefix"))
	case !there:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Header().Set("Last-Modified", o.changed.UTC().Format(http.TimeFormat))
		_, _ = w.Write(o.content)
	}
}

func (s *store) list(w http.ResponseWriter, prefix string) {
	type contents struct {
		Key, LastModified string
		Size              int
	}
	answer := struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []contents
	}{}
	for name, o := range s.objects {
		if strings.HasPrefix(name, prefix) {
			answer.Contents = append(answer.Contents, contents{name, o.changed.UTC().Format(time.RFC3339Nano), len(o.content)})
		}
	}
	sort.Slice(answer.Contents, func(i, j int) bool { return answer.Contents[i].Key < answer.Contents[j].Key })
	_ = xml.NewEncoder(w).Encode(answer)
}
