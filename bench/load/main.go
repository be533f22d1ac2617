// The clients of the benchmark: many discovery streams, in a process and a language that is neither server's.
//
// It reads one command per line, in JSON, and prints one line of JSON with the result of each. Of a response it decodes
// the fields that a client needs for its ACK, and counts the rest.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
)

type command struct {
	Do string
	// For "open".
	open
	// For "await": this many streams have this version.
	Version string
	Reached int
	// For "await": what latencies are counted from, in microseconds since 1970.
	SinceUs int64
	// For "await": when to give up.
	TimeoutMs int64
}

func main() {
	log.SetFlags(0)
	fleet := newFleet()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			log.Fatal(err)
		}
		result, err := run(fleet, c)
		if err != nil {
			result = map[string]string{"error": err.Error()}
		}
		text, _ := json.Marshal(result)
		fmt.Println(string(text))
	}
	fleet.close()
}

func run(fleet *fleet, c command) (any, error) {
	switch c.Do {
	case "open":
		return struct{}{}, fleet.open(c.open)
	case "await":
		return fleet.await(c)
	case "count":
		return fleet.counts(), nil
	case "close":
		fleet.close()
		return struct{}{}, nil
	}
	return nil, fmt.Errorf("cannot do %q", c.Do)
}
