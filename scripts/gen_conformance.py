"""Writes tests/conformance/testdata/ops.json.gz: what JAX computes for every op.

    python scripts/gen_conformance.py

Needs jax. A case is an op of graph/op.go with params (the fields of its Go
struct), operands and JAX's results; where the op is differentiable and the
point smooth, also tangents, cotangents and what JAX's jvp and vjp make of
them. Arrays are kept once each, as the hexadecimal little-endian bytes of
their elements, and cases refer to them by number.
"""

import gzip
import itertools
import json
import pathlib
import warnings

import jax_cpu
import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import ml_dtypes
import numpy as np
from jax import lax

warnings.simplefilter("ignore")
np.seterr(all="ignore")
rng = np.random.default_rng(0)
nan, inf = float("nan"), float("inf")

FLOATS = ["float16", "bfloat16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
INTS = SIGNED + UNSIGNED
REALS = INTS + FLOATS
NUMBERS = REALS + COMPLEX
BITS = ["bool"] + INTS
INEXACT = FLOATS + COMPLEX
ALL = ["bool"] + NUMBERS
SMOOTH = ["float32", "float64", "complex128"]

arrays, numbers, cases = [], {}, []


def store(x):
    x = np.asarray(x)
    a = {"dtype": x.dtype.name, "shape": list(x.shape), "data": np.ascontiguousarray(x).tobytes().hex()}
    key = json.dumps(a)
    if key not in numbers:
        numbers[key] = len(arrays)
        arrays.append(a)
    return numbers[key]


def is_complex(d):
    return np.dtype(d).kind == "c"


def differentiable(x):
    return jnp.issubdtype(x.dtype, jnp.inexact)


def random_like(x):
    x = np.asarray(x)
    y = rng.normal(size=x.shape)
    if is_complex(x.dtype):
        y = y + 1j * rng.normal(size=x.shape)
    return np.asarray(y).astype(x.dtype)


def case(op, f, inputs, params=None, smooth=False, tangent=random_like):
    """Runs f, a JAX function of arrays, on inputs."""
    inputs = [np.asarray(x) for x in inputs]
    many = lambda *xs: tuple(y) if isinstance(y := f(*xs), (tuple, list)) else (y,)
    out = jax.jit(many)(*inputs)
    c = {"op": op, "in": [store(x) for x in inputs], "out": [store(y) for y in out]}
    if params:
        c["params"] = params
    if smooth:
        active = [i for i, x in enumerate(inputs) if differentiable(x)]
        floats = [differentiable(y) for y in out]

        def g(*xs):
            full = list(inputs)
            for i, x in zip(active, xs):
                full[i] = x
            return tuple(y for y, take in zip(many(*full), floats) if take)

        xs = [inputs[i] for i in active]
        tangents, cotangents = [tangent(x) for x in xs], [random_like(y) for y, take in zip(out, floats) if take]
        _, dy = jax.jit(lambda xs, ts: jax.jvp(g, xs, ts))(tuple(xs), tuple(tangents))
        ct = jax.jit(lambda xs, ys: jax.vjp(g, *xs)[1](ys))(tuple(xs), tuple(cotangents))
        dy = list(dy)
        c |= {
            "tangents": [store(x) for x in tangents],
            "jvp": [store(dy.pop(0) if take else np.zeros_like(y)) for y, take in zip(out, floats)],
            "cotangents": [store(y) for y in cotangents],
            "vjp": [store(x) for x in ct],
        }
    cases.append(c)


def special(d):
    """Values at which ops of dtype d have something to say."""
    t = np.dtype(d)
    if d == "bool":
        return np.array([False, True])
    if d in INTS:
        i = np.iinfo(t)
        xs = [0, 1, 2, 3, 5, 7, 8, 13, 16, 31, 33, 63, 64, 65, 100, i.max, i.max - 1, i.max // 2, i.max // 2 + 1]
        if i.min < 0:
            xs += [-1, -2, -3, -7, -8, -100, i.min, i.min + 1]
        return np.array([x for x in xs if i.min <= x <= i.max], t)
    if is_complex(d):
        parts = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 30.0, -1e-4]
        return np.array([complex(a, b) for a in parts for b in parts], t)
    i = ml_dtypes.finfo(t)
    xs = [0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, -1.5, 0.1, -0.3, 3.7, -7.25, 10, 100, -100.5, 1e-3, 12345, 0.99, -1.25, 20, -30, 7]
    xs += [inf, -inf, nan, i.max, -i.max, i.tiny, -i.tiny, i.smallest_subnormal, i.eps, 1 + float(i.eps), 1 - float(i.eps)]
    return np.array([float(x) for x in xs]).astype(t)


def few(d):
    """Less of the same, for products."""
    t = np.dtype(d)
    if d == "bool":
        return special(d)
    if d in INTS:
        i = np.iinfo(t)
        xs = [0, 1, 2, 3, 7, 8, 31, 63, 64, 100, i.max, i.max - 1] + ([-1, -3, -7, i.min] if i.min < 0 else [])
        return np.array(xs, t)
    if is_complex(d):
        return np.array([complex(a, b) for a in [0.0, 1.0, -1.5, 0.25] for b in [0.0, -1.0, 2.0]], t)
    return np.array([0, -0.0, 1, -1, 0.5, 2, -2.5, 3, -7.25, 100, inf, -inf, nan, 1e-3]).astype(t)


def pairs(d):
    xs = few(d)
    return np.repeat(xs, len(xs)), np.tile(xs, len(xs))


def points(d, shape, lo=-2.0, hi=2.0):
    """Random points in a domain, away from 0."""
    size = int(np.prod(shape, dtype=int))
    if d in BITS:
        return rng.integers(0, 2 if d == "bool" else 5, size=shape).astype(d)

    def part(lo, hi):
        x = rng.uniform(lo, hi, size=size)
        return np.where(np.abs(x) < 0.15, x + np.where(hi > 0, 0.3, -0.3), x).reshape(shape)

    x = part(lo, hi)
    if is_complex(d):
        x = x + 1j * part(-1.5, 1.5)
    return np.asarray(x).astype(d)


def joint(f):
    """f on operands broadcast to one shape, as our elementwise ops take scalars among arrays."""
    return lambda *xs: f(*jnp.broadcast_arrays(*xs))


# ---- elementwise, of one operand

UNARY = {
    "neg": (lax.neg, NUMBERS, (-2, 2)),
    "abs": (lax.abs, SIGNED + FLOATS + COMPLEX, (-2, 2)),
    "sign": (lax.sign, NUMBERS, (-2, 2)),
    "floor": (lax.floor, FLOATS, (0.1, 0.9)),
    "ceil": (lax.ceil, FLOATS, (0.1, 0.9)),
    "exp": (lax.exp, INEXACT, (-2, 2)),
    "exp2": (lax.exp2, INEXACT, (-2, 2)),
    "expm1": (lax.expm1, INEXACT, (-2, 2)),
    "log": (lax.log, INEXACT, (0.2, 3)),
    "log1p": (lax.log1p, INEXACT, (-0.8, 3)),
    "sqrt": (lax.sqrt, INEXACT, (0.2, 3)),
    "rsqrt": (lax.rsqrt, INEXACT, (0.2, 3)),
    "cbrt": (lax.cbrt, FLOATS, (0.2, 3)),
    "square": (lax.square, NUMBERS, (-2, 2)),
    "sin": (lax.sin, INEXACT, (-2, 2)),
    "cos": (lax.cos, INEXACT, (-2, 2)),
    "tan": (lax.tan, INEXACT, (-1.2, 1.2)),
    "asin": (lax.asin, INEXACT, (-0.8, 0.8)),
    "acos": (lax.acos, INEXACT, (-0.8, 0.8)),
    "atan": (lax.atan, INEXACT, (-2, 2)),
    "sinh": (lax.sinh, INEXACT, (-2, 2)),
    "cosh": (lax.cosh, INEXACT, (-2, 2)),
    "tanh": (lax.tanh, INEXACT, (-2, 2)),
    "asinh": (lax.asinh, INEXACT, (-2, 2)),
    "acosh": (lax.acosh, INEXACT, (1.2, 3)),
    "atanh": (lax.atanh, INEXACT, (-0.8, 0.8)),
    "logistic": (lax.logistic, INEXACT, (-2, 2)),
    "erf": (lax.erf, FLOATS, (-2, 2)),
    "erfc": (lax.erfc, FLOATS, (-2, 2)),
    "erf_inv": (lax.erf_inv, FLOATS, (-0.8, 0.8)),
    "lgamma": (lax.lgamma, FLOATS, (0.3, 4)),
    "digamma": (lax.digamma, FLOATS, (0.3, 4)),
    "is_finite": (lax.is_finite, FLOATS, None),
    "not": (lax.bitwise_not, BITS, None),
    "population_count": (lax.population_count, INTS, None),
    "clz": (lax.clz, INTS, None),
    "real": (lax.real, COMPLEX, (-2, 2)),
    "imag": (lax.imag, COMPLEX, (-2, 2)),
    "conj": (lax.conj, COMPLEX, (-2, 2)),
    "stop_gradient": (lax.stop_gradient, ALL, (-2, 2)),
}


def unary(op, f, dtypes, domain, params=None):
    for d in dtypes:
        case(op, f, [special(d)], params)
        if d in INEXACT:
            near = points(d, (24,), *(domain or (-2, 2)))
            case(op, f, [near], params)
        if d in SMOOTH and domain:
            case(op, f, [points(d, (2, 3), *domain)], params, smooth=True)
    case(op, f, [np.zeros((0, 3), dtypes[0])], params)
    case(op, f, [points(dtypes[-1], (), *(domain or (-2, 2)))], params)


for name, (f, dtypes, domain) in UNARY.items():
    unary(name, f, dtypes, domain)
for even in [False, True]:
    method = lax.RoundingMethod.TO_NEAREST_EVEN if even else lax.RoundingMethod.AWAY_FROM_ZERO
    unary("round", lambda x: lax.round(x, method), FLOATS, (0.1, 0.4), {"ToEven": even})
for y in [0, 1, 2, 3, 5, 10]:
    unary("integer_pow", lambda x: lax.integer_pow(x, y), NUMBERS, (-2, 2), {"Y": y})
for y in [-1, -2, -3]:
    unary("integer_pow", lambda x: lax.integer_pow(x, y), INEXACT, (0.3, 2), {"Y": y})
for e, m in [(5, 10), (8, 7), (3, 2), (8, 0), (4, 23), (11, 30)]:
    for d in FLOATS:
        xs = np.concatenate([special(d), np.array([1.1, 13, 14, 15, 16, 0.25, 0.2, 0.24, 0.125, 65519, 65520, 3e-5, 6.2e-5]).astype(d)])
        case("reduce_precision", lambda x: lax.reduce_precision(x, e, m), [xs], {"Exponent": e, "Mantissa": m})
case("reduce_precision", lambda x: lax.reduce_precision(x, 8, 7), [points("float32", (4,))], {"Exponent": 8, "Mantissa": 7}, smooth=True)
for a, b in itertools.product(ALL, ALL):
    if a == b:
        continue
    xs = special(a)
    if a in FLOATS:
        xs = np.concatenate([xs, np.array([127.5, 255.9, 256, -128.9, -129, 32768, 65535.5, 65520, 2147483648, 4294967295, -2147483649, 1e19, 2.0**63]).astype(a)])
    elif a in INTS:
        xs = np.concatenate([xs, np.array([2049, 2051, 65519, 16777217, 2**53 + 1]).astype(a)])
    f = lambda x: lax.convert_element_type(x, b)
    case("convert_element_type", f, [xs], {"DType": b})
    if a in ["float32", "float64", "complex64", "complex128"] and b in INEXACT:
        case("convert_element_type", f, [points(a, (3,))], {"DType": b}, smooth=True)
size = lambda d: np.dtype(d).itemsize
for a, b in itertools.product(REALS, REALS):
    if size(a) == size(b) and a != b:
        xs = special(a)
        xs = xs[xs == xs]
        case("bitcast_convert_type", lambda x: lax.bitcast_convert_type(x, b), [xs], {"DType": b})

# ---- elementwise, of two operands

AWAY = (0.3, 2)
BINARY = {
    "add": (lax.add, NUMBERS, (-2, 2)),
    "sub": (lax.sub, NUMBERS, (-2, 2)),
    "mul": (lax.mul, NUMBERS, (-2, 2)),
    "div": (lax.div, NUMBERS, AWAY),
    "rem": (lax.rem, REALS, AWAY),
    "pow": (lax.pow, INEXACT, AWAY),
    "atan2": (lax.atan2, FLOATS, AWAY),
    "max": (lax.max, ["bool"] + REALS, (-2, 2)),
    "min": (lax.min, ["bool"] + REALS, (-2, 2)),
    "nextafter": (lax.nextafter, FLOATS, None),
    "complex": (lax.complex, ["float32", "float64"], (-2, 2)),
    "and": (lax.bitwise_and, BITS, None),
    "or": (lax.bitwise_or, BITS, None),
    "xor": (lax.bitwise_xor, BITS, None),
    "shift_left": (lax.shift_left, INTS, None),
    "shift_right_logical": (lax.shift_right_logical, INTS, None),
    "shift_right_arithmetic": (lax.shift_right_arithmetic, INTS, None),
    "eq": (lax.eq, ALL, None),
    "ne": (lax.ne, ALL, None),
    "lt": (lax.lt, ["bool"] + REALS, None),
    "le": (lax.le, ["bool"] + REALS, None),
    "gt": (lax.gt, ["bool"] + REALS, None),
    "ge": (lax.ge, ["bool"] + REALS, None),
}
for op, (f, dtypes, domain) in BINARY.items():
    for d in dtypes:
        case(op, f, pairs(d))
        if d in INEXACT and domain:
            case(op, f, [points(d, (16,), *domain), points(d, (16,), *domain)])
        if d in SMOOTH and domain:
            for a, b in [((2, 3), (2, 3)), ((2, 3), ()), ((), (4,)), ((), ())]:
                case(op, joint(f), [points(d, a, *domain), points(d, b, *domain)], smooth=True)
    d = "float32" if "float32" in dtypes else dtypes[-1]
    case(op, joint(f), [points(d, (3,), *AWAY), points(d, (), *AWAY)])
    case(op, joint(f), [points(d, (0, 2)), points(d, (0, 2))])

# The order of a polygamma is its first operand. XLA loses digits below -2, and has NaN at inf, where it is 0.
for d in FLOATS:
    orders, at = np.meshgrid(np.arange(5).astype(d), np.array([0.1, 0.5, 1, 1.46, 2.5, 7, 30, 1000, nan]).astype(d))
    case("polygamma", lax.polygamma, [orders.ravel(), at.ravel()])
    orders, at = np.meshgrid(np.array([1, 2, 3]).astype(d), np.array([-0.5, -1.25, 0, -1, -2]).astype(d))
    case("polygamma", lax.polygamma, [orders.ravel(), at.ravel()])
    case("polygamma", lax.polygamma, [np.array([-1, 0.5, nan, inf]).astype(d), np.array([1.5, 2, 2, 2]).astype(d)])

# ---- select_n, clamp

for d in ALL:
    xs, ys = pairs(d)
    mask = rng.integers(0, 2, size=xs.shape).astype(bool)
    case("select_n", lax.select_n, [mask, xs, ys])
    if d in SMOOTH:
        for p, a, b in [((2, 3),) * 3, ((), (3,), (3,)), ((3,), (), (3,)), ((3,), (3,), ()), ((3,), (), ())]:
            case("select_n", joint(lax.select_n), [points("bool", p), points(d, a), points(d, b)], smooth=True)
    if not is_complex(d):
        a = few(d)[:12]
        lo, x, hi = (np.array(v) for v in zip(*itertools.product(a, a, a)))
        keep = rng.permutation(len(x))[:150]
        case("clamp", lax.clamp, [lo[keep], x[keep], hi[keep]])
        if d in SMOOTH:
            case("clamp", lax.clamp, [points(d, (5,), -2, -0.9), points(d, (5,)), points(d, (5,), 0.9, 2)], smooth=True)
            case("clamp", joint(lax.clamp), [points(d, (), -2, -0.9), points(d, (6,)), points(d, (), 0.9, 2)], smooth=True)
            case("clamp", joint(lax.clamp), [points(d, (3,), -2, -0.9), points(d, ()), points(d, (3,), 0.9, 2)], smooth=True)

# ---- structural


def both(op, f, shapes, params, dtypes=("float32", "int16", "complex128", "bool"), domain=(-2, 2), smooth=True):
    """Operands of some shapes in several dtypes, with derivatives where there are any."""
    for d in dtypes:
        xs = [points(d, s, *domain) for s in shapes]
        case(op, f, xs, params, smooth=smooth and d in SMOOTH and all(x.size for x in xs))


for src, dst, dims in [((3,), (2, 3), [1]), ((3,), (3, 2), [0]), ((), (2, 2), []), ((1, 3), (2, 3), [0, 1]), ((2, 1), (2, 4, 3), [0, 2]),
                       ((1,), (0,), [0]), ((0,), (2, 0), [1]), ((1, 1), (3, 4), [0, 1])]:
    both("broadcast_in_dim", lambda x: lax.broadcast_in_dim(x, dst, dims), [src], {"Shape": dst, "Dims": dims})
for src, dst in [((2, 3), (3, 2)), ((6,), (1, 6, 1)), ((1, 1), ()), ((), (1,)), ((0, 3), (5, 0)), ((2, 3, 4), (4, 6))]:
    both("reshape", lambda x: lax.reshape(x, dst), [src], {"Shape": dst})
for src, perm in [((2, 3), [1, 0]), ((2, 3, 4), [1, 2, 0]), ((2, 3, 4), [2, 0, 1]), ((0, 3), [1, 0]), ((2, 1, 3, 2), [3, 1, 0, 2])]:
    both("transpose", lambda x: lax.transpose(x, perm), [src], {"Perm": perm})
for shapes, axis in [([(2,), (3,)], 0), ([(2, 1), (2, 3), (2, 2)], 1), ([(0, 2), (3, 2)], 0), ([(2, 0), (2, 0)], 1)]:
    both("concatenate", lambda *xs: lax.concatenate(xs, axis), shapes, {"Axis": axis})
for src, cfg in [((3,), [(1, 2, 0)]), ((3,), [(0, 0, 2)]), ((5,), [(-1, -2, 0)]), ((3,), [(-1, 1, 1)]), ((3,), [(-3, 0, 1)]), ((4,), [(2, -5, 1)]),
                 ((2, 3), [(1, 0, 1), (-1, 2, 0)]), ((0,), [(2, 1, 3)]), ((2,), [(-1, -1, 0)]), ((1,), [(3, -2, 4)]), ((0, 2), [(1, 1, 0), (0, 0, 1)])]:
    low, high, interior = (list(v) for v in zip(*cfg))
    both("pad", lambda x, v: lax.pad(x, v, cfg), [src, ()], {"Low": low, "High": high, "Interior": interior})
for src, start, limit, strides in [((5,), [1], [4], None), ((7,), [1], [7], [3]), ((7,), [0], [7], [2]), ((3, 4), [1, 0], [3, 4], [1, 2]),
                                   ((3,), [2], [2], None), ((0, 2), [0, 1], [0, 2], None)]:
    both("slice", lambda x: lax.slice(x, start, limit, strides), [src], {"Start": start, "Limit": limit} | ({"Strides": strides} if strides else {}))
for src, axes in [((4,), [0]), ((2, 3), [1]), ((2, 3), [0, 1]), ((0,), [0]), ((2, 3, 2), [2, 0])]:
    both("rev", lambda x: lax.rev(x, axes), [src], {"Axes": axes})
for d in NUMBERS:
    for shape, axis in [((4,), 0), ((2, 3), 1), ((3, 2), 0), ((0, 2), 1)]:
        case("iota", lambda: lax.broadcasted_iota(d, shape, axis), [], {"DType": d, "Shape": shape, "Axis": axis})
case("iota", lambda: lax.iota("uint8", 300), [], {"DType": "uint8", "Shape": [300], "Axis": 0})
case("iota", lambda: lax.iota("bfloat16", 300), [], {"DType": "bfloat16", "Shape": [300], "Axis": 0})
both("optimization_barrier", lambda x, y: lax.optimization_barrier((x, y)), [(3,), (2, 2)], None)

# ---- indexing

for src, sizes, start in [((5,), [2], [1]), ((5,), [2], [4]), ((5,), [2], [-3]), ((3, 4), [2, 2], [1, 3]), ((3, 4), [0, 2], [1, 1]), ((3, 4), [3, 4], [5, -5]),
                          ((3,), [1], [127]), ((0,), [0], [2])]:
    for i in ["int32", "int8", "int64"]:
        idx = [np.array(s, i) for s in start]
        smooth = i == "int32" and 0 not in sizes
        for d in ["float32", "complex128", "bool"]:
            x, u = points(d, src), points(d, sizes)
            case("dynamic_slice", lambda x, *s: lax.dynamic_slice(x, s, sizes, allow_negative_indices=False), [x] + idx, {"Sizes": sizes}, smooth=smooth and d in SMOOTH)
            case("dynamic_update_slice", lambda x, u, *s: lax.dynamic_update_slice(x, u, s, allow_negative_indices=False), [x, u] + idx, smooth=smooth and d in SMOOTH)
for i, s in [("uint8", 255), ("uint32", 2**32 - 1), ("uint64", 2**64 - 1), ("uint64", 1), ("int64", -(2**63)), ("int64", 2**63 - 1), ("int64", 2**32 + 1)]:
    x, idx = points("float32", (5,)), np.array(s, i)
    case("dynamic_slice", lambda x, s: lax.dynamic_slice(x, (s,), [2], allow_negative_indices=False), [x, idx], {"Sizes": [2]})

# operand, indices, offset, collapsed, start, operand batch, indices batch, sizes
DIMS = [
    ((5,), [[0], [4], [7], [-2]], [], [0], [0], [], [], [1]),
    ((5,), [[0], [3], [4], [-1]], [1], [], [0], [], [], [2]),
    ((4, 3), [[0], [2], [9]], [1], [0], [0], [], [], [1, 3]),
    ((4, 3), [[0], [2], [1]], [0], [1], [1], [], [], [4, 1]),
    ((4, 3), [[0, 1], [2, 2], [3, -1], [-1, 0]], [], [0, 1], [0, 1], [], [], [1, 1]),
    ((4, 3), [[1, 0], [2, 3], [0, 1]], [], [0, 1], [1, 0], [], [], [1, 1]),
    ((4, 3), [[0, 1], [2, 2]], [1, 2], [], [0, 1], [], [], [2, 2]),
    ((4, 3), [[[0], [2]], [[1], [3]]], [2], [0], [0], [], [], [1, 2]),
    ((4, 3), [[[0], [2]], [[1], [3]]], [0], [0], [0], [], [], [1, 2]),
    ((2, 5), [[[0], [4], [6]], [[1], [2], [-1]]], [], [1], [1], [0], [0], [1, 1]),
    ((3, 5, 2), [[[0], [4], [2]], [[1], [2], [3]]], [2], [1], [1], [0], [1], [1, 1, 2]),
    ((5,), [2], [0], [], [0], [], [], [3]),
    ((4, 3), np.zeros((2, 0), int), [1, 2], [], [], [], [], [2, 3]),
    ((4,), np.zeros((0, 1), int), [], [0], [0], [], [], [1]),
    ((0, 3), np.zeros((2, 0), int), [1, 2], [], [], [], [], [0, 3]),
    ((0,), np.zeros((0, 1), int), [1], [], [0], [], [], [0]),
]
SCATTERS = [lax.scatter, lax.scatter_add, lax.scatter_mul, lax.scatter_min, lax.scatter_max]
for src, idx, offset, collapsed, start, obatch, ibatch, sizes in DIMS:
    dims = {"Offset": offset, "Collapsed": collapsed, "OperandBatch": obatch, "IndicesBatch": ibatch, "Start": start}
    gd = lax.GatherDimensionNumbers(tuple(offset), tuple(collapsed), tuple(start), tuple(obatch), tuple(ibatch))
    sd = lax.ScatterDimensionNumbers(tuple(offset), tuple(collapsed), tuple(start), tuple(obatch), tuple(ibatch))
    gather = lambda x, i: lax.gather(x, i, gd, tuple(sizes), mode=lax.GatherScatterMode.CLIP)
    for itype in ["int32", "int64", "int8"]:
        indices = np.array(idx).astype(itype)
        for d in ["float32", "float64", "complex128", "int16", "bool", "bfloat16"]:
            if itype != "int32" and d != "float32":
                continue
            x = points(d, src)
            case("gather", gather, [x, indices], dims | {"Sizes": sizes}, smooth=d in SMOOTH and itype == "int32" and x.size > 0)
            updates = np.asarray(gather(x, indices))
            updates = rng.permutation(points(d, updates.shape).reshape(-1)).reshape(updates.shape)
            for k, scatter in enumerate(SCATTERS):
                if d == "bool" and k in [1, 2] or is_complex(d) and k > 2:
                    continue
                # No element of these is met twice, but by slices that overlap: (5,) with sizes [2], and the like.
                meets = np.asarray(lax.scatter_add(np.zeros(src, "int32"), indices, np.ones(updates.shape, "int32"), sd, mode=lax.GatherScatterMode.FILL_OR_DROP))
                unique = bool((meets <= 1).all())
                if k == 0 and not unique:
                    continue
                f = lambda x, i, u: scatter(x, i, u, sd, mode=lax.GatherScatterMode.FILL_OR_DROP, unique_indices=unique)
                smooth = d in SMOOTH and itype == "int32" and x.size > 0 and (k < 2 or k == 2 and unique)
                case("scatter", f, [x, indices, updates], dims | {"Combine": k, "Unique": unique}, smooth=smooth)

# ---- reductions

REDUCE = {
    "reduce_sum": (lax.reduce_sum, NUMBERS),
    "reduce_prod": (lax.reduce_prod, NUMBERS),
    "reduce_max": (lax.reduce_max, ["bool"] + REALS),
    "reduce_min": (lax.reduce_min, ["bool"] + REALS),
    "reduce_and": (lax.reduce_and, BITS),
    "reduce_or": (lax.reduce_or, BITS),
}


def reduction(op, f, dtypes):
    for d in dtypes:
        for shape, axes in [((5,), [0]), ((2, 3), [1]), ((2, 3), [0]), ((2, 3), [0, 1]), ((2, 3, 2), [2, 0]), ((0,), [0]), ((0, 2), [0]), ((0, 2), [1])]:
            x = points(d, shape)
            case(op, lambda x: f(x, axes), [x], {"Axes": axes}, smooth=d in SMOOTH and x.size > 0)
        case(op, lambda x: f(x, [0]), [few(d)], {"Axes": [0]})
        x = few(d).reshape(-1, 2) if len(few(d)) % 2 == 0 else few(d)[:, None]
        case(op, lambda x: f(x, [1]), [x], {"Axes": [1]})
    case(op, lambda x: f(x, [0]), [np.array([1, 0, 3, 0, 5]).astype(dtypes[-1])], {"Axes": [0]})


for op, (f, dtypes) in REDUCE.items():
    reduction(op, f, dtypes)
for op, f in [("argmax", lax.argmax), ("argmin", lax.argmin)]:
    for d in ["bool"] + REALS:
        for index in ["int32", "uint8", "int64"]:
            case(op, lambda x: f(x, 0, index), [few(d)], {"Axis": 0, "DType": index})
        x = rng.integers(0, 2 if d == "bool" else 4, size=(3, 4, 2)).astype(d)
        for axis in range(3):
            case(op, lambda x: f(x, axis, "int32"), [x], {"Axis": axis, "DType": "int32"})
    case(op, lambda x: f(x, 0, "int32"), [np.array([1.0, nan, 5, nan], "float32")], {"Axis": 0, "DType": "int32"})
    case(op, lambda x: f(x, 0, "int32"), [np.array([-0.0, 0.0, -0.0], "float32")], {"Axis": 0, "DType": "int32"})
    case(op, lambda x: f(x, 1, "int32"), [np.zeros((0, 2), "float32")], {"Axis": 1, "DType": "int32"})
for op, f, dtypes in [("cumsum", lax.cumsum, NUMBERS), ("cumprod", lax.cumprod, NUMBERS), ("cummax", lax.cummax, REALS), ("cummin", lax.cummin, REALS)]:
    for d in dtypes:
        for reverse in [False, True]:
            for shape, axis in [((5,), 0), ((2, 3), 1), ((3, 2), 0), ((0, 2), 0), ((0, 2), 1), ((1,), 0)]:
                x = points(d, shape)
                case(op, lambda x: f(x, axis, reverse), [x], {"Axis": axis, "Reverse": reverse}, smooth=d in SMOOTH and x.size > 0)
            if d not in FLOATS or op in ["cummax", "cummin"]:
                case(op, lambda x: f(x, 0, reverse), [few(d)], {"Axis": 0, "Reverse": reverse})

# ---- sort, which puts NaNs last and takes 0 and -0 for equal

for d in ALL:
    xs = rng.permutation(np.concatenate([few(d), few(d)]))
    tag = np.arange(len(xs), dtype="int32")
    case("sort", lambda x: lax.sort(x), [xs], {"Axis": 0, "Keys": 1, "Stable": True})
    case("sort", lambda *x: lax.sort(x, num_keys=1), [xs, tag], {"Axis": 0, "Keys": 1, "Stable": True})
    case("sort", lambda *x: lax.sort(x, num_keys=2), [rng.integers(0, 3, size=xs.shape).astype("int8"), xs, tag], {"Axis": 0, "Keys": 2, "Stable": True})
for d in ["float32", "float64"]:
    for shape, axis in [((3, 4), 0), ((3, 4), 1), ((1, 2), 0), ((0, 2), 0), ((2, 3, 2), 1)]:
        xs = [points(d, shape), points(d, shape)]
        case("sort", lambda *x: lax.sort(x, dimension=axis, num_keys=1), xs, {"Axis": axis, "Keys": 1, "Stable": True}, smooth=0 not in shape)
case("sort", lambda *x: lax.sort(x, num_keys=1), [np.array([1.0, nan, -0.0, 0, -nan, -inf, 0, -0.0]), np.arange(8.0)], {"Axis": 0, "Keys": 1, "Stable": True})

# ---- dot_general

for d in NUMBERS:
    for a, b, lc, rc, lb, rb in [((3,), (3,), [0], [0], [], []), ((2, 3), (3, 4), [1], [0], [], []), ((2, 3), (4, 3), [1], [1], [], []), ((2,), (3,), [], [], [], []),
                                 ((2, 3, 4), (2, 4, 5), [2], [1], [0], [0]), ((2, 3, 4), (4, 2, 3), [1, 2], [2, 0], [], []), ((3, 2, 4), (5, 4, 3), [2], [1], [0], [2]),
                                 ((2, 0), (0, 3), [1], [0], [], []), ((0, 3), (3, 2), [1], [0], [], []), ((), (3,), [], [], [], []), ((2, 3), (2, 3), [], [], [1, 0], [1, 0])]:
        prefer = [d]
        if (a, lc) == ((2, 3), [1]):
            prefer += {"int8": ["int32"], "uint8": ["uint32"], "float16": ["float32"], "bfloat16": ["float32"], "float32": ["float64"]}.get(d, [])
        for out in prefer:
            x, y = points(d, a), points(d, b)
            f = lambda x, y: lax.dot_general(x, y, ((lc, rc), (lb, rb)), preferred_element_type=np.dtype(out))
            params = {"LHSContract": lc, "RHSContract": rc, "LHSBatch": lb, "RHSBatch": rb, "Prefer": out}
            case("dot_general", f, [x, y], params, smooth=d in SMOOTH and x.size > 0 and y.size > 0)

# ---- linear algebra

def hermitian(x):
    x = random_like(x)
    return x + np.conj(np.swapaxes(x, -1, -2))


def definite(d, shape):
    x = points(d, shape)
    return (x @ np.conj(np.swapaxes(x, -1, -2)) + np.eye(shape[-1])).astype(d)


for d in ["float32", "float64", "complex64", "complex128"]:
    smooth = d in SMOOTH
    cholesky = lambda x: lax.linalg.cholesky(x, symmetrize_input=False)
    for shape in [(3, 3), (2, 4, 4), (1, 1)]:
        case("cholesky", cholesky, [definite(d, shape)], smooth=smooth, tangent=hermitian)
    x = definite(d, (3, 3))
    case("cholesky", cholesky, [x - 100 * np.triu(np.ones((3, 3)), 1).astype(d)])
    case("cholesky", cholesky, [np.stack([x, -x])])
    case("cholesky", cholesky, [np.zeros((0, 0), d)])
    for left, lower, transpose, conjugate, unit in itertools.product([False, True], repeat=5):
        if conjugate and not (transpose and is_complex(d)):
            continue
        a, y = points(d, (2, 3, 3)) + 4 * np.eye(3).astype(d), points(d, (2, 3, 4) if left else (2, 4, 3))
        f = lambda a, y: lax.linalg.triangular_solve(a, y, left_side=left, lower=lower, transpose_a=transpose, conjugate_a=conjugate, unit_diagonal=unit)
        params = {"LeftSide": left, "Lower": lower, "TransposeA": transpose, "ConjugateA": conjugate, "UnitDiagonal": unit}
        case("triangular_solve", f, [a, y], params, smooth=smooth)
    for shape in [(3, 3), (2, 4, 4), (3, 5), (5, 3), (1, 1)]:
        case("lu", lax.linalg.lu, [points(d, shape)], smooth=smooth)
    case("lu", lax.linalg.lu, [np.array([[0, 1, 2], [0, 0, 3], [0, 4, 5]], d)])
    for kind, lengths, batch in itertools.product(range(4), [(1,), (4,), (5,), (3, 4), (2, 3, 4)], [(), (2,)]):
        if kind == 2 and is_complex(d) or kind != 2 and not is_complex(d):
            continue
        fft_type = [lax.FftType.FFT, lax.FftType.IFFT, lax.FftType.RFFT, lax.FftType.IRFFT][kind]
        shape = batch + (lengths if kind != 3 else lengths[:-1] + (lengths[-1] // 2 + 1,))
        case("fft", lambda x: lax.fft(x, fft_type, lengths), [points(d, shape)], {"Kind": kind, "Lengths": lengths}, smooth=smooth)

# ---- derivatives where there is none, or several

for d in ["float32", "float64"]:
    at = lambda *xs: np.array(xs, d)
    kink = lambda op, f, inputs, params=None: case(op, f, inputs, params, smooth=True)
    kink("abs", lax.abs, [at(0, -0.0, nan, inf, -inf)])
    for op in ["floor", "ceil", "sign"]:
        kink(op, UNARY[op][0], [at(0, -0.0, 1, -2, 0.5)])
    for op in ["sqrt", "cbrt"]:
        kink(op, UNARY[op][0], [at(0, inf)])
    kink("log", lax.log, [at(0, inf)])
    kink("log1p", lax.log1p, [at(-1, 0, inf)])
    for op in ["logistic", "tanh", "erf", "atan", "exp", "expm1", "asinh"]:
        kink(op, UNARY[op][0], [at(0, -0.0, 50, -50, inf, -inf)])
    kink("asin", lax.asin, [at(1, -1, 0)])
    kink("atanh", lax.atanh, [at(1, -1, 0)])
    kink("acosh", lax.acosh, [at(1, 100)])
    x, y = at(1, 0, -0.0, nan, 1, inf, -inf), at(1, -0.0, 0, 1, nan, inf, 2)
    kink("max", lax.max, [x, y])
    kink("min", lax.min, [x, y])
    kink("pow", lax.pow, [at(0, 0, 0, 0, 0, -1, -2, 1, 2), at(0, 1, 2, 0.5, 3, 2, 3, 0, 0)])
    kink("rem", lax.rem, [at(-5.5, 5.5, 4, -4, 7), at(2, -2, 2, 2, 0.7)])
    kink("clamp", lax.clamp, [at(0, 0, 0, 1), at(0, 1, 0, 0), at(1, 1, 0, -1)])
    for y in [0, 1, 2, 3]:
        kink("integer_pow", lambda x: lax.integer_pow(x, y), [at(0, -0.0, 1)], {"Y": y})
    for op in ["reduce_max", "reduce_min"]:
        for x in [at(1, 1, 0, 0), at(2, 2, 2), at(0, -0.0, 1)]:
            kink(op, lambda x: REDUCE[op][0](x, (0,)), [x], {"Axes": [0]})
    for x in [at(0, 2, 3), at(0, 0, 3), at(0, 0, 0), at(2, -3, 0)]:
        kink("reduce_prod", lambda x: lax.reduce_prod(x, (0,)), [x], {"Axes": [0]})
        kink("cumprod", lambda x: lax.cumprod(x, 0), [x], {"Axis": 0, "Reverse": False})
kink("abs", lax.abs, [np.array([0j, 3 + 4j])])

# ---- later ops: each begins the random numbers anew, so that those above stay

rng = np.random.default_rng(1)
reduction("reduce_xor", lax.reduce_xor, BITS)

path = pathlib.Path(__file__).resolve().parent.parent / "tests/conformance/testdata/ops.json.gz"
path.parent.mkdir(parents=True, exist_ok=True)
text = json.dumps({"made": jax_cpu.made, "arrays": arrays, "cases": cases}, separators=(",", ":"))
path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
print(len(cases), "cases,", len(arrays), "arrays,", path.stat().st_size, "bytes")
