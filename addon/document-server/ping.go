package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
)

const (
	opMsg = 2013

	// A ping's answer is some 30 bytes; whatever claims much more is not one.
	maxAnswerBytes = 64 * 1024
)

// ping sends {ping: 1, $db: "admin"} to the server at address and returns nil when the answer says ok: 1.
//
// Written out by hand because the two fields do not justify a driver in the binary.
func ping(ctx context.Context, address string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()

	if deadline, ok := ctx.Deadline(); ok {
		if err = conn.SetDeadline(deadline); err != nil {
			return err
		}
	}

	if _, err = conn.Write(pingMessage()); err != nil {
		return err
	}

	header := make([]byte, 16)
	if _, err = io.ReadFull(conn, header); err != nil {
		return fmt.Errorf("no answer: %w", err)
	}

	size := binary.LittleEndian.Uint32(header)
	if size < 16+5+5 || size > maxAnswerBytes || binary.LittleEndian.Uint32(header[12:]) != opMsg {
		return errors.New("the answer is not MongoDB's protocol")
	}

	body := make([]byte, size-16)
	if _, err = io.ReadFull(conn, body); err != nil {
		return fmt.Errorf("answer cut short: %w", err)
	}

	if !saysOk(body[5:]) {
		return errors.New("the server refused the ping")
	}

	return nil
}

// pingMessage is one OP_MSG: header, flags, section kind 0, document.
func pingMessage() []byte {
	document := binary.LittleEndian.AppendUint32(nil, 0)
	document = append(document, "\x10ping\x00\x01\x00\x00\x00"...)
	document = append(document, "\x02$db\x00\x06\x00\x00\x00admin\x00"...)
	document = append(document, 0)
	binary.LittleEndian.PutUint32(document, uint32(len(document)))

	message := make([]byte, 16, 16+5+len(document))
	binary.LittleEndian.PutUint32(message, uint32(16+5+len(document)))
	binary.LittleEndian.PutUint32(message[4:], 1)
	binary.LittleEndian.PutUint32(message[12:], opMsg)
	message = append(message, 0, 0, 0, 0, 0)

	return append(message, document...)
}

// saysOk tells whether the document's first field is ok: 1.0, which is all that a ping answers.
func saysOk(document []byte) bool {
	const prefix = 4 + len("\x01ok\x00")
	if len(document) < prefix+8 || string(document[4:prefix]) != "\x01ok\x00" {
		return false
	}

	return math.Float64frombits(binary.LittleEndian.Uint64(document[prefix:])) == 1
}
