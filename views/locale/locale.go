// Package locale holds every word that the program shows, in Chinese and
// English, through go-i18n.
//
// Messages live in <area>.<language>.toml, an area being a feature's name. A key
// is written with its area in front: fail.closed is [closed] in fail.zh-CN.toml.
// Both languages have the same keys, held by a test. Scripts get an area as a
// JavaScript module, see [Script].
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Default is the language of a person who has said nothing.
const Default = "zh-CN"

// Languages lists what the program speaks, the default first.
var Languages = []string{Default, "en"}

//go:embed *.toml
var files embed.FS

// catalogue is parsed on first use, so that commands that say nothing start at once.
var catalogue = sync.OnceValue(load)

type loaded struct {
	localizers map[string]*i18n.Localizer
	areas      map[string]map[string]map[string]any // language → area → key → text or plural forms
}

func load() *loaded {
	bundle := i18n.NewBundle(language.MustParse(Default))
	out := &loaded{localizers: map[string]*i18n.Localizer{}, areas: map[string]map[string]map[string]any{}}
	for _, lang := range Languages {
		out.areas[lang] = map[string]map[string]any{}
	}
	names, err := fs.Glob(files, "*.toml")
	if err != nil {
		panic(err) // the pattern is constant
	}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		area, lang, _ := strings.Cut(strings.TrimSuffix(name, path.Ext(name)), ".")
		messages := map[string]any{}
		if err := toml.Unmarshal(raw, &messages); err != nil {
			panic(fmt.Sprintf("%s: %v", name, err)) // caught by any test
		}
		out.areas[lang][area] = messages
		for key, value := range messages {
			if _, plain := said(value); plain {
				continue
			}
			if err := bundle.AddMessages(language.MustParse(lang), message(area+"."+key, value)); err != nil {
				panic(fmt.Sprintf("%s: %s: %v", name, key, err))
			}
		}
	}
	for _, lang := range Languages {
		out.localizers[lang] = i18n.NewLocalizer(bundle, lang, Default)
	}
	return out
}

// said is a message that is said as it is written, as most are. go-i18n keeps a
// kilobyte of each message, which was most of the program's memory, so it gets
// only those with places or plurals.
func said(value any) (string, bool) {
	text, ok := value.(string)
	return text, ok && !strings.Contains(text, "{{")
}

// message reads "text" or {one = "…", other = "…"}.
func message(id string, value any) *i18n.Message {
	m := &i18n.Message{ID: id}
	switch v := value.(type) {
	case string:
		m.Other = v
	case map[string]any:
		m.One, _ = v["one"].(string)
		m.Other, _ = v["other"].(string)
	}
	return m
}

// Speaker says things in one language.
type Speaker struct {
	Language string
	says     *i18n.Localizer
}

// In returns the speaker of lang, or of the default where lang is unknown.
func In(lang string) Speaker {
	if !slices.Contains(Languages, lang) {
		lang = Default
	}
	return Speaker{Language: lang, says: catalogue().localizers[lang]}
}

// Text is the message under key. args fill its {{.Name}} places, and
// args["Count"] chooses the plural. An unknown key is shown as itself.
func (s Speaker) Text(key string, args map[string]any) string {
	area, rest, _ := strings.Cut(key, ".")
	if text, plain := said(catalogue().areas[s.Language][area][rest]); plain {
		return text
	}
	text, err := s.says.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: args, PluralCount: args["Count"]})
	if err != nil && text == "" {
		return key
	}
	return text
}

// T is Text with alternating names and values.
func (s Speaker) T(key string, args ...any) string { return s.Text(key, Named(args...)) }

// All is every message of an area, in no order; of plural forms none.
func (s Speaker) All(area string) []string {
	var list []string
	for _, message := range catalogue().areas[s.Language][area] {
		if text, ok := message.(string); ok {
			list = append(list, text)
		}
	}
	return list
}

// Named is a message's variables out of alternating names and values; nil for
// none.
func Named(args ...any) map[string]any {
	var named map[string]any
	for i := 0; i+1 < len(args); i += 2 {
		if named == nil {
			named = map[string]any{}
		}
		named[fmt.Sprint(args[i])] = args[i+1]
	}
	return named
}

// Match chooses a language: the first of the wishes that is spoken here, each
// being a tag or an Accept-Language header.
func Match(wishes ...string) string {
	for _, wish := range wishes {
		if wish == "" {
			continue
		}
		tags, _, err := language.ParseAcceptLanguage(wish)
		if err != nil {
			continue
		}
		for _, tag := range tags {
			switch base, _ := tag.Base(); base.String() {
			case "zh":
				return Default // whoever reads traditional characters reads these sooner than English
			case "en":
				return "en"
			}
		}
	}
	return Default
}

// Areas lists the features that have words, in order.
func Areas() []string {
	return slices.Sorted(maps.Keys(catalogue().areas[Default]))
}

// Script is an area's messages in lang as a JavaScript module whose default
// export maps keys (without the area) to texts, or to {one, other}.
func Script(area, lang string) ([]byte, error) {
	messages, ok := catalogue().areas[lang][area]
	if !ok {
		return nil, fs.ErrNotExist
	}
	raw, err := json.Marshal(messages)
	if err != nil {
		return nil, fmt.Errorf("messages of %s: %w", area, err)
	}
	return slices.Concat([]byte("export default "), raw, []byte(";\n")), nil
}
