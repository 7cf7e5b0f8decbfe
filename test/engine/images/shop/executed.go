package main

import (
	"log"
	"net/http"
	"os"
	"path/filepath"
	"sync"
)

// executedPosts records which POSTs this copy executed, one X-Request-Id a line, in a file of its own. What
// was written outlives the process, however it ends, and the container, where the folder is a volume.
type executedPosts struct {
	sync.Mutex
	file *os.File
}

// openExecutedPosts records nothing without a folder.
func openExecutedPosts(folder string) *executedPosts {
	if folder == "" {
		return &executedPosts{}
	}
	file, err := os.OpenFile(filepath.Join(folder, hostname()), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		log.Fatalf("serve: EXECUTED_DIR: %v", err)
	}
	return &executedPosts{file: file}
}

// execute is what a POST is for, to be called once its body is there and before it is answered. It tells
// whether to go on.
func (s *shop) execute(w http.ResponseWriter, r *http.Request) bool {
	id := r.Header.Get("X-Request-Id")
	if r.Method != http.MethodPost || id == "" || s.executed.file == nil {
		return true
	}
	s.executed.Lock()
	defer s.executed.Unlock()
	if _, err := s.executed.file.WriteString(id + "\n"); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return false
	}
	return true
}
