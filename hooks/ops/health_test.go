package ops

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestHealthAsksWhetherTheDeskIsReady(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	if err := askReady(t.Context(), server.URL); err != nil {
		t.Error(err)
	}
	status = http.StatusServiceUnavailable
	if err := askReady(t.Context(), server.Listener.Addr().String()); err == nil {
		t.Error("a desk that is not ready passed")
	}
	server.Close()
	if err := askReady(t.Context(), server.URL); err == nil {
		t.Error("a desk that is not there passed")
	}
	for address, want := range map[string]string{
		"0.0.0.0:8090": "http://127.0.0.1:8090/readyz", "[::]:80": "http://127.0.0.1:80/readyz", ":80": "http://127.0.0.1:80/readyz",
		"10.0.0.1:80": "http://10.0.0.1:80/readyz", "https://kf.example.com/": "https://kf.example.com/readyz",
	} {
		if got := readyAddress(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
