// The page's routes in a server. On another port what the test asks of it: all
// grants, and to send many messages at once.
package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"sync"

	_ "github.com/go-sql-driver/mysql"

	"subscribe"
)

// weChat is the client of the test's subscribe/send.
type weChat struct{ url string }

func (client weChat) Send(message subscribe.Message) (int, error) {
	body, err := json.Marshal(message)
	if err != nil {
		return 0, err
	}
	response, err := http.Post(client.url, "application/json", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var answer struct{ Errcode int }
	err = json.NewDecoder(response.Body).Decode(&answer)
	return answer.Errcode, err
}

func main() {
	db, err := sql.Open("mysql", "shop@tcp(127.0.0.1:"+os.Getenv("DATABASE_PORT")+
		")/shop?tx_isolation=%27READ-COMMITTED%27")
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(10)
	db.SetMaxIdleConns(10)
	http.DefaultTransport.(*http.Transport).MaxConnsPerHost = 50
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 50

	// The sign-in of the test: the header is the user.
	userOf := func(r *http.Request) string { return r.Header.Get("Authorization") }
	go serve("CONTROL_PORT", control(db, weChat{os.Getenv("WECHAT_URL")}))
	serve("PORT", subscribe.Routes(db, userOf))
}

func control(db *sql.DB, client subscribe.Client) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			json.NewEncoder(w).Encode(grants(db))
			return
		}
		var messages [][3]string
		if err := json.NewDecoder(r.Body).Decode(&messages); err != nil {
			log.Fatal(err)
		}
		json.NewEncoder(w).Encode(sendAll(db, client, messages))
	}
}

func grants(db *sql.DB) [][]interface{} {
	rows, err := db.Query(`SELECT g.report_id, g.state, g.answered_at, a.trigger_act
		FROM subscribe_grant g JOIN subscribe_answer a ON a.report_id = g.report_id`)
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	grants := [][]interface{}{}
	for rows.Next() {
		var reportID, state, trigger string
		var at int64
		if err := rows.Scan(&reportID, &state, &at, &trigger); err != nil {
			log.Fatal(err)
		}
		grants = append(grants, []interface{}{reportID, state, at, trigger})
	}
	return grants
}

func sendAll(db *sql.DB, client subscribe.Client, messages [][3]string) map[string]int {
	var group sync.WaitGroup
	var lock sync.Mutex
	counts := map[string]int{}
	for _, message := range messages {
		group.Add(1)
		go func(id, openID, templateID string) {
			defer group.Done()
			data := map[string]map[string]string{"thing1": {"value": id}}
			outcome, err := subscribe.Send(db, client, id,
				subscribe.Message{ToUser: openID, TemplateID: templateID, Data: data})
			if err != nil {
				log.Print(err)
				outcome = "error"
			}
			lock.Lock()
			defer lock.Unlock()
			counts[outcome]++
		}(message[0], message[1], message[2])
	}
	group.Wait()
	return counts
}

func serve(variable string, routes http.Handler) {
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv(variable), routes))
}
