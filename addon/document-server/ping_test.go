package main

import (
	"context"
	"encoding/binary"
	"net"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Goal: -ping tells a server that answers from one that does not, and from something else on the port.
// Method: the real server on a free port, then nothing on it, then a listener that talks nonsense.

func freeAddress(t *testing.T) string {
	t.Helper()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()

	return listener.Addr().String()
}

func pingWithin(t *testing.T, address string, limit time.Duration) error {
	t.Helper()

	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()

	return ping(ctx, address)
}

func TestPingFindsARunningServerAndItStopsCleanly(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "document-server")
	if out, err := exec.Command("./build", binary).CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}

	address := freeAddress(t)
	// A folder name that FerretDB itself could not take as a path.
	data := filepath.Join(t.TempDir(), "50% of what?#")
	server := exec.Command(binary, "-listen", address, "-data", data)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}

	exited := make(chan error, 1)
	go func() { exited <- server.Wait() }()

	deadline := time.Now().Add(20 * time.Second)
	for pingWithin(t, address, time.Second) != nil {
		if time.Now().After(deadline) {
			_ = server.Process.Kill()
			t.Fatal("the server did not answer a ping within 20 s")
		}
		time.Sleep(20 * time.Millisecond)
	}

	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}

	select {
	case err := <-exited:
		if err != nil {
			t.Fatalf("a stop by signal must end with 0: %v", err)
		}
	case <-time.After(20 * time.Second):
		_ = server.Process.Kill()
		t.Fatal("the server did not stop")
	}

	if pingWithin(t, address, time.Second) == nil {
		t.Fatal("a stopped server answered a ping")
	}
}

func TestPingRefusesAnotherProtocol(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()

	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
	}()

	if pingWithin(t, listener.Addr().String(), time.Second) == nil {
		t.Fatal("an HTTP answer passed for a ping's")
	}
}

func TestSaysOkReadsTheFirstFieldOnly(t *testing.T) {
	document := func(ok uint64) []byte {
		body := append([]byte{0, 0, 0, 0}, "\x01ok\x00"...)
		body = binary.LittleEndian.AppendUint64(body, ok)

		return append(body, 0)
	}

	if !saysOk(document(0x3FF0000000000000)) {
		t.Error("ok: 1.0 was not recognised")
	}
	if saysOk(document(0)) {
		t.Error("ok: 0.0 passed")
	}
	if saysOk([]byte{5, 0, 0, 0, 0}) {
		t.Error("an empty document passed")
	}
}
