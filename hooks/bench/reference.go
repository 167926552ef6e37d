package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks/client"
)

// The reference is the least that a durable chat can do: gorilla with small
// buffers behind PocketBase's router, prepared SQL, one writer that commits what
// has queued up with synchronous=FULL, an ack to the sender and the message to
// the other side. It speaks as much of the protocol as bench does, and knows
// nothing of rights, states, deadlines, search or audit. Its table is its own.

const (
	bareBatch   = 256
	bareSchema  = "CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, conversation TEXT NOT NULL, sender TEXT NOT NULL, client_id TEXT NOT NULL, text TEXT NOT NULL, time TEXT NOT NULL); CREATE UNIQUE INDEX IF NOT EXISTS by_client ON messages (sender, client_id); CREATE INDEX IF NOT EXISTS by_conversation ON messages (conversation, seq)"
	bareInsert  = "INSERT OR ABORT INTO messages (id, seq, conversation, sender, client_id, text, time) VALUES (?, ?, ?, ?, ?, ?, ?)"
	barePragmas = "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
)

type bareServer struct {
	db    *sql.DB
	posts chan *barePost
	seq   int64 // the writer's own

	mu     sync.Mutex
	agents []*barePeer
	turn   int
	served map[string]*bareChat // by the visitor's token
	chats  map[string]*bareChat // by id
}

type bareChat struct {
	id             string
	visitor, agent *barePeer
}

type barePeer struct {
	ws    *websocket.Conn
	mu    sync.Mutex // guards writing
	id    string
	staff bool
}

type barePost struct {
	message bareMessage
	sender  string
	client  string
	done    chan error
}

type bareMessage struct {
	ID           string     `json:"id"`
	Cursor       string     `json:"cursor"`
	Conversation string     `json:"conversation"`
	Time         string     `json:"time"`
	Kind         string     `json:"kind"`
	From         bareAuthor `json:"from"`
	Text         string     `json:"text"`
}

type bareAuthor struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

type bareFrame struct {
	Type         string       `json:"type"`
	ID           string       `json:"id,omitempty"`
	Token        string       `json:"token,omitempty"`
	Text         string       `json:"text,omitempty"`
	Cursor       string       `json:"cursor,omitempty"`
	You          *bareAuthor  `json:"you,omitempty"`
	Message      *bareMessage `json:"message,omitempty"`
	Conversation any          `json:"conversation,omitempty"`
	Code         string       `json:"code,omitempty"`
}

var bareUpgrader = websocket.Upgrader{
	ReadBufferSize: 1 << 10, WriteBufferSize: 4 << 10, WriteBufferPool: &sync.Pool{}, Subprotocols: []string{client.Subprotocol},
	CheckOrigin: func(*http.Request) bool { return true },
}

// referenceCommand is `xiaoer bench reference`, which bench starts itself.
func referenceCommand() *cobra.Command {
	var address string
	c := &cobra.Command{Use: bareName, Short: "The bare server that bench compares with", Args: cobra.NoArgs, Hidden: true}
	c.Flags().StringVar(&address, "http", "127.0.0.1:0", "where to listen")
	c.RunE = func(c *cobra.Command, _ []string) error {
		app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: c.Flag("dir").Value.String(), HideStartBanner: true})
		if err := app.Bootstrap(); err != nil {
			return err
		}
		db, err := sql.Open("sqlite", filepath.Join(app.DataDir(), "bench.db")+barePragmas)
		if err != nil {
			return err
		}
		db.SetMaxOpenConns(1)
		if _, err = db.ExecContext(c.Context(), bareSchema); err != nil {
			return err
		}
		b := &bareServer{db: db, posts: make(chan *barePost, 4096), served: map[string]*bareChat{}, chats: map[string]*bareChat{}}
		go b.write(c.Context())
		app.OnServe().BindFunc(func(e *core.ServeEvent) error {
			e.InstallerFunc = nil
			e.Router.GET("/readyz", func(e *core.RequestEvent) error { return e.NoContent(http.StatusNoContent) })
			e.Router.POST("/api/xiaoer/visitor", b.arrive)
			e.Router.POST("/api/collections/staff/auth-with-password", b.signIn)
			e.Router.GET("/ws", b.socket).Bind(apis.SkipSuccessActivityLog())
			return e.Next()
		})
		return apis.Serve(app, apis.ServeConfig{HttpAddr: address})
	}
	return c
}

func (b *bareServer) arrive(e *core.RequestEvent) error {
	token, one := security.RandomString(32), &bareChat{id: security.RandomString(15)}
	b.mu.Lock()
	b.served[token], b.chats[one.id] = one, one
	b.mu.Unlock()
	return e.JSON(http.StatusOK, map[string]any{"token": token, "cursor": "0", "contact": map[string]string{"id": one.id}})
}

func (b *bareServer) signIn(e *core.RequestEvent) error {
	var in struct{ Identity string }
	if err := e.BindBody(&in); err != nil {
		return err
	}
	return e.JSON(http.StatusOK, map[string]string{"token": in.Identity})
}

func (b *bareServer) socket(e *core.RequestEvent) error {
	ws, err := bareUpgrader.Upgrade(e.Response, e.Request, nil)
	if err == nil {
		go b.read(ws)
	}
	return nil // answered either way
}

func (b *bareServer) read(ws *websocket.Conn) {
	defer recovered()
	defer func() { _ = ws.Close() }()
	var p *barePeer
	for {
		_, raw, err := ws.ReadMessage()
		if err != nil {
			return
		}
		var in bareFrame
		if json.Unmarshal(raw, &in) != nil {
			return
		}
		switch {
		case in.Type == "hello":
			p = b.greet(ws, in.Token)
		case in.Type == "send" && p != nil:
			b.send(p, in)
		}
	}
}

func (b *bareServer) greet(ws *websocket.Conn, token string) *barePeer {
	b.mu.Lock()
	p := &barePeer{ws: ws, id: token}
	if one := b.served[token]; one != nil {
		p.id, one.visitor = one.id, p
	} else {
		p.staff = true
		b.agents = append(b.agents, p)
	}
	b.mu.Unlock()
	p.say(bareFrame{Type: readyFrame, Cursor: "0", You: &bareAuthor{ID: p.id}})
	return p
}

func (p *barePeer) say(f bareFrame) {
	raw, err := json.Marshal(f)
	if err != nil {
		return // plain structs
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
	_ = p.ws.WriteMessage(websocket.TextMessage, raw) // its reader learns of it
}

// send stores a message, tells its sender and then the other side.
func (b *bareServer) send(p *barePeer, in bareFrame) {
	one, fresh := b.chat(p, in.Conversation)
	if one == nil {
		p.say(bareFrame{Type: "refused", ID: in.ID, Code: "unavailable"})
		return
	}
	kind := "visitor"
	if p.staff {
		kind = "staff"
	}
	post := &barePost{
		message: bareMessage{ID: security.RandomString(15), Conversation: one.id, Time: time.Now().UTC().Format(time.RFC3339Nano), Kind: textKind, From: bareAuthor{kind, p.id}, Text: in.Text},
		sender:  p.id, client: in.ID, done: make(chan error, 1),
	}
	b.posts <- post
	if err := <-post.done; err != nil {
		p.say(bareFrame{Type: "retry", ID: in.ID, Code: "busy"})
		return
	}
	p.say(bareFrame{Type: "ack", ID: in.ID, Message: &post.message})
	if fresh {
		one.agent.say(bareFrame{Type: "conversation", Conversation: map[string]any{
			"id": one.id, "status": "open", "contact": map[string]string{"id": one.id}, "assignee": map[string]string{"id": one.agent.id},
		}})
	}
	other := one.agent
	if p.staff {
		other = one.visitor
	}
	other.say(bareFrame{Type: "message", Message: &post.message})
}

// chat is the conversation that p speaks in. A new one goes to the next agent.
func (b *bareServer) chat(p *barePeer, named any) (one *bareChat, fresh bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id, _ := named.(string)
	if !p.staff {
		id = p.id
	}
	one = b.chats[id]
	if one == nil || len(b.agents) == 0 {
		return nil, false
	}
	if one.agent == nil {
		one.agent, fresh = b.agents[b.turn%len(b.agents)], true
		b.turn++
	}
	return one, fresh
}

// write commits what has queued up, again and again.
func (b *bareServer) write(ctx context.Context) {
	defer recovered()
	for {
		batch := []*barePost{<-b.posts}
		for len(batch) < bareBatch && len(b.posts) > 0 {
			batch = append(batch, <-b.posts)
		}
		err := b.commit(ctx, batch)
		for _, p := range batch {
			p.done <- err
		}
	}
}

func (b *bareServer) commit(ctx context.Context, batch []*barePost) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing after a commit
	insert, err := tx.PrepareContext(ctx, bareInsert)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	defer func() { _ = insert.Close() }()
	for _, p := range batch {
		b.seq++
		p.message.Cursor = strconv.FormatInt(b.seq, 10)
		m := &p.message
		if _, err = insert.ExecContext(ctx, m.ID, b.seq, m.Conversation, p.sender, p.client, m.Text, m.Time); err != nil {
			return fmt.Errorf("insert: %w", err)
		}
	}
	return tx.Commit()
}
