package web

import (
	"context"
	"io"

	"github.com/a-h/templ"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

func problem(e *core.RequestEvent, f *fail.Error, status int, id string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, f.Text(Language(e))+" "+id)
		return err
	})
}
