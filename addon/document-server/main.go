// Document-server keeps Energy Ledger's documents: FerretDB's MongoDB protocol over SQLite, in one process.
//
// It runs on any 64-bit CPU, which MongoDB 5 and later does not (no AVX on many Celerons, no ARMv8.2 on a
// Raspberry Pi 4).
//
//	document-server [-listen 127.0.0.1:27017] -data /data/documents
//	document-server -ping [-listen 127.0.0.1:27017]
//
// The first form serves until SIGTERM or SIGINT and then exits with 0. The second asks a running one whether
// it answers, and exits with 0 or 1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

const (
	pingDeadline = 3 * time.Second

	// FerretDB gives connected clients about three seconds to go; one that stays must not hold up a stop.
	stopDeadline = 8 * time.Second
)

func main() {
	listen := flag.String("listen", "127.0.0.1:27017", "address to serve on, or to ping")
	data := flag.String("data", "", "directory that holds one SQLite file per database")
	level := flag.String("log-level", "error", "debug, info, warn or error")
	pingOnly := flag.Bool("ping", false, "ask the running server whether it answers")
	flag.Parse()

	if err := run(*listen, *data, *level, *pingOnly); err != nil {
		fmt.Fprintln(os.Stderr, "document-server:", err)
		os.Exit(1)
	}
}

func run(listen, data, level string, pingOnly bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	if pingOnly {
		pingCtx, cancel := context.WithTimeout(ctx, pingDeadline)
		defer cancel()

		return ping(pingCtx, listen)
	}

	var minimum slog.Level
	if err := minimum.UnmarshalText([]byte(level)); err != nil {
		return fmt.Errorf("-log-level: %w", err)
	}

	if err := enter(data); err != nil {
		return err
	}

	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: listen},
		Logger:   slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: minimum})),
		Handler:  "sqlite",
		// synchronous(full): a commit is on the disk before it is acknowledged. With SQLite's write-ahead log,
		// `normal` could lose the last ones in a power cut.
		SQLiteURL: "file:./?_pragma=synchronous(full)",
	})
	if err != nil {
		return err
	}

	fmt.Fprintln(os.Stderr, "document-server: listening on", listen)

	done := make(chan error, 1)
	go func() { done <- server.Run(ctx) }()

	select {
	case err = <-done:
		return err
	case <-ctx.Done():
	}

	select {
	case err = <-done:
	case <-time.After(stopDeadline):
		// SQLite's write-ahead log needs no goodbye: every acknowledged write is on the disk already.
		err = nil
	}

	fmt.Fprintln(os.Stderr, "document-server: stopped")

	return err
}

// enter makes the data directory and works in it from now on.
//
// FerretDB cannot be given a path with `?`, `#` or `%` in it, escaped or not; `./` has none of them.
func enter(data string) error {
	if data == "" {
		return errors.New("-data is missing: say where the documents are kept")
	}

	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}

	return os.Chdir(data)
}
