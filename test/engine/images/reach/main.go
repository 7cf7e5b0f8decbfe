// Command reach finds out who can reach whom.
//
//	reach listen tcp:8080 udp:53 …   answers on these ports, on every address, until TERM
//	reach probe                      reads `tcp:10.0.0.2:8080` a line, asks all of them at once, writes those that answered
//	reach addresses                  writes the addresses of this place
//
// Only an answer of this very program counts: a connection alone may be a proxy's that leads nowhere.
package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"
)

const answer = "reach\n"

// The first packet may be lost while neighbours find each other; the kernel repeats it after a second.
const patience = 2500 * time.Millisecond

func main() {
	if len(os.Args) < 2 {
		fail("usage: reach listen TRANSPORT:PORT… | reach probe | reach addresses")
	}
	switch os.Args[1] {
	case "listen":
		listen(os.Args[2:])
	case "probe":
		probe()
	case "addresses":
		fmt.Println(strings.Join(ownAddresses(), "\n"))
	default:
		fail("unknown command: " + os.Args[1])
	}
}

func listen(ports []string) {
	// The first process of a container ignores a signal that it does not handle.
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	for _, one := range ports {
		transport, port := split(one)
		if transport == "udp" {
			// On one address each: an answer must come from the address that was asked.
			for _, address := range ownAddresses() {
				socket, err := net.ListenPacket("udp4", address+":"+port)
				check(err)
				go answerPackets(socket)
			}
		} else {
			listener, err := net.Listen("tcp4", ":"+port)
			check(err)
			go answerConnections(listener)
		}
	}
	fmt.Println("listening")
	<-stop
}

func answerConnections(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			continue
		}
		go func() {
			defer connection.Close()
			fmt.Fprint(connection, answer)
		}()
	}
}

func answerPackets(socket net.PacketConn) {
	packet := make([]byte, 64)
	for {
		if _, from, err := socket.ReadFrom(packet); err == nil {
			socket.WriteTo([]byte(answer), from)
		}
	}
}

func ownAddresses() (found []string) {
	all, err := net.InterfaceAddrs()
	check(err)
	for _, one := range all {
		if address, ok := one.(*net.IPNet); ok && address.IP.To4() != nil && !address.IP.IsLoopback() {
			found = append(found, address.IP.String())
		}
	}
	return found
}

func probe() {
	var lines []string
	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		if line := strings.TrimSpace(input.Text()); line != "" {
			lines = append(lines, line)
		}
	}
	answered := make([]bool, len(lines))
	// Bounded for the sake of descriptors; nobody waits long for a turn.
	turns := make(chan struct{}, 800)
	var all sync.WaitGroup
	for i, line := range lines {
		all.Add(1)
		turns <- struct{}{}
		go func(i int, line string) {
			defer all.Done()
			defer func() { <-turns }()
			transport, address := split(line)
			answered[i] = answers(transport, address)
		}(i, line)
	}
	all.Wait()
	for i, line := range lines {
		if answered[i] {
			fmt.Println(line)
		}
	}
}

func answers(transport, address string) bool {
	deadline := time.Now().Add(patience)
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	connection, err := (&net.Dialer{}).DialContext(ctx, transport, address)
	if err != nil {
		return false
	}
	defer connection.Close()
	if transport == "tcp" {
		return reads(connection, deadline)
	}
	for time.Now().Before(deadline) {
		if _, err := fmt.Fprint(connection, "?"); err != nil {
			return false
		}
		next := time.Now().Add(600 * time.Millisecond)
		if reads(connection, next) {
			return true
		}
		time.Sleep(time.Until(next))
	}
	return false
}

func reads(connection net.Conn, deadline time.Time) bool {
	connection.SetReadDeadline(deadline)
	text := make([]byte, len(answer))
	n, err := connection.Read(text)
	return err == nil && string(text[:n]) == answer
}

func split(text string) (string, string) {
	before, after, found := strings.Cut(text, ":")
	if !found || (before != "tcp" && before != "udp") {
		fail("not TRANSPORT:PORT: " + text)
	}
	return before, after
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
