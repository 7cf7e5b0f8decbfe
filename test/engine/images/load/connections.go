package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"
)

// A client is one way to get a request across: over which protocol, and on whose connection.
type client struct {
	name string
	http.RoundTripper
}

// clients are all ways that the options ask for: each protocol, on a new connection and on a reused one.
func (d *dialer) clients(target *url.URL, protocols []string) ([]client, error) {
	var clients []client
	for _, protocol := range protocols {
		switch {
		case protocol == "http/1.1":
			clients = append(clients,
				client{"new h1", d.http1(true)},
				client{"reused h1", newVisitors(func() http.RoundTripper { return d.http1(false) })})
		case protocol == "h2" && target.Scheme == "https", protocol == "h2c" && target.Scheme == "http":
			clients = append(clients,
				client{"new " + protocol, newHTTP2{d}},
				client{"reused " + protocol, newVisitors(func() http.RoundTripper { return d.http2(target.Scheme) })})
		default:
			return nil, fmt.Errorf("no %s to %s", protocol, target)
		}
	}
	return clients, nil
}

// visitors take turns, each on connections of its own. A single pool would always take its latest connection;
// what goes wrong with reused ones is that they end while they are idle.
type visitors struct {
	transports [20]http.RoundTripper
	turns      atomic.Int64
}

func newVisitors(newTransport func() http.RoundTripper) *visitors {
	v := &visitors{}
	for i := range v.transports {
		v.transports[i] = newTransport()
	}
	return v
}

func (v *visitors) RoundTrip(request *http.Request) (*http.Response, error) {
	return v.transports[int(v.turns.Add(1))%len(v.transports)].RoundTrip(request)
}

func (d *dialer) http1(newConnections bool) *http.Transport {
	return &http.Transport{
		DialContext:         d.dial,
		TLSClientConfig:     d.tls,
		DisableKeepAlives:   newConnections,
		MaxIdleConnsPerHost: 1000,
		DisableCompression:  true,
	}
}

// http2 multiplexes requests on one connection. A dead one is noticed as browsers do: by a ping.
func (d *dialer) http2(scheme string) *http2.Transport {
	return &http2.Transport{
		AllowHTTP:          true,
		DisableCompression: true,
		ReadIdleTimeout:    5 * time.Second,
		PingTimeout:        5 * time.Second,
		DialTLSContext: func(ctx context.Context, _, address string, _ *tls.Config) (net.Conn, error) {
			return d.dialHTTP2(ctx, scheme, address)
		},
	}
}

// newHTTP2 opens a connection for each request.
type newHTTP2 struct{ *dialer }

func (n newHTTP2) RoundTrip(request *http.Request) (*http.Response, error) {
	connection, err := n.dialHTTP2(request.Context(), request.URL.Scheme, addressOf(request.URL))
	if err != nil {
		return nil, err
	}
	client, err := (&http2.Transport{AllowHTTP: true, DisableCompression: true}).NewClientConn(connection)
	if err != nil {
		connection.Close()
		return nil, err
	}
	response, err := client.RoundTrip(request)
	if err != nil {
		connection.Close()
		return nil, err
	}
	response.Body = lastBody{response.Body, connection}
	return response, nil
}

// lastBody closes the connection that it came on.
type lastBody struct {
	io.ReadCloser
	connection net.Conn
}

func (b lastBody) Close() error {
	defer b.connection.Close()
	return b.ReadCloser.Close()
}

// A dialer connects as the options say.
type dialer struct {
	address, connect string
	tls              *tls.Config
}

func newDialer(o options) (*dialer, error) {
	d := &dialer{address: addressOf(o.url), connect: o.connect, tls: &tls.Config{InsecureSkipVerify: o.insecure}}
	if o.ca != "" {
		d.tls.RootCAs = x509.NewCertPool()
		if !d.tls.RootCAs.AppendCertsFromPEM([]byte(o.ca)) {
			return nil, fmt.Errorf("-ca holds no certificate")
		}
	}
	return d, nil
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if d.connect != "" && address == d.address {
		address = d.connect
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

func (d *dialer) dialHTTP2(ctx context.Context, scheme, address string) (net.Conn, error) {
	connection, err := d.dial(ctx, "tcp", address)
	if err != nil || scheme == "http" {
		return connection, err
	}
	config := d.tls.Clone()
	config.ServerName, _, _ = net.SplitHostPort(address)
	config.NextProtos = []string{"h2"}
	secured := tls.Client(connection, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		connection.Close()
		return nil, err
	}
	if secured.ConnectionState().NegotiatedProtocol != "h2" {
		connection.Close()
		return nil, fmt.Errorf("the server speaks no h2")
	}
	return secured, nil
}

func addressOf(target *url.URL) string {
	port := target.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[target.Scheme]
	}
	return net.JoinHostPort(target.Hostname(), port)
}
