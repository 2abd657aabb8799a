package graph

import "strconv"

// String prints g in JAX's jaxpr notation.
func (g *Graph) String() string { return string(g.appendText(nil, "")) + "\n" }

// appendText prints g at an indentation; names are g's own, for g is closed.
func (g *Graph) appendText(buf []byte, indent string) []byte {
	names := NewEnv[string](g)
	n := 0
	bind := func(vs []*Value) {
		for i, v := range vs {
			if i > 0 {
				buf = append(buf, ' ')
			}
			names.Set(v, letters(n))
			n++
			buf = append(append(buf, names.Get(v)...), ':')
			buf = v.Aval.append(buf)
		}
	}
	use := func(v *Value) {
		if v.Def != nil && v.Def.Op == OpLiteral {
			p := v.Def.Params.(LiteralParams)
			buf = p.Value.append(buf, p.DType)
			buf = append(buf, ':')
			buf = v.Aval.append(buf)
			return
		}
		buf = append(buf, names.Get(v)...)
	}
	buf = append(buf, "{ lambda ; "...)
	bind(g.In)
	buf = append(buf, ". let\n"...)
	for _, e := range g.Eqns {
		if e.Op == OpLiteral {
			continue
		}
		buf = append(append(buf, indent...), "    "...)
		bind(e.Out)
		if len(e.Out) > 0 {
			buf = append(buf, " = "...)
		}
		buf = append(buf, e.Op.String()...)
		if text := paramsText(e.Params, indent+"    "); text != "" {
			buf = append(append(append(buf, '['), text...), ']')
		}
		for _, v := range e.In {
			buf = append(buf, ' ')
			use(v)
		}
		buf = append(buf, '\n')
	}
	buf = append(append(buf, indent...), "  in ("...)
	for i, v := range g.Out {
		if i > 0 {
			buf = append(buf, ", "...)
		}
		use(v)
	}
	if len(g.Out) == 1 {
		buf = append(buf, ',')
	}
	return append(buf, ") }"...)
}

// letters is the n-th name: a ... z, ba ... bz, ca, as JAX counts.
func letters(n int) string {
	s := ""
	for {
		s = string(rune('a'+n%26)) + s
		if n /= 26; n == 0 {
			return s
		}
	}
}

// append prints an element of type d.
func (n Number) append(buf []byte, d DType) []byte {
	switch {
	case d == Bool:
		if n.I != 0 {
			return append(buf, "True"...)
		}
		return append(buf, "False"...)
	case d.IsUnsigned():
		return strconv.AppendUint(buf, uint64(n.I), 10)
	case d.IsSigned():
		return strconv.AppendInt(buf, n.I, 10)
	case d.IsComplex():
		buf = append(buf, '(')
		buf = appendFloat(buf, real(n.C), d.Real())
		if s := string(appendFloat(nil, imag(n.C), d.Real())); s[0] != '-' {
			buf = append(append(buf, '+'), s...)
		} else {
			buf = append(buf, s...)
		}
		return append(buf, "j)"...)
	}
	return appendFloat(buf, real(n.C), d)
}

// appendFloat prints as Python does: 1.0, 0.001, 1e-05, inf, nan.
func appendFloat(buf []byte, x float64, d DType) []byte {
	bits := 64
	if d != Float64 {
		bits = 32
	}
	switch {
	case x != x:
		return append(buf, "nan"...)
	case x > maxFloat:
		return append(buf, "inf"...)
	case x < -maxFloat:
		return append(buf, "-inf"...)
	case x == 0 || 1e-4 <= abs(x) && abs(x) < 1e16:
		s := strconv.FormatFloat(x, 'f', -1, bits)
		buf = append(buf, s...)
		for i := range s {
			if s[i] == '.' {
				return buf
			}
		}
		return append(buf, ".0"...)
	}
	return strconv.AppendFloat(buf, x, 'e', -1, bits)
}

const maxFloat = 0x1p1023 * (1 + (1 - 0x1p-52))

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}
