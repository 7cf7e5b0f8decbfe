package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

type shop struct {
	db           *database
	needsDB      bool
	dbReachable  int32 // set by watchDatabase, read by every health check
	unhealthy    int32
	hung         int32
	requestCount int64
	closing      chan struct{} // closed when WebSockets are to end
	executed     *executedPosts
	routes       *http.ServeMux
}

func newShop(db *database) *shop {
	s := &shop{
		db:       db,
		needsDB:  os.Getenv("HEALTH_NEEDS_DB") == "1",
		closing:  make(chan struct{}),
		executed: openExecutedPosts(os.Getenv("EXECUTED_DIR")),
		routes:   http.NewServeMux(),
	}
	if os.Getenv("UNHEALTHY") == "1" {
		s.unhealthy = 1
	}
	s.routes.HandleFunc("/", s.greet)
	s.routes.HandleFunc("/headers", showHeaders)
	s.routes.HandleFunc("/healthz", s.health)
	s.routes.HandleFunc("/livez", answer("alive"))
	s.routes.HandleFunc("/db", s.visit)
	s.routes.HandleFunc("/uploads", uploads)
	s.routes.HandleFunc("/uploads/", uploads)
	s.routes.HandleFunc("/sink", s.sink)
	s.routes.HandleFunc("/slow", s.slow)
	s.routes.HandleFunc("/call", call)
	s.routes.HandleFunc("/call-grpc", callGRPC)
	s.routes.HandleFunc("/ws", s.echoWebSocket)
	s.routes.HandleFunc(grpcHealthMethod, s.grpcHealth)
	s.routes.HandleFunc(grpcEchoMethod, s.grpcEcho)
	s.routes.HandleFunc("/count", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, atomic.LoadInt64(&s.requestCount))
	})
	s.routes.HandleFunc("/fail", set(&s.unhealthy, 1))
	s.routes.HandleFunc("/recover", set(&s.unhealthy, 0))
	s.routes.HandleFunc("/hang", set(&s.hung, 1))
	s.routes.HandleFunc("/exit", exit)
	return s
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if atomic.LoadInt32(&s.hung) == 1 {
		<-r.Context().Done() // until the client gives up
		return
	}
	atomic.AddInt64(&s.requestCount, 1)
	w.Header().Set("X-Served-By", hostname())
	w.Header().Set("X-Version", version())
	s.routes.ServeHTTP(w, r)
}

// drain goes on serving for a while after the health check has begun to fail, as an application does that
// gives its load balancer the time to notice.
func (s *shop) drain() {
	milliseconds, err := strconv.Atoi(env("DRAIN_DELAY_MS", "0"))
	if err != nil {
		log.Printf("serve: DRAIN_DELAY_MS: %v", err)
	}
	if milliseconds > 0 {
		atomic.StoreInt32(&s.unhealthy, 1)
		time.Sleep(time.Duration(milliseconds) * time.Millisecond)
	}
}

func (s *shop) greet(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return
	}
	if s.execute(w, r) {
		fmt.Fprintln(w, hostname(), version(), r.Method)
	}
}

// sink takes a body of any size and tells how much arrived.
func (s *shop) sink(w http.ResponseWriter, r *http.Request) {
	size, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		return
	}
	if s.execute(w, r) {
		fmt.Fprintln(w, size)
	}
}

// showHeaders answers with what arrived here, to see what a proxy made of it.
func showHeaders(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "Host: %s\nRemote-Addr: %s\nProtocol: %s\n", r.Host, r.RemoteAddr, r.Proto)
	for name, values := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded-") {
			w.Header()[name] = values
		}
	}
	r.Header.Write(w)
}

func (s *shop) health(w http.ResponseWriter, r *http.Request) {
	if why := s.whyUnhealthy(); why != "" {
		http.Error(w, why, http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "healthy")
}

func (s *shop) whyUnhealthy() string {
	switch {
	case atomic.LoadInt32(&s.unhealthy) == 1:
		return "unhealthy"
	case s.needsDB && atomic.LoadInt32(&s.dbReachable) == 0:
		return "the database is unreachable"
	default:
		return ""
	}
}

// watchDatabase keeps the health check from waiting for a database itself.
func (s *shop) watchDatabase(stop context.Context) {
	if !s.needsDB {
		return
	}
	for stop.Err() == nil {
		reachable := int32(1)
		if err := s.db.ping(stop); err != nil {
			reachable = 0
		}
		if atomic.SwapInt32(&s.dbReachable, reachable) != reachable {
			log.Printf("serve: database reachable: %t", reachable == 1)
		}
		time.Sleep(500 * time.Millisecond)
	}
}

func (s *shop) visit(w http.ResponseWriter, r *http.Request) {
	count, err := s.db.visit(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, count)
}

var uploadName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// uploads stores a body under the name in its path, else under one made from its content.
func uploads(w http.ResponseWriter, r *http.Request) {
	folder := env("UPLOAD_DIR", "/uploads")
	name := strings.Trim(strings.TrimPrefix(r.URL.Path, "/uploads"), "/")
	if name != "" && !uploadName.MatchString(name) {
		http.Error(w, "no such name", http.StatusBadRequest)
		return
	}
	switch r.Method {
	case http.MethodPost, http.MethodPut:
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<20))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if name == "" {
			sum := sha256.Sum256(body)
			name = hex.EncodeToString(sum[:8])
		}
		if err := writeFile(folder, name, body); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Location", "/uploads/"+name)
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintln(w, name)
	case http.MethodGet, http.MethodHead:
		content, err := os.ReadFile(filepath.Join(folder, name))
		if name == "" || err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Write(content)
	default:
		http.Error(w, "POST or GET", http.StatusMethodNotAllowed)
	}
}

// writeFile never shows another copy half a file.
func writeFile(folder, name string, content []byte) error {
	file, err := os.CreateTemp(folder, ".upload-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(content)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		// Another copy may run as another user.
		err = os.Chmod(file.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(folder, name))
	}
	return err
}

func (s *shop) slow(w http.ResponseWriter, r *http.Request) {
	milliseconds, err := strconv.Atoi(r.URL.Query().Get("ms"))
	if err != nil {
		milliseconds = 1000
	}
	select {
	case <-time.After(time.Duration(milliseconds) * time.Millisecond):
		s.greet(w, r)
	case <-r.Context().Done():
	}
}

func exit(w http.ResponseWriter, r *http.Request) {
	code, err := strconv.Atoi(r.URL.Query().Get("code"))
	if err != nil {
		code = 3
	}
	os.Exit(code)
}

func set(flag *int32, value int32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		atomic.StoreInt32(flag, value)
		fmt.Fprintln(w, "from the next request on")
	}
}

func answer(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, text) }
}
