package random_test

import (
	"math"

	"github.com/jacobi-go/jacobi/array"
	"github.com/jacobi-go/jacobi/graph"
	"github.com/jacobi-go/jacobi/num"
	. "github.com/jacobi-go/jacobi/random"
)

// What two machines may make of one key. Random bits, and what is made of them
// by moving bits, comparing and adding integers, are the same everywhere: these
// functions are exact. Floats are functions of such bits, y = f(u), and the
// slack is how far apart two machines may be for one element y, in epsilons of its
// dtype: to every step of f the machine's error in that step, times how much y
// moves with it (the condition of the step). The steps are those of the
// documentation of package random; the errors are
//
//   - in float32 and float64 few for a function of XLA and 1 for a rounding that
//     one machine leaves out: a product and a sum are rounded once or twice,
//     with fused multiply-add or without;
//   - in half precision 1 for every step: a machine without arithmetic for it
//     computes in float32 and rounds after each step or after the last, one with
//     it rounds each step.
type slack func(i int, y float64) float64

var exact = map[string]bool{
	"key": true, "split": true, "fold_in": true, "bits": true, "uniform": true, "randint": true, "bernoulli": true, "rademacher": true,
	"permutation": true, "shuffle": true, "shuffle_each": true, "choice": true, "sample": true,
	// These compare floats, and decide otherwise only where two are closer than
	// their slack: not in these cases. Categorical ones in half precision are
	// close often; see nearTie.
	"weighted_choice": true, "weighted_sample": true, "categorical": true, "poisson": true,
}

func half(d graph.DType) bool { return d == graph.Float16 || d == graph.BFloat16 }

// epsilon is the distance from 1 to the next number, and tiny the smallest
// normal number.
func epsilon(d graph.DType) float64 {
	return map[graph.DType]float64{graph.Float16: 0x1p-10, graph.BFloat16: 0x1p-7, graph.Float32: 0x1p-23, graph.Float64: 0x1p-52}[d]
}

func tiny(d graph.DType) float64 {
	return map[graph.DType]float64{graph.Float16: 0x1p-14, graph.BFloat16: 0x1p-126, graph.Float32: 0x1p-126, graph.Float64: 0x1p-1022}[d]
}

// few is the relative error of XLA's functions. Those of half precision are
// computed in float32 and rounded.
func few(d graph.DType) float64 {
	if half(d) {
		return 1
	}
	return 4
}

// log1p is that of XLA's log1p. Versions up to that of jaxlib 0.10 follow a
// rational function in float64 to where it has lost seven bits, near -0.414.
func log1p(d graph.DType) float64 {
	if d == graph.Float64 {
		return 128
	}
	return few(d)
}

// moved is the error of u = lo + width*v with v in [0, 1), where it is not
// exact.
func moved(u, width float64) float64 { return width + math.Abs(u) }

// movedHalf is moved in half precision; in the others the ranges of normal and
// Laplace's numbers have the width 2, and width*v is exact.
func movedHalf(d graph.DType, u, width float64) float64 {
	if half(d) {
		return moved(u, width)
	}
	return 0
}

// errorOfErfInv is that of y = sqrt(2) erfinv(u), which is computed from
// log1p(-u*u): near 1 the rounding of the square counts as an error of u.
func errorOfErfInv(d graph.DType, y, ofU float64) float64 {
	u := math.Abs(math.Erf(y / math.Sqrt2))
	slope := math.Sqrt(math.Pi/2) * math.Exp(y*y/2)
	return (few(d)+log1p(d)/2)*math.Abs(y) + slope*(u+ofU)
}

func errorOfNormal(d graph.DType, y float64) float64 {
	return errorOfErfInv(d, y, movedHalf(d, math.Erf(y/math.Sqrt2), 2))
}

// errorOfLog is that of the logarithm of a number from [tiny, 1), relative to
// that: in half precision adding tiny is rounded.
func errorOfLog(d graph.DType, y float64) float64 {
	rounded := 0.0
	if half(d) {
		rounded = 2
	}
	return few(d)*math.Abs(y) + rounded
}

// errorOfGumbel is that of y = -log(-log(u)).
func errorOfGumbel(d graph.DType, y float64) float64 {
	return errorOfLog(d, math.Exp(-y))*math.Exp(y) + few(d)*max(1, math.Abs(y))
}

// slack is that of a function that is not exact. that are not exact. A record's Args and Data are the
// parameters.
func (r record) slack(k Key) slack {
	d := r.Out.dtype().Real()
	few, log1p := few(d), log1p(d)
	param := func(i int) []float64 { return values(num.BroadcastTo(r.Data[i].array(), r.Shape...)) }
	abs, exp, log := math.Abs, math.Exp, math.Log
	switch r.F {
	case "uniform_in":
		lo, hi := r.Args[0], r.Args[1]
		if len(r.Data) > 0 {
			lows := param(0)
			return func(i int, y float64) float64 { return moved(y, abs(hi-lows[i])) }
		}
		return func(_ int, y float64) float64 { return moved(y, abs(hi-lo)) }
	case "normal":
		if r.Out.dtype().IsComplex() { // (x + iy) / sqrt(2), as complex numbers are divided
			return func(_ int, y float64) float64 { return errorOfNormal(d, y*math.Sqrt2)/math.Sqrt2 + few*max(1, abs(y)) }
		}
		return func(_ int, y float64) float64 { return errorOfNormal(d, y) }
	case "truncated_normal":
		lo, hi := math.Erf(r.Args[0]/math.Sqrt2), math.Erf(r.Args[1]/math.Sqrt2)
		return func(_ int, y float64) float64 {
			return errorOfErfInv(d, y, few*max(abs(lo), abs(hi))+moved(math.Erf(y/math.Sqrt2), hi-lo))
		}
	case "exponential":
		return func(_ int, y float64) float64 { return log1p * y }
	case "gumbel":
		return func(_ int, y float64) float64 { return errorOfGumbel(d, y) }
	case "laplace":
		return func(_ int, y float64) float64 {
			u := -math.Expm1(-abs(y)) // log1p(-u) = -|y|
			return log1p*abs(y) + movedHalf(d, u, 2)*exp(abs(y))
		}
	case "logistic":
		return func(_ int, y float64) float64 {
			lower, upper := -math.Log1p(exp(-y)), -math.Log1p(exp(y)) // log(u) and log(1-u)
			return errorOfLog(d, lower) + log1p*abs(upper) + (errorOfLog(d, 0)*exp(y) + abs(y))
		}
	case "cauchy":
		return func(_ int, y float64) float64 {
			angle := math.Atan(y)
			return few*abs(y) + (1+y*y)*(math.Pi*moved(angle/math.Pi+0.5, 1)+2*abs(angle))
		}
	case "pareto":
		return func(_ int, y float64) float64 { return y * (few + (log1p+1)*log(y)) }
	case "lognormal":
		sigma := param(0)
		return func(i int, y float64) float64 {
			return y * (few + sigma[i]*errorOfNormal(d, log(y)/sigma[i]) + abs(log(y)))
		}
	case "rayleigh":
		return func(_ int, y float64) float64 { return y * (few + 2) }
	case "weibull":
		scale, power := param(0), param(1)
		return func(i int, y float64) float64 {
			return y * (few + log1p/power[i] + abs(log(y/scale[i])) + 1)
		}
	case "gamma":
		a := param(0)
		_, of := errorsOfLogGamma(k, d, a, r.Shape)
		return func(i int, y float64) float64 { return y * (few + of[i]) }
	case "loggamma":
		_, of := errorsOfLogGamma(k, d, param(0), r.Shape)
		return func(i int, _ float64) float64 { return of[i] }
	case "chisquare":
		logs, of := errorsOfLogGamma(k, d, halved(param(0)), r.Shape)
		return func(i int, y float64) float64 { return y * (few + of[i] + abs(logs[i])) }
	case "beta":
		ks := SplitN(k, 2)
		logP, p := errorsOfLogGamma(ks.At(0), d, param(0), r.Shape)
		logQ, q := errorsOfLogGamma(ks.At(1), d, filled(1.5, len(logP)), r.Shape)
		return func(i int, y float64) float64 { return y * (3*few + p[i] + q[i] + abs(logP[i]-logQ[i])) }
	case "dirichlet":
		logs, of := errorsOfLogGamma(k, d, param(0), r.Shape)
		n := r.Shape[len(r.Shape)-1]
		return func(i int, y float64) float64 {
			row := i / n * n
			worst := 0.0
			for j := row; j < row+n; j++ {
				worst = max(worst, of[j]+abs(logs[j]-logs[i]))
			}
			return y * (3*few + float64(n) + 2*worst)
		}
	case "t":
		ks := SplitN(k, 2)
		_, of := errorsOfLogGamma(ks.At(1), d, halved(param(0)), r.Shape)
		x := values(Normal(ks.At(0), d, r.Shape...))
		return func(i int, y float64) float64 { return abs(y) * (few + 2 + of[i]/2 + errorOfNormal(d, x[i])/abs(x[i])) }
	}
	panic("no slack for " + r.F)
}

// within compares what two machines drew.
func (r record) within(k Key) func(i int, got, want graph.Number) bool {
	d, slack := r.Out.dtype().Real(), r.slack(k)
	return func(i int, got, want graph.Number) bool {
		near := func(x, y float64) bool {
			if x == y || math.IsNaN(x) && math.IsNaN(y) {
				return true
			}
			return !math.IsInf(y, 0) && math.Abs(x-y) <= max(tiny(d), epsilon(d)*slack(i, y))
		}
		return near(real(got.C), real(want.C)) && near(imag(got.C), imag(want.C))
	}
}

// errorsOfLogGamma are those of logarithms of gamma numbers, which it gives
// too: log(b) + 3 log(1 + c x) + boost, where x is normal, b = a - 1/3, c = b**-.5 / 3,
// and where a is less than 1, boost = log(u)/a and a + 1 is drawn for.
func errorsOfLogGamma(k Key, d graph.DType, a []float64, shape []int) (logs, of []float64) {
	large := make([]float64, len(a))
	for i := range a {
		if large[i] = a[i]; a[i] < 1 {
			large[i]++
		}
	}
	draw := func(a []float64) []float64 { return values(LogGamma(k, d, array.From(a, shape...).As(d), shape...)) }
	logs, without := draw(a), draw(large)
	for i, y := range logs {
		b := large[i] - 1./3
		c := 1 / (3 * math.Sqrt(b))
		root := math.Exp((without[i] - math.Log(b)) / 3)
		x := (root - 1) / c
		e := few(d) * (math.Abs(math.Log(b)) + 3*math.Abs(math.Log(root)) + 1)
		e += 3 / root * (1 + c*(math.Abs(x)+errorOfNormal(d, x)))
		of = append(of, e+(log1p(d)+1)*math.Abs(y-without[i])+2*math.Abs(y))
	}
	return logs, of
}

// nearTie reports whether a machine may draw category i, of n along the last
// axis of logits, where this one draws j, for place at: their scores, which are
// logits with Gumbel's noise, are not further apart than their slack.
func (r record) nearTie(k Key, at int, i, j int64) bool {
	d, _ := graph.ParseDType(r.DType)
	n := r.Data[0].Shape[1]
	logits := values(r.Data[0].array())
	noise := values(Gumbel(k, d, append(r.Shape, n)...))[at*n:]
	of := func(i int64) (score, e float64) {
		score = noise[i] + logits[(at*n+int(i))%len(logits)]
		return score, errorOfGumbel(d, noise[i]) + math.Abs(score)
	}
	x, e := of(i)
	y, f := of(j)
	return math.Abs(x-y) <= epsilon(d)*(e+f)
}

// values are x as float64s.
func values(x *array.Array) []float64 {
	out, err := array.Slice[float64](x.As(graph.Float64))
	if err != nil {
		panic(err)
	}
	return out
}

func halved(x []float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		out[i] = x[i] / 2
	}
	return out
}

func filled(x float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = x
	}
	return out
}
