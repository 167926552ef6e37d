package export

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

// What data.json says of itself.
const (
	format  = "xiaoer.customer"
	version = 1
)

// copied is a copy that is being written.
type copied struct {
	*customers.ExportEvent
	told told
	now  time.Time
	by   string // who hands it out, by nickname
	shop string

	zip  *zip.Writer
	made manifest
}

// head is what data and manifest begin with.
type head struct {
	Format   string `json:"format"`
	Version  int    `json:"version"`
	Made     string `json:"made"`
	Shop     string `json:"shop"`
	Language string `json:"language"`
}

type manifest struct {
	head
	Customer string         `json:"customer"`
	Rows     map[string]int `json:"rows"`
	Files    []listed       `json:"files"`
	Missing  []string       `json:"missing,omitempty"` // what was sent and is not there any more, or cannot be read
	Damaged  []string       `json:"damaged,omitempty"` // what is not as it was sent
}

type listed struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// write writes all of it.
func (c *copied) write(ctx context.Context, to io.Writer) error {
	c.zip = zip.NewWriter(to)
	c.made = manifest{head: head{format, version, clock.Wire(c.now), c.shop, c.Say.Language}, Customer: c.told.Customer, Rows: map[string]int{files.Collection: 0}}
	for _, step := range []func(context.Context) error{c.pages, c.data, c.files, c.list} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if err := c.zip.Close(); err != nil {
		return fmt.Errorf("end of the zip: %w", err)
	}
	return nil
}

// put adds a file whose bytes fill writes.
func (c *copied) put(name string, at time.Time, method uint16, fill func(io.Writer) error) (listed, error) {
	w, err := c.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: at.In(c.Zone)})
	if err != nil {
		return listed{}, fmt.Errorf("%s: %w", name, err)
	}
	m := meter{to: w, sum: sha256.New()}
	if err = fill(&m); err != nil {
		return listed{}, fmt.Errorf("%s: %w", name, err)
	}
	one := listed{name, m.n, hex.EncodeToString(m.sum.Sum(nil))}
	c.made.Files = append(c.made.Files, one)
	return one, nil
}

// meter counts and digests what goes through.
type meter struct {
	to  io.Writer
	sum hash.Hash
	n   int64
}

func (m *meter) Write(p []byte) (int, error) {
	n, err := m.to.Write(p)
	_, _ = m.sum.Write(p[:n]) // a hash takes everything
	m.n += int64(n)
	return n, err
}

// data writes data.json.
func (c *copied) data(ctx context.Context) error {
	_, err := c.put("data.json", c.now, zip.Deflate, func(w io.Writer) error {
		begin, err := json.Marshal(c.made.head)
		if err != nil {
			return err
		}
		if _, err = w.Write(begin[:len(begin)-1]); err != nil {
			return err
		}
		for _, p := range c.Parts {
			if c.made.Rows[p.Name], err = part(ctx, w, p); err != nil {
				return fmt.Errorf("%s: %w", p.Name, err)
			}
		}
		_, err = io.WriteString(w, "}\n")
		return err
	})
	return err
}

// part writes one as a member of the object that has begun, and counts its rows.
func part(ctx context.Context, w io.Writer, p customers.Part) (n int, err error) {
	before, after := "[\n", "]"
	if p.One {
		before, after = "", ""
	}
	if _, err = fmt.Fprintf(w, ",\n%q:%s", p.Name, before); err != nil {
		return 0, err
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for row, wrong := range p.Rows {
		if err = errors.Join(wrong, ctx.Err()); err != nil {
			return n, err
		}
		if row.Data == nil {
			continue
		}
		if n++; n > 1 {
			if _, err = io.WriteString(w, ","); err != nil {
				return n, err
			}
		}
		if err = out.Encode(row.Data); err != nil {
			return n, err
		}
	}
	_, err = io.WriteString(w, after)
	return n, err
}

// files writes what was sent, as it is: pictures do not get smaller.
func (c *copied) files(ctx context.Context) error {
	for _, contact := range c.Contacts {
		for f, err := range files.SentIn(c.App, contact.Id) {
			if err = errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			if err = c.file(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// file writes one. What cannot be opened or begun is missing; what cannot be read to
// its end is as far as it goes, and not as it was sent: what has begun in a zip cannot be
// taken back.
func (c *copied) file(f *files.File) error {
	from, err := files.Open(c.App, f)
	if err == nil {
		defer func() { _ = from.Close() }()
	}
	readable := bufio.NewReader(from)
	if err == nil {
		if _, err = readable.Peek(1); errors.Is(err, io.EOF) {
			err = nil
		}
	}
	if disk.Lost(err) {
		c.made.Missing = append(c.made.Missing, f.FiledAs())
		return nil
	}
	if err != nil {
		return err
	}
	one, err := c.put(f.FiledAs(), f.Created().Time(), zip.Store, func(w io.Writer) error {
		_, failed := io.Copy(w, readable)
		if disk.Lost(failed) {
			return nil
		}
		return failed
	})
	c.made.Rows[files.Collection]++
	if err == nil && one.SHA256 != f.SHA256() {
		c.made.Damaged = append(c.made.Damaged, one.Path)
	}
	return err
}

// list writes the manifest, last of all. Of who was erased meanwhile there is no
// whole copy any more.
func (c *copied) list(context.Context) error {
	if _, err := customers.Now(c.App, c.Customer.Id); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(c.made, "", "  ")
	if err != nil {
		return err
	}
	_, err = c.put("manifest.json", c.now, zip.Deflate, func(w io.Writer) error {
		_, failed := w.Write(raw)
		return failed
	})
	return err
}
