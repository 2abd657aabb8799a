package xla

import "sync/atomic"

// use counts who is using a thing of PJRT, so that it is freed once and under
// nobody's hands: by whoever ends it if nobody is using it, else by the last
// user. The low bits count users; a thing that has ended has a flag too.
type use struct{ state atomic.Int32 }

const (
	closed  = 1 << 30
	donated = 1 << 29
	gone    = closed | donated
)

// begin starts a use, if the thing has not ended.
func (u *use) begin() bool {
	for {
		s := u.state.Load()
		if s&gone != 0 {
			return false
		}
		if u.state.CompareAndSwap(s, s+1) {
			return true
		}
	}
}

// done ends a use, and reports whether the caller must free the thing.
func (u *use) done() bool {
	s := u.state.Add(-1)
	return s&gone != 0 && s&^gone == 0
}

// end ends the thing: ok if nobody did before, last if the caller must free it.
func (u *use) end(flag int32) (ok, last bool) {
	for {
		s := u.state.Load()
		if s&gone != 0 {
			return false, false
		}
		if u.state.CompareAndSwap(s, s|flag) {
			return true, s == 0
		}
	}
}

// donate ends the thing and starts the one use that ends it, if nobody else is
// using it. keep takes that back.
func (u *use) donate() bool { return u.state.CompareAndSwap(0, donated|1) }
func (u *use) keep()        { u.state.Store(0) }

func (u *use) donated() bool { return u.state.Load()&donated != 0 }
func (u *use) ended() bool   { return u.state.Load()&gone != 0 }
