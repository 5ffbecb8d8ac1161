package hub

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/chubls/chubls/docs"
)

// ErrOffline is matched by the error for what only the network could give,
// while the configuration says offline.
var ErrOffline = errors.New("offline: nothing is fetched")

// pace is how patient the network code is, and how much it takes.
type pace struct {
	list    int64         // bytes of a registry
	try     time.Duration // one whole transfer, redirects and body
	bundle  time.Duration // the same for a bundle
	total   time.Duration // all tries of one request, waiting included
	backoff time.Duration // before the second try; doubles
	tries   uint
	down    time.Duration // how long a host that failed is left alone
	forget  time.Duration // how long a document that is not there stays so
	slow    time.Duration // what takes longer is told to the observer
}

var defaultPace = pace{
	list: MaxRegistry,
	try:  30 * time.Second, bundle: 10 * time.Minute, total: 45 * time.Second,
	backoff: 300 * time.Millisecond, tries: 4,
	down: 15 * time.Second, forget: 5 * time.Minute, slow: docs.Slow,
}

const (
	perHost      = 4 // requests to one host at a time
	maxRedirects = 5
	userAgent    = "chubls (+https://github.com/chubls/chubls)"
)

// network is what the sources share: the connections and, for each host, its
// turn. It is the only way out of the process.
type network struct {
	pace pace
	dial func(ctx context.Context, network, address string) (net.Conn, error)

	decided chan struct{} // closed when it is known whether the network may be used
	once    sync.Once
	offline bool // may not; to be read when it is decided

	mu      sync.Mutex
	hosts   map[string]*host
	clients map[string]*http.Client // by the file of extra certificates
}

// host hands out turns, and remembers how long it is to be left alone.
type host struct {
	turns chan struct{}

	mu    sync.Mutex
	until time.Time
	why   error
	asked bool // the host has asked for it, so it is worth waiting for
}

func newNetwork(p pace) *network {
	dialer := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &network{pace: p, dial: dialer.DialContext, decided: make(chan struct{}), hosts: map[string]*host{}, clients: map[string]*http.Client{}}
}

// decide says whether the network may be used. Only the first word counts.
func (n *network) decide(offline bool) {
	n.once.Do(func() {
		n.offline = offline
		close(n.decided)
	})
}

// allow waits until it is decided whether the network may be used, and returns
// ErrOffline if not.
func (n *network) allow(ctx context.Context) error {
	select {
	case <-n.decided:
	case <-ctx.Done():
		return ctx.Err()
	}
	if n.offline {
		return ErrOffline
	}
	return nil
}

// shut reports whether nothing may go out, now or at all.
func (n *network) shut() bool {
	select {
	case <-n.decided:
		return n.offline
	default:
		return true
	}
}

func (n *network) host(name string) *host {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hosts[name]
	if h == nil {
		h = &host{turns: make(chan struct{}, perHost)}
		n.hosts[name] = h
	}
	return h
}

// client returns the client that trusts a file of certificates beside the
// system's; "" is none.
func (n *network) client(ca string) (*http.Client, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if c := n.clients[ca]; c != nil {
		return c, nil
	}
	var roots *x509.CertPool // nil is the system's, SSL_CERT_FILE included
	if ca != "" {
		info, err := os.Stat(ca)
		if err != nil {
			return nil, fmt.Errorf("certificates: %w", err)
		}
		if !info.Mode().IsRegular() || info.Size() > maxConfig {
			return nil, fmt.Errorf("certificates: %s is no PEM file", ca)
		}
		pem, err := os.ReadFile(ca)
		if err != nil {
			return nil, fmt.Errorf("certificates: %w", err)
		}
		if roots, err = x509.SystemCertPool(); err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("certificates: %s holds none in PEM", ca)
		}
	}
	c := &http.Client{
		CheckRedirect: redirect,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if n.shut() { // nothing gets here; this line is the promise
					return nil, ErrOffline
				}
				return n.dial(ctx, network, address)
			},
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:      true,
			MaxConnsPerHost:        perHost,
			MaxIdleConnsPerHost:    perHost,
			IdleConnTimeout:        30 * time.Second,
			TLSHandshakeTimeout:    10 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
	n.clients[ca] = c
	return c, nil
}

func (n *network) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.clients {
		c.CloseIdleConnections()
	}
}

// redirect follows up to maxRedirects. Once a request has left its host, nothing
// of the configuration goes with it any more, not even on the way back.
func redirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return backoff.Permanent(fmt.Errorf("more than %d redirects", maxRedirects))
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return backoff.Permanent(errors.New("it redirects from https to http"))
	}
	req.Header.Del("Referer")
	for _, r := range append(slices.Clone(via[1:]), req) {
		if sameHost(via[0].URL, r.URL) {
			continue
		}
		for name := range req.Header {
			if !slices.Contains(plainHeaders, name) {
				req.Header.Del(name)
			}
		}
		break
	}
	return nil
}

// plainHeaders are those that any host may see.
var plainHeaders = []string{"Accept", "Accept-Encoding", "User-Agent", "If-None-Match", "If-Modified-Since"}

// sameHost reports whether to is where from is, or its https side.
func sameHost(from, to *url.URL) bool {
	port := func(u *url.URL) string {
		if p := u.Port(); p != "" {
			return p
		}
		return map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if !strings.EqualFold(from.Hostname(), to.Hostname()) {
		return false
	}
	return from.Scheme == to.Scheme && port(from) == port(to) ||
		from.Scheme == "http" && to.Scheme == "https" && port(from) == "80" && port(to) == "443"
}

// remoteHost fetches from one source's address, with its credentials.
type remoteHost struct {
	net     *network
	base    *url.URL // without user and password
	basic   string   // value of Authorization, from the address or netrc; may be empty
	auth    string   // where basic comes from, for people
	secrets secrets
	client  *http.Client
	host    *host
}

func (n *network) remote(s SourceConfig) (*remoteHost, error) {
	address := s.URL
	if address == "" {
		address = DefaultURL
	}
	u, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf(`its address %s is none: write "url: https://hub.example/v1"`, mask(address))
	}
	client, err := n.client(expandHome(s.CA))
	if err != nil {
		return nil, err
	}
	r := &remoteHost{net: n, base: u, secrets: secrets{headers: s.Headers}, client: client, host: n.host(u.Host)}
	user, from := u.User, "its address"
	u.User = nil
	if user == nil && !slices.ContainsFunc(s.Headers, func(h Header) bool { return strings.EqualFold(h.Name, "Authorization") }) {
		// A password for a host goes over https only: the entry may be there for
		// something else.
		if u.Scheme == "https" || isLoopback(u.Hostname()) {
			user, from = netrc(u.Hostname()), "netrc"
		}
	}
	if user != nil {
		password, _ := user.Password()
		r.basic = "Basic " + base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password))
		r.auth = from
	}
	return r, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// request is one thing to fetch.
type request struct {
	path           string // below the source's address, clean
	max            int64  // bytes, unpacked
	size           int64  // as the registry says; 0 is unknown
	etag, modified string // of the copy that is there
	bundle         bool
	// to makes the place for the body; it is called for each try.
	to func() (io.Writer, error)
}

// answer is what came of it. The body went to the request's writer.
type answer struct {
	unchanged      bool // the copy that is there is the newest
	etag, modified string
}

// get fetches, in its turn, with several tries. The error for a file that is
// not there matches fs.ErrNotExist. No error names a secret.
func (r *remoteHost) get(ctx context.Context, req request) (answer, error) {
	if err := r.net.allow(ctx); err != nil {
		return answer{}, err
	}
	p := r.net.pace
	if err := r.host.take(ctx, p.total); err != nil {
		return answer{}, err
	}
	defer func() { <-r.host.turns }()
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.Multiplier = p.backoff, 2
	again := true // a token command may be asked for a new token once
	total := p.total
	if req.bundle {
		total += p.bundle
	}
	a, err := backoff.Retry(ctx, func() (answer, error) {
		a, err := r.try(ctx, req)
		if errors.Is(err, errRefused) && again && r.secrets.forget() {
			again = false
			a, err = r.try(ctx, req)
		}
		return a, err
	}, backoff.WithBackOff(wait), backoff.WithMaxTries(p.tries), backoff.WithMaxElapsedTime(total))
	var permanent *backoff.PermanentError
	switch {
	case err == nil:
		r.host.again()
	case errors.As(err, &permanent):
		err = permanent.Err
	}
	if err != nil {
		if ctx.Err() == nil && errors.Is(err, errUnreachable) && !errors.Is(err, errQuiet) {
			r.host.leave(time.Now().Add(p.down), err, false)
		}
		u := r.base.JoinPath(escape(req.path))
		return answer{}, fmt.Errorf("%s: %w", maskURL(u), err)
	}
	return a, nil
}

var (
	errUnreachable = errors.New("cannot be reached")
	errRefused     = errors.New("refused: check the headers of the source")
	errQuiet       = errors.New("it has asked for a pause")
)

// try is one request from the first byte to the last.
func (r *remoteHost) try(ctx context.Context, req request) (answer, error) {
	limit := r.net.pace.try
	if req.bundle {
		limit = r.net.pace.bundle
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("%w: no whole answer within %v", errUnreachable, limit))
	defer cancel()
	h, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base.JoinPath(escape(req.path)).String(), nil)
	if err != nil {
		return answer{}, backoff.Permanent(errors.New("not an address"))
	}
	values, err := r.secrets.get(ctx)
	if err != nil {
		return answer{}, backoff.Permanent(err)
	}
	if r.basic != "" {
		h.Header.Set("Authorization", r.basic)
	}
	for name, value := range values {
		h.Header.Set(name, value)
	}
	h.Header.Set("User-Agent", userAgent)
	if req.etag != "" {
		h.Header.Set("If-None-Match", req.etag)
	}
	if req.modified != "" {
		h.Header.Set("If-Modified-Since", req.modified)
	}
	if req.bundle { // it is packed already, and stays so on its way
		h.Header.Set("Accept-Encoding", "identity")
	}
	resp, err := r.client.Do(h)
	if err != nil {
		return answer{}, netError(ctx, err)
	}
	defer resp.Body.Close()
	if err := r.status(resp, req); err != nil {
		return answer{}, err
	}
	a := answer{etag: resp.Header.Get("ETag"), modified: resp.Header.Get("Last-Modified")}
	if resp.StatusCode == http.StatusNotModified {
		a.unchanged = true
		return a, nil
	}
	if resp.ContentLength > req.max {
		return answer{}, backoff.Permanent(tooLarge(req.path, resp.ContentLength, req.max))
	}
	to, err := req.to()
	if err != nil {
		return answer{}, backoff.Permanent(err)
	}
	n, err := io.Copy(to, io.LimitReader(resp.Body, req.max+1))
	switch {
	case err != nil && ctx.Err() == nil && isWrite(err):
		return answer{}, backoff.Permanent(err)
	case err != nil:
		return answer{}, netError(ctx, err)
	case n > req.max:
		return answer{}, backoff.Permanent(fmt.Errorf("%w: more than %d bytes", docs.ErrTooLarge, req.max))
	case n == 0:
		return answer{}, fmt.Errorf("%w: the answer is empty", errUnreachable)
	case resp.ContentLength < 0 && !resp.Uncompressed && len(resp.TransferEncoding) == 0 && resp.ProtoMajor == 1 && n < req.size:
		// Nothing but the end of the connection says where the body ends.
		return answer{}, fmt.Errorf("%w: %w", errUnreachable, io.ErrUnexpectedEOF)
	}
	return a, nil
}

func isWrite(err error) bool {
	var path *fs.PathError
	return errors.As(err, &path)
}

// status turns a status that is no success into an error.
func (r *remoteHost) status(resp *http.Response, req request) error {
	encoded := resp.Header.Get("Content-Encoding") != "" && !req.bundle
	switch s := resp.StatusCode; {
	case s == http.StatusNotModified && (req.etag != "" || req.modified != ""):
		return nil
	case s == http.StatusOK && encoded:
		return backoff.Permanent(errors.New("it answers in an encoding that was not asked for"))
	case s == http.StatusOK:
		return nil
	case s == http.StatusNotFound || s == http.StatusGone:
		return backoff.Permanent(fmt.Errorf("%w (%s)", fs.ErrNotExist, resp.Status))
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		return backoff.Permanent(fmt.Errorf("%w (%s)", errRefused, resp.Status))
	case s == http.StatusTooManyRequests || s == http.StatusServiceUnavailable:
		err := fmt.Errorf("%w (%s)", errUnreachable, resp.Status)
		after, ok := retryAfter(resp.Header.Get("Retry-After"), time.Now())
		if !ok {
			return err
		}
		err = fmt.Errorf("%w: %w (%s)", errUnreachable, errQuiet, resp.Status)
		r.host.leave(time.Now().Add(after), err, true)
		return fmt.Errorf("%w; %w", err, &backoff.RetryAfterError{Duration: after})
	case s >= 500 || s == http.StatusRequestTimeout:
		return fmt.Errorf("%w (%s)", errUnreachable, resp.Status)
	default:
		return backoff.Permanent(fmt.Errorf("it answers %s", resp.Status))
	}
}

// retryAfter reads seconds or a date, at most an hour.
func retryAfter(text string, now time.Time) (time.Duration, bool) {
	wait := time.Duration(-1)
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = max(0, at.Sub(now))
	}
	return min(wait, time.Hour), wait >= 0
}

// netError takes the address out of an error of net/http: it may hold secrets.
func netError(ctx context.Context, err error) error {
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		return permanent
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unknown) {
		return backoff.Permanent(fmt.Errorf("%w: %w; name its certificate with \"ca:\" in the source", errUnreachable, err))
	}
	return fmt.Errorf("%w: %w", errUnreachable, err)
}

// escape keeps url.JoinPath from reading a name as more than a name.
func escape(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// take waits for a turn. A host that has asked for a short pause is waited for;
// one that cannot be reached, or wants a long one, is not asked.
func (h *host) take(ctx context.Context, patience time.Duration) error {
	select {
	case h.turns <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	h.mu.Lock()
	wait, why, asked := time.Until(h.until), h.why, h.asked
	h.mu.Unlock()
	switch {
	case wait <= 0:
		return nil
	case asked && wait <= patience:
		pause := time.NewTimer(wait)
		defer pause.Stop()
		select {
		case <-pause.C:
			return nil
		case <-ctx.Done():
			why = context.Cause(ctx)
		}
	}
	<-h.turns
	return why
}

// leave says until when the host is left alone, and why; asked is whether it
// has asked for that.
func (h *host) leave(until time.Time, why error, asked bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.until, h.why, h.asked = until, why, asked
}

// again lets the host be asked at once, unless it has asked for a pause itself.
func (h *host) again() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.asked {
		h.until = time.Time{}
	}
}
