package random_test
import ("testing";"time";"jacobi/graph"; . "jacobi/random")
func TestZZ(t *testing.T) {
	k := NewKey(0)
	best := func(f func()) time.Duration { f(); m := time.Hour; for range 5 { s := time.Now(); f(); m = min(m, time.Since(s)) }; return m }
	t.Log("normal 10M", best(func() { x := Normal(k, graph.Float32, 10_000_000); x.Wait(); x.Close() }))
	t.Log("gamma 300k", best(func() { x := Gamma(k, graph.Float32, 1.5, 300_000); x.Wait(); x.Close() }))
	t.Log("permutation 300k", best(func() { x := Permutation(k, 300_000); x.Wait(); x.Close() }))
}
