#include "textflag.h"

// func get() uintptr
// The runtime's descriptor of a goroutine stays where it is while it lives.
TEXT ·get(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET
