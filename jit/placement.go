package jit

import "github.com/jacobi-go/jacobi/xla"

// A Placement says where concrete arrays live, and where a program on them
// runs. The zero Placement is the default device, of arrays that nobody put
// anywhere: they go where they are needed. Placements are compared with ==.
//
// It is one device. What else could hold an array, a mesh of devices and a
// layout on it, belongs here: arrays carry it, programs are compiled for it,
// and nothing between looks inside.
type Placement struct{ Device xla.Device }

// On is the placement on one device.
func On(d xla.Device) Placement { return Placement{d} }

// Has reports whether b lies as p says.
func (p Placement) Has(b *xla.Buffer) bool { return b.On(p.Device) }

// String names the device.
func (p Placement) String() string { return p.Device.String() }

// key tells programs for different placements apart; those of the default
// device have none.
func (p Placement) key() string {
	if p.Device.ID() == 0 {
		return ""
	}
	return p.Device.String()
}
