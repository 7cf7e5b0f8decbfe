package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/lib/pq"
)

const (
	undefinedTable = "42P01"
	queryTimeout   = 2 * time.Second
	// Any number that nobody else locks: copies that start together must not create a table twice.
	migrationLock = 715_517
)

const schema = `
CREATE TABLE IF NOT EXISTS visits     (id bigserial PRIMARY KEY, host text NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS heartbeats (id bigserial PRIMARY KEY, host text NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS runs       (id bigserial PRIMARY KEY, host text NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS migrations (id bigserial PRIMARY KEY, version text NOT NULL, at timestamptz NOT NULL DEFAULT now());`

type database struct{ pool *sql.DB }

func openDatabase() *database {
	pool := sql.OpenDB(connector{})
	// A database that came back at another address is found without waiting for TCP to give up.
	pool.SetConnMaxLifetime(30 * time.Second)
	pool.SetMaxOpenConns(10)
	return &database{pool}
}

// connector reads host and password for each new connection, so that a rotated secret is seen.
type connector struct{}

func (connector) Driver() driver.Driver { return &pq.Driver{} }

func (connector) Connect(ctx context.Context) (driver.Conn, error) {
	host := os.Getenv("DB_HOST")
	if host == "" {
		return nil, errors.New("DB_HOST is not set")
	}
	password := os.Getenv("DB_PASSWORD")
	if file := os.Getenv("DB_PASSWORD_FILE"); file != "" {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		password = strings.TrimRight(string(content), "\r\n")
	}
	settings := []string{
		"sslmode=disable", "connect_timeout=2", "application_name=shop",
		setting("host", host), setting("port", env("DB_PORT", "5432")),
		setting("dbname", env("DB_NAME", "postgres")), setting("user", env("DB_USER", "postgres")),
		setting("password", password),
	}
	made, err := pq.NewConnector(strings.Join(settings, " "))
	if err != nil {
		return nil, err
	}
	return made.Connect(ctx)
}

func setting(name, value string) string {
	return fmt.Sprintf(`%s='%s'`, name, strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value))
}

func (db *database) exec(ctx context.Context, statement string, arguments ...interface{}) error {
	return db.withTables(ctx, func(ctx context.Context) error {
		_, err := db.pool.ExecContext(ctx, statement, arguments...)
		return err
	})
}

// visit counts this request in, and returns how many there were.
func (db *database) visit(ctx context.Context) (count int, err error) {
	err = db.withTables(ctx, func(ctx context.Context) error {
		if _, err := db.pool.ExecContext(ctx, `INSERT INTO visits (host) VALUES ($1)`, hostname()); err != nil {
			return err
		}
		return db.pool.QueryRowContext(ctx, `SELECT count(*) FROM visits`).Scan(&count)
	})
	return count, err
}

func (db *database) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	return db.pool.PingContext(ctx)
}

// withTables makes the tables if they turn out to be missing, unless AUTO_MIGRATE=0: a definition without
// a release step must work, and a test of release steps must be able to see one that did not run.
func (db *database) withTables(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	err := do(ctx)
	var failure *pq.Error
	if !errors.As(err, &failure) || failure.Code != undefinedTable || os.Getenv("AUTO_MIGRATE") == "0" {
		return err
	}
	if err := db.createTables(ctx); err != nil {
		return err
	}
	return do(ctx)
}

func (db *database) createTables(ctx context.Context) error {
	transaction, err := db.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer transaction.Rollback()
	if _, err := transaction.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, migrationLock); err != nil {
		return err
	}
	if _, err := transaction.ExecContext(ctx, schema); err != nil {
		return err
	}
	return transaction.Commit()
}

func migrate(ctx context.Context, db *database) error {
	if err := db.createTables(ctx); err != nil {
		return err
	}
	return db.exec(ctx, `INSERT INTO migrations (version) VALUES ($1)`, version())
}
