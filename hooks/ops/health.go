package ops

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// patience is how long a health check waits: less than Docker's own default.
const patience = 5 * time.Second

// healthCommand asks a running desk whether it is ready, for containers without
// a shell and for scripts.
func healthCommand() *cobra.Command {
	var address string
	c := &cobra.Command{
		Use: "health", Short: "Ask the running desk whether it is ready", Args: cobra.NoArgs, Annotations: map[string]string{Bare: ""},
		RunE: func(c *cobra.Command, _ []string) error { return askReady(c.Context(), address) },
	}
	c.Flags().StringVar(&address, "http", cmp.Or(os.Getenv("XIAOER_HTTP"), "127.0.0.1:8090"), "where it listens, or its public address, such as https://kf.example.com")
	return c
}

func askReady(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, readyAddress(address), nil)
	if err != nil {
		return fmt.Errorf("--http: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", answer.Status)
	}
	return nil
}

// readyAddress turns what was listened on into what can be asked.
func readyAddress(address string) string {
	if strings.Contains(address, "://") {
		return strings.TrimRight(address, "/") + "/readyz"
	}
	return "http://" + Reachable(address) + "/readyz"
}
