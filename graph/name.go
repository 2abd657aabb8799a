package graph

// NameParams: the name by which a policy of checkpoint knows a value.
type NameParams struct{ Name string }

func (p NameParams) fields(w walker) Params { w.field("name", stringField{&p.Name}); return done(w, p) }

// Name is the identity.
func (b *Builder) Name(x *Value, name string) *Value { return b.emit1(OpName, NameParams{name}, x) }
