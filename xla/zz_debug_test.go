package xla
import ("testing";"math";"fmt";"jacobi/graph";"jacobi/graph/interp";"os";"time")
func TestZZ(t *testing.T) {
	c := testClient(t)
	n := 1000000
	x := interp.Zeros(graph.Aval{DType: graph.Float32, Shape: []int{n}})
	for i := range x.Data { x.Data[i] = graph.Num(graph.Float32, float64(i)/float64(n)) }
	body := "%1 = stablehlo.constant dense<1.0> : tensor<1000000xf32>\n%0 = stablehlo.atan2 %arg0, %1 : tensor<1000000xf32>"
	if os.Getenv("BODY") == "exp" { body = "%0 = stablehlo.exponential %arg0 : tensor<1000000xf32>" }
		over := map[string]string{}
		if s := os.Getenv("OVER"); s != "" { over[s] = os.Getenv("OVERV") }
		ex, err := c.Compile([]byte("module @m {\nfunc.func public @main(%arg0: tensor<1000000xf32>) -> tensor<1000000xf32> {\n"+body+"\nreturn %0 : tensor<1000000xf32>\n}\n}\n"), CompileOptions{In: []graph.Aval{x.Aval}, Out: []graph.Aval{x.Aval}, Overrides: over})
		if err != nil { fmt.Println(err); return }
		buf, _ := c.Upload(x.Aval, encode(x), Device{})
		best := time.Hour
		var out []*Buffer
		for range 20 { s := time.Now(); out, _ = ex.Execute([]*Buffer{buf}, nil); out[0].Wait(); best = min(best, time.Since(s)) }
		data := make([]byte, 4*n)
		out[0].Read(data)
		got := decode(x.Aval, data)
		bad := 0
		for i := range x.Data { if math.Abs(math.Atan(real(x.Data[i].C)) - real(got.Data[i].C)) > 1e-6 { bad++ } }
		fmt.Println("RES", bad, best)
}
