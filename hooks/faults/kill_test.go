package faults_test

import (
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/ops"
	_ "github.com/dianxiaoer/xiaoer/pb_migrations" // the schema
)

// crowd talks until the desk is gone, and then once more until all is acked.
type crowd []*person

func (d *desk) crowd(n int) crowd {
	d.t.Helper()
	all := make(crowd, n)
	for i := range all {
		all[i] = d.arrive()
	}
	return all
}

// load has everybody write without pause until done is closed or the desk is gone.
func (all crowd) load(address string, done <-chan struct{}) *sync.WaitGroup {
	var busy sync.WaitGroup
	for _, p := range all {
		busy.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if len(p.outbox) < 8 {
					p.write(8)
				}
				if p.talk(address) != nil {
					return
				}
			}
		})
	}
	return &busy
}

// settle has everybody send what was not acked, for as long as they are asked to
// try again.
func (all crowd) settle(t testing.TB, address string) {
	t.Helper()
	end := time.Now().Add(patience)
	for _, p := range all {
		must(t, p.talk(address))
		for len(p.outbox) > 0 {
			if time.Now().After(end) {
				t.Fatalf("%d messages are still waiting", len(p.outbox))
			}
			time.Sleep(100 * time.Millisecond) //nolint:forbidigo // as the answer asks for, and shorter
			must(t, p.talk(address))
		}
	}
}

// whole is the claim for everybody: what was acked is stored, and what is
// stored has been seen, each once.
func (all crowd) whole(t testing.TB, c *tally, dir string) {
	t.Helper()
	acks := make([]map[string]string, 0, len(all))
	for _, p := range all {
		acks = append(acks, p.acked)
		for client, id := range p.acked {
			if _, ok := p.seen[id]; !ok {
				t.Errorf("%s was acked and never shown", client)
			}
		}
		c.acked(len(p.acked))
	}
	holds(t, c, dir, acks...)
}

// C01. Killed in the middle of anything, the program has what it acked.
func TestKilledUnderLoad(t *testing.T) {
	c, rounds, random := begin(t, "C01", 4, 10000)
	d := shop(t)
	d.start()
	all := d.crowd(4)
	for range rounds {
		busy := all.load(d.listen, nil)
		d.within(5*time.Millisecond, 250*time.Millisecond, random.Float64())
		d.kill()
		busy.Wait()
		d.start()
		all.settle(t, d.listen)
		c.ran()
	}
	for _, p := range all { // what came last may be on its way yet
		p.drained(d)
	}
	all.whole(t, c, d.dir)
	if code, _ := d.stop(); code != 0 {
		t.Errorf("it ended with %d: %s", code, d.said)
	}
}

// drained hears what is left to hear.
func (p *person) drained(d *desk) {
	ws, err := p.dial(d.listen)
	must(p.t, err)
	_ = ws.Close()
}

// C02. Killed when all is stored and nobody was told, the program gives whoever
// asks again the first message back.
func TestKilledBetweenCommitAndAck(t *testing.T) {
	c, rounds, _ := begin(t, "C02", 2, 1000)
	d := shop(t)
	d.start()
	p := d.arrive()
	for range rounds {
		between := deaf(t, d.listen, `"type":"ack"`, d.signal)
		p.write(1)
		if err := p.talk(between); err == nil {
			t.Fatal("the ack got through")
		}
		<-d.exited
		d.kill()
		d.start()
		db := open(t, d.dir)
		there := stored(t, db)
		_ = db.Close()
		waiting := p.outbox[0].str("id")
		if len(there[waiting]) != 1 {
			c.Lost++
			t.Fatalf("%s was stored %d times when its ack was on the way", waiting, len(there[waiting]))
		}
		must(t, p.talk(d.listen))
		if p.acked[waiting] != there[waiting][0] {
			t.Errorf("%s is %s, and is acked as %s", waiting, there[waiting][0], p.acked[waiting])
		}
		c.ran()
	}
	holds(t, c, d.dir, p.acked)
	c.acked(len(p.acked))
}

// C03. Killed while it starts, over a log that was never checkpointed, the
// program starts the next time as if nothing had been.
func TestKilledAtTheStart(t *testing.T) {
	c, rounds, random := begin(t, "C03", 8, 500)
	d := shop(t)
	d.start()
	all := d.crowd(2)
	busy := all.load(d.listen, nil)
	d.within(100*time.Millisecond, 200*time.Millisecond, random.Float64())
	d.kill()
	busy.Wait()
	for range rounds {
		d.begin()
		d.within(0, 60*time.Millisecond, random.Float64())
		d.kill()
		c.ran()
	}
	d.start()
	all.settle(t, d.listen)
	for _, p := range all {
		p.drained(d)
	}
	all.whole(t, c, d.dir)
}

// C22. Killed while it brings the data up to date, the program goes on with it
// at the next start, loses nothing, and has kept a copy of what was before.
func TestKilledInMigration(t *testing.T) {
	c, rounds, random := begin(t, "C22", 2, 200)
	for range rounds {
		dir := t.TempDir()
		applied := outdated(t, dir, random)
		d := over(t, dir)
		for range 3 {
			d.begin()
			d.within(0, 400*time.Millisecond, random.Float64())
			d.kill()
		}
		d.start()
		holds(t, c, dir, map[string]string{"before": "message0before0"})
		copies, err := filepath.Glob(filepath.Join(dir, "backups", "*"))
		must(t, err)
		if len(copies) == 0 {
			t.Errorf("nothing was kept of the data with %d migrations", applied)
		}
		d.kill()
		c.ran()
	}
}

// outdated makes a folder as an older version of the program left it.
func outdated(t testing.TB, dir string, random *rand.Rand) (applied int) {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: ops.Connect})
	must(t, app.Bootstrap())
	all := core.AppMigrations.Items()
	applied = len(all)/2 + random.IntN(len(all)/2)
	var then core.MigrationsList
	then.Copy(core.SystemMigrations)
	for _, m := range all[:applied] {
		then.Add(m)
	}
	_, err := core.NewMigrationsRunner(app, then).Up()
	must(t, err)
	_, err = app.DB().NewQuery("INSERT INTO messages (id, client_id, sender, seq, kind, text) VALUES ('message0before0', 'before', 'visitor:x', 1, 'text', '在吗')").Execute()
	must(t, err)
	for _, db := range []dbx.Builder{app.ConcurrentDB(), app.NonconcurrentDB(), app.AuxConcurrentDB(), app.AuxNonconcurrentDB()} {
		must(t, db.(*dbx.DB).Close()) // the app itself still looks at what it has written
	}
	return applied
}

// C23. Told to stop while everybody writes, the program ends within five
// seconds, tells its sockets to come back, and has what it acked. A second
// signal changes nothing.
func TestStoppedUnderLoad(t *testing.T) {
	c, rounds, random := begin(t, "C23", 2, 200)
	d := shop(t)
	d.start()
	all := d.crowd(4)
	for i := range rounds {
		busy := all.load(d.listen, nil)
		d.within(20*time.Millisecond, 200*time.Millisecond, random.Float64())
		if i%2 == 1 {
			d.signal(syscall.SIGTERM)
		}
		code, took := d.stop()
		busy.Wait()
		if code != 0 || took > limit(5*time.Second) {
			t.Errorf("it ended with %d after %v: %s", code, took, d.said)
		}
		d.start()
		all.settle(t, d.listen)
		c.ran()
	}
	for _, p := range all {
		p.drained(d)
	}
	all.whole(t, c, d.dir)
	if status, err := d.call(http.MethodGet, "/readyz", "", nil, nil); status != http.StatusOK {
		t.Errorf("afterwards: %d, %v", status, err)
	}
}
