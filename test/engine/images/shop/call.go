package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/http2"
)

var (
	keptAlive      = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	newConnections = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	// One connection for all calls, as programs have it that speak gRPC.
	overGRPC = &http.Client{Timeout: 10 * time.Second, Transport: &http2.Transport{
		AllowHTTP: true,
		DialTLSContext: func(ctx context.Context, network, address string, _ *tls.Config) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}}
)

// call passes the request on to another workload, as a service behind a service does, and its answer back.
func call(w http.ResponseWriter, r *http.Request) {
	client := keptAlive
	if r.URL.Query().Get("new") == "1" {
		client = newConnections
	}
	request, err := http.NewRequestWithContext(r.Context(), r.Method, r.URL.Query().Get("url"), r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	request.ContentLength = r.ContentLength
	if id := r.Header.Get("X-Request-Id"); id != "" {
		request.Header.Set("X-Request-Id", id)
	}
	response, err := client.Do(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	w.Header().Set("X-Called", response.Header.Get("X-Served-By"))
	w.WriteHeader(response.StatusCode)
	io.Copy(w, response.Body)
}

// callGRPC asks another workload to echo the request's number, and answers what came back.
func callGRPC(w http.ResponseWriter, r *http.Request) {
	message := []byte(r.Header.Get("X-Request-Id"))
	frame := append(make([]byte, grpcPrefix), message...)
	binary.BigEndian.PutUint32(frame[1:], uint32(len(message)))
	request, err := http.NewRequestWithContext(r.Context(), http.MethodPost, r.URL.Query().Get("url")+grpcEchoMethod, bytes.NewReader(frame))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("TE", "trailers")
	response, err := overGRPC.Do(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if status := response.Trailer.Get("Grpc-Status"); err != nil || status != "0" || !bytes.Equal(answer, frame) {
		http.Error(w, fmt.Sprintf("gRPC status %q of HTTP %d: %q: %v", status, response.StatusCode, answer, err), http.StatusBadGateway)
		return
	}
	w.Header().Set("X-Called", response.Header.Get("X-Served-By"))
	w.Write(message)
}
