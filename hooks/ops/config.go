package ops

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// Config is what flags and XIAOER_ variables say. A flag wins over its variable.
type Config struct {
	Dir       string // --dir, XIAOER_DIR: the data folder; ./pb_data
	HTTP      string // --http, XIAOER_HTTP: the address to listen on; 127.0.0.1:8090
	BaseURL   string // --base-url, XIAOER_BASE_URL: the public address, when it is not the one that requests name
	LogFormat string // --log-format, XIAOER_LOG_FORMAT: text or json; text
	LogLevel  string // --log-level, XIAOER_LOG_LEVEL: debug, info, warn or error; info

	// Trusted are the proxies whose X-Forwarded headers are believed:
	// --trusted-proxies, XIAOER_TRUSTED_PROXIES, a list of networks.
	Trusted []netip.Prefix
	// Unlimited are networks that no limit holds for, for load tests:
	// --unlimited, XIAOER_UNLIMITED.
	Unlimited limits.Exempt
	// Outbound are networks that addresses which the shop enters may lead to
	// although they are not the public internet's: --outbound-allow,
	// XIAOER_OUTBOUND_ALLOW.
	Outbound []netip.Prefix
	// Metrics is an address of their own for the metrics: --metrics,
	// XIAOER_METRICS. With XIAOER_METRICS_TOKEN the desk's own address tells them
	// to who has it; a flag would show it to every user of the machine.
	Metrics, MetricsToken string

	// Replica is where the warm copy goes, whatever the settings say: --replica,
	// XIAOER_REPLICA, and what a store asks for, which no list of processes may
	// show: XIAOER_REPLICA_KEY, XIAOER_REPLICA_SECRET.
	Replica replica.Address

	Out io.Writer // takes the banner; nil: nothing is printed

	trusted, unlimited, outbound []string

	log     *slog.Logger
	tls     bool     // known when serve runs
	domains []string // likewise
}

// ReadConfig reads the program's arguments and environment, each "NAME=value".
func ReadConfig(args, environment []string) (*Config, error) {
	c := &Config{Dir: "pb_data", LogFormat: "text", LogLevel: "info", Out: os.Stdout}
	c.readEnvironment(environment)
	flags := pflag.NewFlagSet("xiaoer", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.ParseErrorsAllowlist.UnknownFlags = true // each command knows its own
	flags.Usage = func() {}
	flags.StringVar(&c.Dir, "dir", c.Dir, "")
	flags.StringVar(&c.HTTP, "http", c.HTTP, "")
	flags.BoolP("help", "h", false, "")
	c.flags(flags)
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	return c, c.check()
}

func (c *Config) readEnvironment(environment []string) {
	for _, pair := range environment {
		name, value, _ := strings.Cut(pair, "=")
		if value == "" {
			continue
		}
		if text := c.texts()[name]; text != nil {
			*text = value
		}
		if list := c.lists()[name]; list != nil {
			*list = strings.Split(value, ",")
		}
	}
}

// texts are the variables that are taken as they are.
func (c *Config) texts() map[string]*string {
	return map[string]*string{
		"XIAOER_DIR": &c.Dir, "XIAOER_HTTP": &c.HTTP, "XIAOER_BASE_URL": &c.BaseURL, "XIAOER_LOG_FORMAT": &c.LogFormat, "XIAOER_LOG_LEVEL": &c.LogLevel,
		"XIAOER_METRICS": &c.Metrics, "XIAOER_METRICS_TOKEN": &c.MetricsToken, "XIAOER_REPLICA": &c.Replica.To, "XIAOER_REPLICA_KEY": &c.Replica.Key, "XIAOER_REPLICA_SECRET": &c.Replica.Secret,
	}
}

// lists are those with commas between.
func (c *Config) lists() map[string]*[]string {
	return map[string]*[]string{"XIAOER_TRUSTED_PROXIES": &c.trusted, "XIAOER_UNLIMITED": &c.unlimited, "XIAOER_OUTBOUND_ALLOW": &c.outbound}
}

// flags adds those of serve that PocketBase's command does not have.
func (c *Config) flags(f *pflag.FlagSet) {
	f.StringVar(&c.BaseURL, "base-url", c.BaseURL, "public address of the shop's desk, such as https://kf.example.com")
	f.StringSliceVar(&c.trusted, "trusted-proxies", c.trusted, "networks of proxies whose X-Forwarded headers are believed, such as 127.0.0.1/32")
	f.StringSliceVar(&c.unlimited, "unlimited", c.unlimited, "networks that no limit holds for; for load tests only")
	f.StringSliceVar(&c.outbound, "outbound-allow", c.outbound, "networks that group robots and the like may be in although they are not public, such as 10.1.2.3/32")
	f.StringVar(&c.Metrics, "metrics", c.Metrics, "address of its own for Prometheus, such as 127.0.0.1:9100")
	f.StringVar(&c.Replica.To, "replica", c.Replica.To, "where the warm copy goes: a folder, or s3://BUCKET/PATH?endpoint=https://…&region=…")
	f.StringVar(&c.LogFormat, "log-format", c.LogFormat, "text or json")
	f.StringVar(&c.LogLevel, "log-level", c.LogLevel, "debug, info, warn or error")
}

func (c *Config) check() error {
	err := c.checkNetworks()
	if err != nil {
		return err
	}
	if c.Replica.To != "" {
		if _, err = c.Replica.Open(); err != nil {
			return fmt.Errorf("--replica: %w", err)
		}
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		return fmt.Errorf("--log-format: %q is neither text nor json", c.LogFormat)
	}
	if err = new(slog.LevelVar).UnmarshalText([]byte(c.LogLevel)); err != nil {
		return fmt.Errorf("--log-level: %w", err)
	}
	if err = checkMetrics(c.Metrics, c.MetricsToken); err != nil {
		return err
	}
	return c.checkBaseURL()
}

func (c *Config) checkNetworks() error {
	trusted, err := limits.ParseExempt(trim(c.trusted))
	if err != nil {
		return fmt.Errorf("--trusted-proxies: %w", err)
	}
	c.Trusted = trusted
	if c.Unlimited, err = limits.ParseExempt(trim(c.unlimited)); err != nil {
		return fmt.Errorf("--unlimited: %w", err)
	}
	if c.Outbound, err = limits.ParseExempt(trim(c.outbound)); err != nil {
		return fmt.Errorf("--outbound-allow: %w", err)
	}
	return nil
}

func (c *Config) checkBaseURL() error {
	if c.BaseURL == "" {
		return nil
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https"}, u.Scheme) || strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("--base-url: %q is not like https://kf.example.com", c.BaseURL)
	}
	c.BaseURL = u.Scheme + "://" + u.Host
	return nil
}

// leastToken is how many characters a token has at least: it is all that keeps
// the metrics from the public.
const leastToken = 16

func checkMetrics(address, token string) error {
	if _, _, err := net.SplitHostPort(address); address != "" && err != nil {
		return fmt.Errorf("--metrics: %q is not like 127.0.0.1:9100", address)
	}
	if token != "" && len(token) < leastToken {
		return fmt.Errorf("XIAOER_METRICS_TOKEN: at least %d characters", leastToken)
	}
	return nil
}

// Web is what the configuration says about HTTP.
func (c *Config) Web() web.Config {
	return web.Config{Trusted: c.Trusted, BaseURL: c.BaseURL, Log: c.log}
}

func trim(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
