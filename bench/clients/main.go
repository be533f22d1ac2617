// The clients of the load tests: groups of discovery streams that read slowly, reject, disconnect and reconnect.
//
// It reads one command per line, in JSON, and prints one line of JSON with the result of each.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"
)

type command struct {
	Do string
	// The name of a group.
	Group string
	// For "open".
	open
	// For "await": every stream has this version of a type, or a later one.
	Type, Version string
	// For "await": what latencies are counted from, in microseconds since 1970.
	SinceUs int64
	// For "await" and "served": when to give up.
	TimeoutMs int64
	// For "churn": how many streams reconnect in a second; 0: none.
	PerSecond int
	// For "stall": whether the streams stop to read, or read again.
	Stalled bool
}

func main() {
	log.SetFlags(0)
	groups := map[string]*group{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			log.Fatal(err)
		}
		result, err := run(groups, c)
		if err != nil {
			result = map[string]string{"error": err.Error()}
		}
		text, _ := json.Marshal(result)
		fmt.Println(string(text))
	}
	for _, g := range groups {
		g.close()
	}
}

func run(groups map[string]*group, c command) (any, error) {
	done := struct{}{}
	if c.Do == "open" {
		if groups[c.Group] != nil {
			return nil, fmt.Errorf("group %q is open", c.Group)
		}
		g, err := newGroup(c.open)
		groups[c.Group] = g
		return done, err
	}
	g := groups[c.Group]
	if g == nil {
		return nil, fmt.Errorf("cannot find the group %q", c.Group)
	}
	timeout := time.Duration(c.TimeoutMs) * time.Millisecond
	switch c.Do {
	case "served":
		return g.served(timeout), nil
	case "await":
		return g.await(c.Type, c.Version, c.SinceUs, timeout)
	case "reconnect":
		return done, g.reconnectAll()
	case "churn":
		g.churn(c.PerSecond)
		return done, nil
	case "stall":
		g.stall(c.Stalled)
		return done, nil
	case "mark":
		g.mark()
		return done, nil
	case "counts":
		return g.counts(), nil
	case "close":
		g.close()
		delete(groups, c.Group)
		return done, nil
	}
	return nil, fmt.Errorf("cannot do %q", c.Do)
}
