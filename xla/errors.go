package xla

/*
#include "pjrt.h"
*/
import "C"

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unsafe"

	"github.com/jacobi-go/jacobi/graph"
)

// A failure is an error of PJRT: absl's status code, and the message that a
// user can use of it. There was none if the message is empty.
type failure struct {
	code    int
	message string
}

// Of absl's status codes.
const (
	resourceExhausted = 8
	unimplemented     = 12
)

// takeError reads an error and frees it.
func (c *Client) takeError(err C.uintptr_t) failure {
	var code C.int
	var text *C.char
	var size C.size_t
	C.jx_error(c.api, err, &code, &text, &size)
	message := trim(string(unsafe.Slice((*byte)(unsafe.Pointer(text)), size)))
	C.jx_error_free(c.api, err)
	if message == "" {
		message = fmt.Sprintf("XLA gives no reason (code %d)", code)
	}
	return failure{int(code), message}
}

// errorf is a failure as an error of the user's: of the program p, which was
// run at pc if that is not 0, or of no program if p is nil. What went wrong in a
// callback is its user's line's.
func (p *loaded) errorf(code graph.Code, pc uintptr, f failure) *graph.Error {
	program := ""
	if p != nil {
		program = p.String()
		if pc != 0 {
			program += ", run at " + graph.Position(pc) + ","
		}
	}
	if e := callbackError(f.message); e != nil {
		if p != nil {
			if pc == 0 {
				pc = graph.UserPC()
				program += ", run at " + graph.Position(pc)
			}
			e.Msg += "; called by " + strings.TrimSuffix(program, ",")
		}
		return e
	}
	message := f.message
	if m := memoryWanted.FindStringSubmatch(message); m != nil {
		code, message = graph.ErrMemory, "out of memory: it needs "+m[1]+" bytes at once"+inUnits(m[1])+"; compute it in parts, as with jx.Map, or close arrays that are not needed any more"
	}
	switch {
	case p != nil && message != f.message:
		message = program + " is " + message
	case p != nil:
		message = program + " failed: " + message
	}
	e := graph.Errorf(code, "", "%s", message)
	if m := diagnostic.FindStringSubmatch(f.message); m != nil { // XLA's parser names the line of the op
		e.Pos, e.Msg = m[1]+":"+m[2], fmt.Sprintf("%s: %s", program, f.message[len(m[0]):])
	}
	return e
}

// inUnits is a number of bytes as (1.5 GiB); nothing below a KiB.
func inUnits(bytes string) string {
	n, _ := strconv.ParseFloat(bytes, 64)
	unit := -1
	for ; n >= 1024 && unit < 5; unit++ {
		n /= 1024
	}
	if unit < 0 {
		return ""
	}
	return fmt.Sprintf(" (%.4g %ciB)", n, "KMGTPE"[unit])
}

var (
	memoryWanted = regexp.MustCompile(`(?i)out of memory(?: while trying to allocate| allocating|: .*) (\d+) bytes`)
	diagnostic   = regexp.MustCompile(`^"?([^"\n:]+\.go)"?:(\d+):\d+: error: `)
)

// String is how errors name the program.
func (p *loaded) String() string {
	if p.name == "" {
		return "the program"
	}
	return "the program " + p.name
}

// noise starts the parts of XLA's messages that help nobody but its authors:
// the module again, the stack of its own functions, its passes.
var noise = regexp.MustCompile(`\n[^\n]*(note: see current operation:|error: Failed to parse using StableHLO v|Begin stack trace|stack trace:)|\n\s*(Failed after pipeline|=====|@ )`)

// jargon says where in XLA an error passed.
var jargon = regexp.MustCompile(`^((Buffer Definition Event|Error dispatching computation|CustomCall failed|Error preparing computation): )+`)

// trim leaves of XLA's message what a user can use.
func trim(message string) string {
	if at := noise.FindStringIndex(message); at != nil {
		message = message[:at[0]]
	}
	message = jargon.ReplaceAllString(message, "")
	return strings.TrimSpace(strings.ReplaceAll(message, "<unknown>:0: ", ""))
}
