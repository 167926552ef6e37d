package contract

import (
	"strings"
	"testing"
)

const document = `
asyncapi: 3.0.0
channels:
  live:
    x-codes: {4400: malformed}
    messages:
      ask: {$ref: '#/components/messages/ask'}
operations:
  fromClient: {messages: [{$ref: '#/channels/live/messages/ask'}]}
  fromServer: {messages: [{$ref: '#/components/messages/answer'}]}
components:
  messages:
    ask: {name: ask, payload: {type: object, properties: {type: {const: ask}}}}
    answer: {name: answer, payload: {$ref: '#/components/schemas/answer'}}
  schemas:
    id: {type: string, pattern: '^[a-z]+$', minLength: 2, maxLength: 3}
    kind: {enum: [a, b, 3]}
    answer:
      type: object
      required: [type, id]
      properties:
        type: {const: answer}
        id: {$ref: '#/components/schemas/id'}
        kind: {$ref: '#/components/schemas/kind'}
        n: {type: integer, minimum: 1, maximum: 5}
        at: {type: string, format: date-time}
        tags: {type: array, items: {type: string}}
        on: {type: boolean}
        either: {oneOf: [{type: string}, {type: object, required: [x], properties: {x: {type: number}}}]}
        free: {type: object, additionalProperties: true, properties: {y: {type: string}}}
`

func TestFramesAreHeldAgainstTheirSchemas(t *testing.T) {
	d, err := Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	for frame, fault := range map[string]string{
		`{"type":"answer","id":"ab","kind":3,"n":5,"at":"2026-05-01T10:00:00.123Z","tags":["x"],"on":false,"either":{"x":1.5},"free":{"z":1}}`: "",
		`{"type":"answer","id":"ab","either":"text"}`:        "",
		`{"type":"answer"}`:                                  "id is missing",
		`{"type":"answer","id":"AB"}`:                        "does not match",
		`{"type":"answer","id":"a"}`:                         "1 characters",
		`{"type":"answer","id":"abcd"}`:                      "4 characters",
		`{"type":"answer","id":7}`:                           "no string",
		`{"type":"answer","id":"ab","kind":"c"}`:             "none of",
		`{"type":"answer","id":"ab","n":0}`:                  "below",
		`{"type":"answer","id":"ab","n":6}`:                  "above",
		`{"type":"answer","id":"ab","n":1.5}`:                "no integer",
		`{"type":"answer","id":"ab","at":"yesterday"}`:       "cannot parse",
		`{"type":"answer","id":"ab","tags":[1]}`:             "[0]",
		`{"type":"answer","id":"ab","on":null}`:              "no boolean",
		`{"type":"answer","id":"ab","either":{"x":1,"y":2}}`: "fits 0",
		`{"type":"answer","id":"ab","free":{"y":1}}`:         "no string",
		`{"type":"answer","id":"ab","secret":"leaks"}`:       "secret is not described",
		`{"type":"rumour"}`:                                  "not described",
		`{`:                                                  "no JSON",
		`[]`:                                                 "not described",
	} {
		err := d.FromServer([]byte(frame))
		if fault == "" && err != nil || fault != "" && (err == nil || !strings.Contains(err.Error(), fault)) {
			t.Errorf("%s: %v, want %q", frame, err, fault)
		}
	}
	if err := d.FromClient([]byte(`{"type":"ask","more":1}`)); err != nil {
		t.Errorf("a client may say more: %v", err)
	}
	if got := strings.Join(append(d.ClientTypes(), d.ServerTypes()...), " "); got != "ask answer" {
		t.Errorf("types %s", got)
	}
	if got := strings.Join(d.Enum("kind"), " "); got != "3 a b" {
		t.Errorf("enum %s", got)
	}
	if d.Extension("live", "x-codes") == nil {
		t.Error("the extension is not found")
	}
}

// What would be ignored is refused when the document is read.
func TestDocumentsThatAreNotUnderstoodAreRefused(t *testing.T) {
	for name, change := range map[string][2]string{
		"unknown keyword":   {"type: integer,", "type: integer, multipleOf: 2,"},
		"reference":         {"'#/components/schemas/id'", "'#/components/schemas/it'"},
		"wrong type":        {"{const: answer}", "{const: reply}"},
		"undescribed":       {"required: [type, id]", "required: [type, it]"},
		"no such operation": {"fromServer", "toClient"},
	} {
		if _, err := Parse([]byte(strings.Replace(document, change[0], change[1], 1))); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}
