package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/pinyin"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// emojiWords is the area of the words by which emoji are found.
const emojiWords = "emoji"

// readings answers how the characters are read that occur in what the console
// finds by pinyin: quick replies, colleagues, groups, tags and emoji. It is asked
// once, when somebody first searches so.
func readings(e *core.RequestEvent) error {
	p := access.Of(e)
	texts := locale.In(web.Language(e)).All(emojiWords)
	for _, collect := range []func(core.App, *access.Person) ([]string, error){replyWords, peopleWords, tagWords} {
		list, err := collect(e.App, p)
		if err != nil {
			return err
		}
		texts = append(texts, list...)
	}
	return e.JSON(http.StatusOK, struct {
		Readings map[string]string `json:"readings"`
	}{pinyin.Readings(texts...)})
}

func replyWords(app core.App, p *access.Person) ([]string, error) {
	all, err := quickreplies.For(app, p)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, q := range all {
		list = append(list, q.Code(), q.Title(), q.Category(), q.Text())
	}
	return list, nil
}

func peopleWords(app core.App, _ *access.Person) ([]string, error) {
	people, err := access.People(app)
	if err != nil {
		return nil, err
	}
	groups, err := access.Groups(app)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, one := range people {
		list = append(list, one.Nickname)
	}
	for _, g := range groups {
		list = append(list, g.Name())
	}
	return list, nil
}

func tagWords(app core.App, _ *access.Person) ([]string, error) {
	all, err := customers.AllTags(app)
	if err != nil {
		return nil, err
	}
	list := make([]string, len(all))
	for i, t := range all {
		list[i] = t.Name()
	}
	return list, nil
}
