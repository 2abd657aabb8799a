package conventions

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// interfaces are methods that packages of Go, or tree, ask for.
var interfaces = strings.Fields("String GoString Format Error TreeLeaves TreeWith TreePaths TreeStatic MarshalJSON UnmarshalJSON MarshalText UnmarshalText MarshalBinary UnmarshalBinary")

// says are words that a comment has which speaks of a thing.
var says = map[string]*regexp.Regexp{
	"shapes": regexp.MustCompile(`(?i)\b(shapes?|dims|sizes?|ranks?|axis|axes|broadcast|scalars?|vectors?|matrix|matrices|rows?|columns?)\b`),
	"dtypes": regexp.MustCompile(`(?i)\b(dtypes?|promoted|floats?|float(16|32|64)|integers?|u?int(8|32|64)?s?|bools?|complex|complex(64|128)|(of|real) numbers)\b`),
	"errors": regexp.MustCompile(`(?i)\b(errors?|panics?)\b`),
}

// noise is what has such words but says nothing: JAX's names, the error
// function, types of errors, and "for dtypes and errors see".
var noise = regexp.MustCompile(`\bjax\.[\w.]+|\btorch\.[\w.]+|\*?\b(jx\.)?Error\b|\berror function|\bstandard error( output)?|\b[Ff]or [^.;:]{0,60}(see\b)`)

// settled are words by which a comment points to the paragraph of its package's
// comment that begins so, and what that settles.
var settled = []struct {
	pkg, word, paragraph string
	what                 []string
}{
	{"num", "elementwise", "Elementwise functions", []string{"shapes", "errors"}},
	{"num", `along (the|an|one) axis|axes are removed|axis is removed|over the axes`, "Functions along an axis", []string{"errors"}},
	{"lax", "elementwise", "Elementwise functions", []string{"shapes", "errors"}},
	{"random", "draws", "What draws", []string{"errors"}},
	{"lax", "reduction", "A reduction", []string{"shapes", "errors"}},
}

// The words of a kind's paragraph are those that its functions leave out.
func TestKindsAreExplained(t *testing.T) {
	for _, k := range settled {
		text := paragraph(t, k.pkg, k.paragraph)
		require.NotEmpty(t, text, "the comment of package %s has no paragraph %q", k.pkg, k.paragraph)
		for _, what := range k.what {
			assert.Regexp(t, says[what], text, "package %s: %q says nothing of %s", k.pkg, k.paragraph, what)
		}
	}
}

// paragraph is that of a package's comment which begins so.
func paragraph(t *testing.T, pkg, begins string) string {
	_, files := sources(t, pkg)
	for _, f := range files {
		for _, text := range strings.Split(f.Doc.Text(), "\n\n") {
			if strings.HasPrefix(text, begins) {
				return text
			}
		}
	}
	return ""
}

// Every function says what JAX calls it, or that JAX has none.
func TestDocCommentsNameJAX(t *testing.T) {
	for _, f := range functions(t) {
		assert.True(t, strings.HasPrefix(f.doc, f.name+" ") || strings.HasPrefix(f.doc, f.name+", "), "%s: the doc comment of %s begins with its name: %q", f.pos, f, f.doc)
		if f.recv != "" && slices.Contains(interfaces, f.name) {
			continue
		}
		assert.True(t, strings.Contains(f.doc, "jax.") || strings.Contains(f.doc, "JAX has no such function"), "%s: the doc comment of %s says neither what JAX calls it nor that JAX has no such function", f.pos, f)
	}
}

// Every function says which shapes and dtypes it takes or returns, and what is
// an error: itself, by the kind that it is of, or by "see" and "as" before a
// function of its package that says it.
func TestDocCommentsSayShapesDTypesErrors(t *testing.T) {
	all := map[string]function{}
	for _, f := range functions(t) {
		all[f.String()] = f
	}
	for _, f := range functions(t) {
		missing := slices.DeleteFunc(wanted(f), func(what string) bool { return said(f, what, all, nil) })
		if len(missing) > 0 {
			t.Errorf("%s: the doc comment of %s says nothing of %s: %q", f.pos, f, strings.Join(missing, ", "), f.doc)
		}
	}
}

// A comment that says nothing is found out.
func TestEmptyPhrasesSayNothing(t *testing.T) {
	for _, doc := range []string{
		"Erf is the error function. It is jax.scipy.special.erf.",
		"BroadcastTo broadcasts. It is jax.numpy.broadcast_to.",
		"Shape is the one of Array; see the other. It is jax.Array.shape.",
		"Float returns the value. It panics with no *jx.Error. See Nothing.",
	} {
		f := function{pkg: "num", name: strings.Fields(doc)[0], doc: doc}
		for _, what := range []string{"shapes", "dtypes"} {
			assert.False(t, said(f, what, nil, nil), "%s: %s", what, doc)
		}
	}
	erf := function{pkg: "num", name: "Erf", doc: "Erf is the error function. It is no Error of standard error."}
	inv := function{pkg: "num", name: "ErfInv", doc: "ErfInv is its inverse; for errors see Erf."}
	all := map[string]function{erf.String(): erf, inv.String(): inv}
	assert.False(t, said(inv, "errors", all, nil))
	erf.doc += " Complex numbers are an error."
	all[erf.String()] = erf
	assert.True(t, said(inv, "errors", all, nil))
	assert.False(t, said(function{pkg: "lax", name: "ErfInv", doc: inv.doc}, "errors", all, nil), "Erf is of another package")
}

var pointers = regexp.MustCompile(`\b(?:[Ss]ee|as|As|the function) ([A-Z]\w*(?:(?:, | and | or )[A-Z]\w*)*)`)

// said reports whether the comment of f speaks of shapes, dtypes or errors.
func said(f function, what string, all map[string]function, asked []string) bool {
	if slices.Contains(asked, f.String()) {
		return false
	}
	asked = append(asked, f.String())
	doc := noise.ReplaceAllString(strings.TrimPrefix(f.doc, f.name), "$3")
	if says[what].MatchString(doc) {
		return true
	}
	for _, k := range settled {
		if k.pkg == f.pkg && slices.Contains(k.what, what) && regexp.MustCompile(`(?i)\b`+k.word+`\b`).MatchString(doc) {
			return true
		}
	}
	for _, list := range pointers.FindAllStringSubmatch(doc, -1) {
		for _, name := range regexp.MustCompile(`[A-Z]\w*`).FindAllString(list[1], -1) {
			for _, full := range []string{f.pkg + "." + f.recv + "." + name, f.pkg + "." + name} {
				if g, ok := all[full]; ok && said(g, what, all, asked) {
					return true
				}
			}
		}
	}
	return false
}

// wanted is what the comment of f has to speak of.
func wanted(f function) (what []string) {
	types := slices.Clone(f.result)
	for _, p := range f.params {
		types = append(types, p.typ)
	}
	has := func(is func(typ string) bool) bool { return slices.ContainsFunc(types, is) }
	switch {
	case f.recv != "" && slices.Contains(interfaces, f.name):
		if slices.Contains(f.result, "error") || f.name == "TreeWith" {
			return []string{"errors"}
		}
		return nil
	case len(f.result) == 1 && isOption(f.result[0]): // it makes an option
		if len(f.params) > 0 {
			return []string{"errors"}
		}
		return nil
	case noArrays[f.String()] != "":
	case has(func(typ string) bool { return isArray(f, typ) }):
		what = []string{"shapes", "dtypes"}
	case has(func(typ string) bool { return typ == "Key" || typ == "[]Key" }):
		what = []string{"shapes"}
	}
	return append(what, "errors")
}

// isArray says whether a type is of arrays, of trees, or of functions of them.
func isArray(f function, typ string) bool {
	typ = strings.TrimPrefix(typ, "[]")
	return typ == "Array" || typ == "any" || f.types[typ] || strings.HasPrefix(typ, "func")
}

func isOption(typ string) bool { return strings.HasSuffix(typ, "Option") }

// noArrays are functions whose function, or value, is of no arrays.
var noArrays = map[string]string{
	"jacobi.Try":        "runs any function",
	"jacobi.Catch":      "runs any function",
	"jacobi.RunContext": "runs any function",
}
