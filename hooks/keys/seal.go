package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
)

// Seal encrypts plain with one of the program's keys, for one owner: [Open]
// undoes it for nobody else, so that what is sealed cannot be moved to another
// row and be used there.
func Seal(key, plain []byte, owner string) ([]byte, error) {
	box, err := sealer(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return box.Seal(nonce, nonce, plain, []byte(owner)), nil
}

// Open is what was sealed with key for owner.
func Open(key, sealed []byte, owner string) ([]byte, error) {
	box, err := sealer(key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < box.NonceSize() {
		return nil, fmt.Errorf("a sealed secret of %d bytes", len(sealed))
	}
	return box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], []byte(owner)) //nolint:wrapcheck // its caller says what was being done
}

func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err //nolint:wrapcheck // its caller says what was being done
	}
	return cipher.NewGCM(block) //nolint:wrapcheck // likewise
}
