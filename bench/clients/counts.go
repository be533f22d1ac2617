package main

import (
	"sort"
	"strconv"
)

// How long it took until the streams had something.
type arrival struct {
	// How many have it, and how many do not.
	Reached int   `json:"reached"`
	Missing int   `json:"missing"`
	P50Us   int64 `json:"p50Us"`
	P99Us   int64 `json:"p99Us"`
	LastUs  int64 `json:"lastUs"`
}

func arrivalOf(times []int64, since int64, all int) arrival {
	a := arrival{Reached: len(times), Missing: all - len(times)}
	if len(times) == 0 {
		return a
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	at := func(share float64) int64 { return times[int(share*float64(len(times)-1))] - since }
	a.P50Us, a.P99Us, a.LastUs = at(0.5), at(0.99), at(1)
	return a
}

// What the clients of a group have seen.
type counts struct {
	Streams int `json:"streams"`
	Open    int `json:"open"`
	// How many streams have been opened.
	Opened    int64 `json:"opened"`
	Messages  int64 `json:"messages"`
	Bytes     int64 `json:"bytes"`
	Nacks     int64 `json:"nacks"`
	Backwards int64 `json:"backwards"`
	// The most responses of one type that one stream has had since the last mark.
	MaxSinceMark int64 `json:"maxSinceMark"`
	// Streams that have ended though their clients wanted to keep them, by the status code.
	Ended map[string]int64 `json:"ended"`
	// How many streams have which content, by type.
	Contents map[string]map[string]int `json:"contents"`
}

func (g *group) counts() counts {
	all := counts{Streams: len(g.clients), Ended: map[string]int64{}, Contents: map[string]map[string]int{}}
	for _, t := range g.Types {
		all.Contents[t.TypeURL] = map[string]int{}
	}
	for _, c := range g.clients {
		all.add(g.open, c)
	}
	g.Lock()
	defer g.Unlock()
	for reason, n := range g.ended {
		all.Ended[reason] = n
	}
	return all
}

func (all *counts) add(o open, c *client) {
	c.Lock()
	defer c.Unlock()
	if c.open {
		all.Open++
	}
	all.Opened += c.opened
	for i, t := range c.types {
		all.Messages += t.messages
		all.Bytes += t.bytes
		all.Nacks += t.nacks
		all.Backwards += t.backwards
		all.MaxSinceMark = max(all.MaxSinceMark, t.sinceMark)
		all.Contents[o.Types[i].TypeURL][strconv.FormatUint(uint64(t.digest), 16)]++
	}
}
