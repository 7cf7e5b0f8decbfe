package main

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// Each test has a server with one known fault: the client must find exactly that.

func TestFindsNothingWhereNothingIsWrong(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(answering("fine"))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	o := optionsFor(t, server)
	o.protocols = []string{"http/1.1", "h2"}
	o.ca = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	report := runFor(t, time.Second, o)
	if report.Failed != 0 || report.SlowerThan1s != 0 || report.Retried != 0 {
		t.Errorf("found %+v", report)
	}
	for _, kind := range []string{
		"GET new h1", "GET reused h1", "GET new h2", "GET reused h2", "POST new h1", "POST reused h1", "POST new h2", "POST reused h2",
	} {
		if report.Kinds[kind] == nil {
			t.Errorf("no %s", kind)
		}
	}
}

func TestKeepsItsRateWhateverTheServerDoes(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(300 * time.Millisecond)
	}))
	defer server.Close()
	report := runFor(t, time.Second, optionsFor(t, server))
	if report.Sent < 190 || report.Sent > 201 {
		t.Errorf("sent %d in a second, at 200 a second", report.Sent)
	}
}

func TestCountsLatencyFromWhenARequestWasDue(t *testing.T) {
	t.Parallel()
	l := &load{recorder: newRecorder()}
	l.timeout = time.Second
	l.measure("late", time.Now().Add(-2*time.Second), 0, func(context.Context, string) error { return nil })
	if report := l.report(); report.SlowerThan1s != 1 {
		t.Errorf("%+v", report)
	}
}

func TestFindsDroppedRequests(t *testing.T) {
	t.Parallel()
	var count, dropped int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if atomic.AddInt64(&count, 1)%100 == 0 {
			atomic.AddInt64(&dropped, 1)
			panic(http.ErrAbortHandler)
		}
	}))
	defer server.Close()
	o := optionsFor(t, server)
	o.minimum = 400
	report := runFor(t, time.Second, o)
	// A GET whose reused connection was closed was sent again.
	if report.Failed+report.Retried != int(dropped) || report.Failed == 0 || report.Failures[0].Reason != "connection closed" {
		t.Errorf("%d were dropped, found %d, retried %d: %+v", dropped, report.Failed, report.Retried, report.Failures)
	}
	if report.Sent < 400 {
		t.Errorf("sent %d, less than the minimum", report.Sent)
	}
}

func TestFindsErrorsTimeoutsAndSlowRequests(t *testing.T) {
	t.Parallel()
	var count int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch atomic.AddInt64(&count, 1) {
		case 20:
			http.Error(w, "gone", http.StatusBadGateway)
		case 40:
			time.Sleep(1200 * time.Millisecond)
		case 60:
			time.Sleep(2500 * time.Millisecond)
		}
	}))
	defer server.Close()
	o := optionsFor(t, server)
	o.timeout = 2 * time.Second
	report := runFor(t, time.Second, o)
	if report.Failed != 2 || report.SlowerThan1s < 1 {
		t.Errorf("%d failed, %d slow: %+v", report.Failed, report.SlowerThan1s, report.Failures)
	}
	reasons := map[string]int{}
	for _, failure := range report.Failures {
		reasons[failure.Reason] = failure.Count
	}
	if reasons["status 502"] != 1 || reasons["timeout"] != 1 {
		t.Errorf("reasons: %v", reasons)
	}
}

func TestFindsWhatWasDoneTwiceOrNever(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var lock sync.Mutex
	posts, twice, never := 0, 0, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			return
		}
		lock.Lock()
		defer lock.Unlock()
		posts++
		copies := []string{"one"}
		switch {
		case posts%10 == 0:
			copies = append(copies, "two")
			twice++
		case posts%15 == 1:
			copies = nil
			never++
		}
		for _, name := range copies {
			file, _ := os.OpenFile(filepath.Join(folder, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
			fmt.Fprintln(file, r.Header.Get("X-Request-Id"))
			file.Close()
		}
	}))
	defer server.Close()
	o := optionsFor(t, server)
	o.executedFolder = folder
	report := runFor(t, time.Second, o)
	if report.DoneTwice != twice || report.NeverDone != never || twice == 0 || never == 0 {
		t.Errorf("found %d of %d done twice, %d of %d never", report.DoneTwice, twice, report.NeverDone, never)
	}
}

func TestFindsUploadsThatDidNotArriveWhole(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprintln(w, size-1)
	}))
	defer server.Close()
	o := optionsFor(t, server)
	o.uploads, o.uploadSize, o.uploadTime = 1, 1<<20, 100*time.Millisecond
	report := runFor(t, 200*time.Millisecond, o)
	if upload := report.Kinds["upload"]; upload == nil || upload.Failed != upload.Sent || report.Failures[0].Reason != "wrong answer" {
		t.Errorf("%+v", report)
	}
}

func TestWaitsForSlowRequestsAfterTheStop(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(500 * time.Millisecond)
		}
	}))
	defer server.Close()
	o := optionsFor(t, server)
	o.slow, o.slowTime = 2, 500*time.Millisecond
	begin := time.Now()
	report := runFor(t, 300*time.Millisecond, o)
	// What they are meant to take does not count.
	most := float64(time.Since(begin)-o.slowTime) / float64(time.Millisecond)
	if slow := report.Kinds["slow"]; slow == nil || slow.Sent != 2 || slow.Failed != 0 || slow.Max > most {
		t.Errorf("%+v", slow)
	}
}

func TestFindsWebSocketsThatClose(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		end           func(*websocket.Conn)
		allowed       bool
		failed, plans int
	}{
		{"without a word", func(c *websocket.Conn) { c.CloseNow() }, true, 1, 0},
		{"as planned, which is not allowed", func(c *websocket.Conn) { c.Close(websocket.StatusGoingAway, "") }, false, 1, 0},
		{"as planned, which is allowed", func(c *websocket.Conn) { c.Close(websocket.StatusGoingAway, "") }, true, 0, 1},
	} {
		test := test
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var opened int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/ws" {
					return
				}
				connection, err := websocket.Accept(w, r, nil)
				if err != nil {
					return
				}
				first := atomic.AddInt64(&opened, 1) == 1
				for {
					kind, message, err := connection.Read(context.Background())
					if err != nil {
						return
					}
					connection.Write(context.Background(), kind, message)
					if first {
						test.end(connection)
						return
					}
				}
			}))
			defer server.Close()
			o := optionsFor(t, server)
			o.webSockets, o.allowPlannedClose = 1, test.allowed
			report := runFor(t, 2500*time.Millisecond, o)
			if echoes := report.Kinds["websocket"]; echoes.Sent != 3 || echoes.Failed != test.failed || report.PlannedCloses != test.plans {
				t.Errorf("%+v, %d planned closes: %+v", echoes, report.PlannedCloses, report.Failures)
			}
		})
	}
}

func TestFindsGRPCCallsThatFail(t *testing.T) {
	t.Parallel()
	var count int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != grpcEchoMethod {
			return
		}
		frame, _ := io.ReadAll(r.Body)
		w.Header().Set("Trailer", "Grpc-Status")
		if atomic.AddInt64(&count, 1) == 2 {
			w.Header().Set("Grpc-Status", "14")
			return
		}
		w.Write(frame)
		w.Header().Set("Grpc-Status", "0")
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	o := optionsFor(t, server)
	o.insecure, o.grpcRate = true, 10
	report := runFor(t, 450*time.Millisecond, o)
	if calls := report.Kinds["grpc"]; calls.Sent != 5 || calls.Failed != 1 || report.Failures[0].Reason != "gRPC status 14" {
		t.Errorf("%+v: %+v", calls, report.Failures)
	}
}

func TestConnectsElsewhereInTheNameOfTheURL(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 1000)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked <- r.Host }))
	names := make(chan string, 1000)
	server.TLS = &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		names <- hello.ServerName
		return nil, nil
	}}
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	o := optionsFor(t, server)
	o.insecure, o.connect = true, o.url.Host
	o.url = &url.URL{Scheme: "https", Host: "shop.test", Path: "/"}
	for _, protocol := range []string{"http/1.1", "h2"} {
		o.protocols = []string{protocol}
		if report := runFor(t, 100*time.Millisecond, o); report.Failed != 0 {
			t.Errorf("%s: %+v", protocol, report.Failures)
		}
		if host, name := <-asked, <-names; host != "shop.test" || name != "shop.test" {
			t.Errorf("%s: Host %q, SNI %q", protocol, host, name)
		}
	}
}

func answering(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, text) }
}

func optionsFor(t *testing.T, server *httptest.Server) options {
	t.Helper()
	o, err := parseOptions([]string{"-url", server.URL + "/", "-rate", "200", "-protocols", "http/1.1"})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func runFor(t *testing.T, duration time.Duration, o options) *Report {
	t.Helper()
	stop, cancel := context.WithTimeout(context.Background(), duration)
	defer cancel()
	report, err := run(stop, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}
