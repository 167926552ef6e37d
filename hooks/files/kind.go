package files

import (
	"fmt"
	"image"
	_ "image/gif"  // reads the header
	_ "image/jpeg" // reads the header
	_ "image/png"  // reads the header
	"io"
	"mime"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
	_ "golang.org/x/image/webp" // reads the header

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// opaque is the type of what a browser shall not look into.
const opaque = "application/octet-stream"

// plain are the types that a browser may show, with the extensions of their
// files, the usual one first.
var plain = map[string][]string{
	"image/png":       {".png"},
	"image/jpeg":      {".jpg", ".jpeg", ".jpe", ".jfif"},
	"image/gif":       {".gif"},
	"image/webp":      {".webp"},
	"audio/mpeg":      {".mp3"},
	"audio/mp4":       {".m4a", ".mp4"},
	"audio/aac":       {".aac"},
	"audio/ogg":       {".ogg", ".oga", ".opus"},
	"audio/wav":       {".wav"},
	"audio/amr":       {".amr"},
	"application/pdf": {".pdf"},
	"text/plain":      {".txt", ".text", ".log", ".md"},
}

// aliases are other names, by the detector, of plain types.
var aliases = map[string]string{"image/vnd.mozilla.apng": "image/png", "audio/x-m4a": "audio/mp4"}

// examine fills in name, type and dimensions.
func (kept *stored) examine(file io.ReadSeeker, head []byte, u Upload) error {
	kept.name, kept.mime = agree(Clean(u.Name), content(head))
	if kept.mime == "text/plain" {
		kept.mime += charset(head)
	}
	isImage := strings.HasPrefix(kept.mime, "image/")
	if u.Purpose != ForMessage && !isImage {
		return fail.New(fail.Unsupported, "files.not_picture").On("file")
	}
	if !isImage {
		return nil
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read a picture's header: %w", err)
	}
	var err error
	kept.width, kept.height, err = dimensions(file)
	return err
}

// content is the type that the first bytes tell, without parameters.
func content(head []byte) string {
	name, _, err := mime.ParseMediaType(mimetype.Detect(head).String())
	if err != nil {
		return opaque
	}
	if usual, ok := aliases[name]; ok {
		return usual
	}
	return name
}

// agree settles what name and content say of a file. A picture that is called
// by another picture's extension (chat programs do that) gets its own one, and
// so does what has none. Where they contradict each other, such as a picture
// called .html, the file is opaque. What is not plain never claims to be a
// picture, a recording or a text.
func agree(name, content string) (fullName, mime string) {
	extensions, ok := plain[content]
	class, _, _ := strings.Cut(content, "/")
	if !ok {
		if slices.Contains([]string{"image", "audio", "text"}, class) || content == "application/javascript" {
			return name, opaque
		}
		return name, content
	}
	ext := strings.ToLower(path.Ext(name))
	switch {
	case slices.Contains(extensions, ext):
		return name, content
	case ext == "":
		return Clean(name + extensions[0]), content
	case ofClass(ext, class):
		return Clean(strings.TrimSuffix(name, path.Ext(name)) + extensions[0]), content
	default:
		return name, opaque
	}
}

// ofClass reports whether ext belongs to a plain type of a class; "image".
func ofClass(ext, class string) bool {
	for name, extensions := range plain {
		if strings.HasPrefix(name, class+"/") && slices.Contains(extensions, ext) {
			return true
		}
	}
	return false
}

// dimensions reads a picture's header, and refuses what a browser would need
// hundreds of megabytes to show.
func dimensions(r io.Reader) (width, height int, err error) {
	config, _, err := image.DecodeConfig(r)
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return 0, 0, fail.New(fail.Invalid, "files.broken_picture").On("file").Because(err)
	}
	if int64(config.Width)*int64(config.Height) > MaxPixels {
		return 0, 0, fail.New(fail.TooLarge, "files.too_many_pixels", "Most", MaxPixels/1_000_000).On("file")
	}
	return config.Width, config.Height, nil
}

// charset is utf-8 where text begins like it, and left to the browser where it
// does not: GBK, mostly.
func charset(head []byte) string {
	for cut := 0; cut < utf8.UTFMax && len(head) > cut; cut++ { // the last character may be cut
		if utf8.Valid(head[:len(head)-cut]) {
			return "; charset=utf-8"
		}
	}
	return ""
}
