// Command shop is the application of the engine tests: a small web service with a database, whose copies
// can be told to be slow, unhealthy, hung or dead.
//
//	shop           serves HTTP
//	shop worker    writes a row into heartbeats every second, whatever happens to the database
//	shop report    writes one row into runs
//	shop migrate   creates the tables that are missing and writes one row into migrations
//
// README.md in test/engine lists requests and environment variables.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

func main() {
	log.SetFlags(0)
	command := "serve"
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	// The first process of a container gets no default signal handlers from the kernel.
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()

	var err error
	switch command {
	case "serve":
		err = serve(stop)
	case "worker":
		err = work(stop, openDatabase())
	case "report":
		err = openDatabase().exec(stop, `INSERT INTO runs (host) VALUES ($1)`, hostname())
	case "migrate":
		err = migrate(stop, openDatabase())
	default:
		err = fmt.Errorf("unknown command %q: serve, worker, report or migrate", command)
	}
	if err != nil {
		log.Fatalf("%s: %v", command, err)
	}
	log.Printf("%s: done", command)
}

func serve(stop context.Context) error {
	if os.Getenv("EXIT_AT_START") == "1" {
		return fmt.Errorf("EXIT_AT_START is set")
	}
	listener, err := net.Listen("tcp", ":"+env("PORT", "8080"))
	if err != nil {
		return err
	}
	shop := newShop(openDatabase())
	go shop.watchDatabase(stop)
	http2Server := &http2.Server{}
	server := &http.Server{Handler: h2c.NewHandler(shop, http2Server), ReadHeaderTimeout: 10 * time.Second}
	if err := http2.ConfigureServer(server, http2Server); err != nil { // makes a shutdown reach h2c connections
		return err
	}
	server.RegisterOnShutdown(shop.closeWebSockets)
	connections := &countedListener{Listener: listener}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(connections) }()
	log.Printf("serve: version %s on %s", version(), listener.Addr())

	select {
	case err := <-failed:
		return err
	case <-stop.Done():
		shop.drain()
		// Closes the listener and waits for open requests, but for those of HTTP/2 and WebSockets it is their
		// connections that must have ended. Who has no patience sends KILL.
		err := server.Shutdown(context.Background())
		connections.open.Wait()
		return err
	}
}

// countedListener knows how many connections are open.
type countedListener struct {
	net.Listener
	open sync.WaitGroup
}

func (l *countedListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.open.Add(1)
	return &countedConnection{Conn: connection, closed: l.open.Done}, nil
}

type countedConnection struct {
	net.Conn
	once   sync.Once
	closed func()
}

func (c *countedConnection) Close() error {
	defer c.once.Do(c.closed)
	return c.Conn.Close()
}

func work(stop context.Context, db *database) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	state := ""
	for {
		now := "writing"
		if err := db.exec(stop, `INSERT INTO heartbeats (host) VALUES ($1)`, hostname()); err != nil {
			now = err.Error()
		}
		if now != state && stop.Err() == nil {
			log.Printf("worker: %s", now)
			state = now
		}
		select {
		case <-stop.Done():
			return nil
		case <-tick.C:
		}
	}
}

func version() string { return env("SHOP_VERSION", "dev") }

func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return name
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
