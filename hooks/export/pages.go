package export

import (
	"archive/zip"
	"context"
	"io"
	"iter"

	"github.com/a-h/templ"

	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/static"
	"github.com/dianxiaoer/xiaoer/views/export"
)

// perPage is how many rows of a history a browser is given at once.
const perPage = 2000

// pages writes the pages: what is short on the first, and what may be long from
// there on.
func (c *copied) pages(ctx context.Context) error {
	css, err := static.Standalone("css/export.css")
	if err != nil {
		return err
	}
	rest, stop := ahead(c.long())
	defer stop()
	for p := (export.Page{Lang: c.Say.Language, Shop: c.shop, Number: 1, Facts: c.facts(), Style: string(css)}); ; p.Number++ {
		body := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			if p.Number == 1 {
				if failed := c.short(ctx, w); failed != nil {
					return failed
				}
			}
			for n := 0; n < perPage && rest.more; n++ {
				if failed := rest.render(ctx, w); failed != nil {
					return failed
				}
			}
			return export.Turn(p, rest.more).Render(ctx, w)
		})
		_, err = c.put(export.Name(p.Number), c.now, zip.Deflate, func(w io.Writer) error {
			return export.Document(p).Render(templ.WithChildren(ctx, body), w)
		})
		if err != nil || !rest.more {
			return err
		}
	}
}

// facts are what the first page says of the copy.
func (c *copied) facts() []export.Fact {
	say := c.Say
	return customers.Facts(say.T("export.made"), c.At(c.now)+" ("+c.Zone.String()+")", say.T("export.made_by"), c.by, say.T("export.number"), c.Customer.Id)
}

// short writes the parts that fit on a page.
func (c *copied) short(ctx context.Context, w io.Writer) error {
	for _, p := range c.Parts {
		if p.Long || p.Title == "" {
			continue
		}
		body := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			empty := true
			for row, err := range p.Rows {
				if err != nil {
					return err
				}
				empty = false
				if err = row.View.Render(ctx, w); err != nil {
					return err
				}
			}
			if empty {
				return export.None(c.Say.Language).Render(ctx, w)
			}
			return nil
		})
		if err := export.Section(p.Title, p.Count).Render(templ.WithChildren(ctx, body), w); err != nil {
			return err
		}
	}
	return nil
}

// long are the rows of the parts that may be long, one after another, each behind
// its title.
func (c *copied) long() iter.Seq2[customers.Row, error] {
	return func(yield func(customers.Row, error) bool) {
		for _, p := range c.Parts {
			if !p.Long {
				continue
			}
			if !yield(customers.Row{View: export.Title(p.Title, p.Count)}, nil) {
				return
			}
			for row, err := range p.Rows {
				if row.View == nil && err == nil {
					continue
				}
				if !yield(row, err) {
					return
				}
			}
		}
	}
}

// reader gives rows one by one, and knows whether there is another one.
type reader struct {
	next func() (customers.Row, error, bool)
	row  customers.Row
	err  error
	more bool
}

func ahead(rows iter.Seq2[customers.Row, error]) (r *reader, stop func()) {
	r = &reader{}
	r.next, stop = iter.Pull2(rows)
	r.row, r.err, r.more = r.next()
	return r, stop
}

// render writes the row, and looks for the one behind it.
func (r *reader) render(ctx context.Context, w io.Writer) error {
	if r.err != nil {
		return r.err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := r.row.View.Render(ctx, w); err != nil {
		return err
	}
	r.row, r.err, r.more = r.next()
	return nil
}
