package main

import (
	"io"
	"net/http"
	"time"
)

var (
	keptAlive      = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	newConnections = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
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
