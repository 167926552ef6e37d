package disk_test

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/disk"
)

// Whoever comes first has made it, whoever replaces it has the last word, and nothing
// else is left beside it.
func TestCreateAndReplace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	var wg sync.WaitGroup
	seen := make([]string, 20)
	for i := range seen {
		wg.Go(func() {
			if err := disk.Create(path, []byte(strconv.Itoa(i))); err != nil {
				t.Error(err)
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Error(err)
			}
			seen[i] = string(content)
		})
	}
	wg.Wait()
	for _, s := range seen {
		if s == "" || s != seen[0] {
			t.Errorf("they have seen %q", seen)
			break
		}
	}
	if err := disk.Replace(path, []byte("another")); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	info, wrong := os.Stat(path)
	if err != nil || wrong != nil || string(content) != "another" || info.Mode().Perm() != 0o600 {
		t.Errorf("%q, %v, %v, %v", content, info, err, wrong)
	}
	if err := disk.Replace(filepath.Join(dir, "none", "key"), nil); err == nil {
		t.Error("a folder that is not there took a file")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}
