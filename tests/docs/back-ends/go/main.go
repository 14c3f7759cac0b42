// The page's routes in a server. On another port, how many grants there are, for
// the test.
package main

import (
	"database/sql"
	"fmt"
	"log"
	"net/http"
	"os"

	_ "github.com/mattn/go-sqlite3"

	"subscribe"
)

func main() {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	// Each connection to memory would be a database of its own.
	db.SetMaxOpenConns(1)
	schema, err := os.ReadFile(os.Getenv("SCHEMA"))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := db.Exec(string(schema)); err != nil {
		log.Fatal(err)
	}
	// The sign-in of the test: the header is the user.
	userOf := func(r *http.Request) string { return r.Header.Get("Authorization") }
	go serve("GRANTS_PORT", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var count int
		if err := db.QueryRow("SELECT count(*) FROM subscribe_grant").Scan(&count); err != nil {
			log.Fatal(err)
		}
		fmt.Fprint(w, count)
	}))
	serve("PORT", subscribe.Routes(db, userOf))
}

func serve(variable string, routes http.Handler) {
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv(variable), routes))
}
