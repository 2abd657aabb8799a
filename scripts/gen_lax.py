#!/usr/bin/env python3
"""Writes lax/testdata/cases.json.gz: what JAX computes for functions of package lax.

Needs jax; the tests need only what it writes. Here is what is more than an op of graph/, which
tests/conformance compares: modes, promises, options, Go numbers, and derivatives of what is put
together. A case names a row of the table in lax/jax_test.go, with operands and results and, if it is
differentiated, cotangents of the results and the gradients of the operands that are no integers.
"""
import gzip
import json
import pathlib

import jax_cpu
import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np
from jax import lax

rng = np.random.default_rng(0)
cases = []
nan, inf = float("nan"), float("inf")
ALL = ["float32", "float64", "complex64", "int32", "uint8", "bool"]
NUMBERS = ALL[:-1]
REALS = ["float32", "float64", "int32", "uint8"]


def enc(x):
    x = np.asarray(x)
    parts = np.stack([x.real, x.imag], -1) if x.dtype.kind == "c" else x
    return {"dtype": x.dtype.name, "shape": list(x.shape), "data": [repr(float(v)) for v in parts.ravel()]}


def make(d, *shape):
    if d == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if np.dtype(d).kind in "iu":
        return rng.integers(0 if np.dtype(d).kind == "u" else -9, 10, shape).astype(d)
    x = rng.normal(size=shape)
    if np.dtype(d).kind == "c":
        x = x + 1j * rng.normal(size=shape)
    return np.asarray(x).astype(d)


def inexact(x):
    return np.asarray(x).dtype.kind in "fc"


def case(name, f, *xs, grad=True):
    xs = [np.asarray(x) for x in xs]
    many = lambda *xs: tuple(y) if isinstance(y := f(*xs), (tuple, list)) else (y,)
    c = {"name": name, "in": [enc(x) for x in xs]}
    wrt = [i for i, x in enumerate(xs) if inexact(x)]
    out = jax.eval_shape(many, *xs)
    if grad and wrt and all(jnp.issubdtype(y.dtype, jnp.inexact) for y in out):
        ct = tuple(make(y.dtype, *y.shape) for y in out)

        def both(xs, ct):
            def of(*some):
                full = list(xs)
                for i, x in zip(wrt, some):
                    full[i] = x
                return many(*full)

            out, pull = jax.vjp(of, *[xs[i] for i in wrt])
            return out, pull(ct)

        out, grads = jax.jit(both)(xs, ct)
        c["ct"], c["grad"] = [enc(y) for y in ct], [enc(x) for x in grads]
    else:
        out = jax.jit(many)(*xs)
    c["out"] = [enc(y) for y in out]
    cases.append(c)


# ---- numbers as operands, options of elementwise functions

for d in ["float32", "float64", "complex64"]:
    case("add 1.5", lambda x: lax.add(x, x.dtype.type(1.5)), make(d, 3))
    case("sub from 1.5", lambda x: lax.sub(x.dtype.type(1.5), x), make(d, 3))
for d in ["int32"]:
    case("rem 4", lambda x: lax.rem(x, x.dtype.type(4)), np.array([7, -7, 4, -4, 0], d))
    case("div 4", lambda x: lax.div(x, x.dtype.type(4)), np.array([7, -7, 4, -4, 0], d))
    case("shift right 2", lambda x: lax.shift_right_logical(x, x.dtype.type(2)), np.array([7, -7, 1 << 30], d))
for d in ["float32", "float64"]:
    x = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999997, inf, nan], d)
    case("round", lax.round, x)
    case("round to even", lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN), x)
    case("clamp", lambda x: lax.clamp(x.dtype.type(-0.5), x, x.dtype.type(1)), make(d, 6))
    case("clamp by arrays", lax.clamp, make(d, 4) - 1, make(d, 4), make(d, 4) + 1)
    case("reduce_precision 5 10", lambda x: lax.reduce_precision(x, 5, 10), make(d, 6))
case("clamp ints", lambda x: lax.clamp(np.int32(-2), x, np.int32(3)), np.arange(-4, 5).astype("int32"))
case("bitcast int32", lambda x: lax.bitcast_convert_type(x, "int32"), np.array([0.0, -0.0, 1, inf, -1e-30], "float32"))
case("bitcast float32", lambda x: lax.bitcast_convert_type(x, "float32"), np.array([0, 1, 1065353216, -1082130432], "int32"))
case("clz", lax.clz, np.array([0, 1, 255, -1], "int32"))
case("clz", lax.clz, np.array([0, 1, 255], "uint8"))
case("population_count", lax.population_count, np.array([0, 1, 255, -1], "int32"))
for d in ALL:
    p = np.array([True, False, True])
    case("select", lax.select, p, make(d, 3), make(d, 3))
    case("select_n bool", lax.select_n, p, make(d, 3), make(d, 3))
    case("select_n", lax.select_n, np.array([2, 0, 1, 4, -1], "int32"), *[make(d, 5) for _ in range(3)], grad=False)  # JAX's is 0 out of range
    case("select_n", lax.select_n, np.array([2, 0, 1, 1, 0], "int32"), *[make(d, 5) for _ in range(3)])
    case("select_n", lax.select_n, np.array(1, "int32"), *[make(d, 5) for _ in range(4)])
    case("select_n", lax.select_n, np.array([0, 0], "int32"), make(d, 2))
    case("select_n", lax.select_n, np.array([4, 3, 2, 1, 0], "int32"), *[make(d, 5) for _ in range(5)])

# ---- structural

for d in ALL:
    v = make(d)
    for config in [((-1, 2, 1), (1, -2, 0)), ((2, -3, 2), (0, 0, 3)), ((-1, -1, 0), (-2, 1, 1))]:
        case("pad " + repr(config), lambda x, v: lax.pad(x, v, config), make(d, 3, 4), v)
    case("slice strides", lambda x: lax.slice(x, (1, 0), (6, 5), (2, 3)), make(d, 7, 5))
    case("rev 0", lambda x: lax.rev(x, (0,)), make(d, 3, 2))
    case("rev all", lambda x: lax.rev(x, (0, 1)), make(d, 3, 2))
    case("barrier", lambda x, y: [a * 1 if d != "bool" else a for a in lax.optimization_barrier((x, y))], make(d, 3), make(d, 2))
    case("broadcast_in_dim", lambda x: lax.broadcast_in_dim(x, (2, 3, 4), (0, 2)), make(d, 2, 1))
    if d != "bool":
        case("iota " + d, lambda: lax.iota(d, 5))
        case("broadcasted_iota " + d, lambda: lax.broadcasted_iota(d, (2, 3), 1))

# ---- dynamic slices

for d in ALL:
    x, u = make(d, 4, 5), make(d, 2, 3)
    for i in ["int32", "int8", "uint8", "int64"]:
        for at in [(0, 1), (2, 2), (3, 9), (-1, -2), (-4, -5), (-9, 1)]:
            if i[0] == "u" and min(at) < 0 or i in ["int8", "int64"] and d != "float32":
                continue
            at = [np.array(k, i) for k in at]
            case("dynamic_slice", lambda x, *at: lax.dynamic_slice(x, at, (2, 3)), x, *at)
            case("dynamic_update_slice", lambda x, u, *at: lax.dynamic_update_slice(x, u, at), x, u, *at)

# ---- gather and scatter

rows = dict(offset_dims=(1,), collapsed_slice_dims=(0,), start_index_map=(0,))
windows = dict(offset_dims=(1, 2), collapsed_slice_dims=(), start_index_map=(1, 0))
batched = dict(offset_dims=(), collapsed_slice_dims=(1,), start_index_map=(1,), operand_batching_dims=(0,), start_indices_batching_dims=(0,))
KINDS = {
    "rows": (rows, (1, 4), (5, 4), (3, 1), (3, 4)),
    "windows": (windows, (2, 2), (5, 4), (3, 2), (3, 2, 2)),
    "batched": (batched, (1, 1), (3, 4), (3, 2, 1), (3, 2)),
}


def scattering(n):
    names = {"offset_dims": "update_window_dims", "collapsed_slice_dims": "inserted_window_dims", "start_index_map": "scatter_dims_to_operand_dims",
             "start_indices_batching_dims": "scatter_indices_batching_dims"}
    return lax.ScatterDimensionNumbers(**{names.get(k, k): v for k, v in n.items()})


INSIDE = {"rows": [3, 0, 4], "windows": [0, 3, 2, 0, 1, 2], "batched": [3, 0, 1, 2, 2, 0]}
OUTSIDE = {"rows": [-1, 4, 9], "windows": [3, 0, 0, 4, 2, -1], "batched": [-1, 4, 1, 2, 100, 0]}
APART = {"rows": [-1, 2, 9], "windows": [-1, 0, 2, 0, 0, 3], "batched": [-1, 2, 1, 2, 100, 0]}  # also when they are moved inside
SCATTERS = [lax.scatter, lax.scatter_add, lax.scatter_sub, lax.scatter_mul, lax.scatter_min, lax.scatter_max]
for kind, (numbers, sizes, operand, indices, updates) in KINDS.items():
    g, s = lax.GatherDimensionNumbers(**numbers), scattering(numbers)
    place = lambda at, i="int32": np.array(at[kind]).reshape(indices).astype(i)
    for d in ALL:
        x, u = make(d, *operand), make(d, *updates)
        for mode in ["", "fill", "clip", "promise_in_bounds"]:
            options = dict(mode=mode) if mode else {}
            if mode in ["", "promise_in_bounds"] and d != "float32":
                continue
            at = INSIDE if mode == "promise_in_bounds" else OUTSIDE
            for i in ["int32"] + ["int64", "int8"] * (d == "float32"):
                case(f"gather {kind} {mode}", lambda x, idx: lax.gather(x, idx, g, sizes, **options), x, place(at, i), grad=mode != "")
            for f in SCATTERS:
                name = f.__name__
                if d == "bool" and name != "scatter" or d == "complex64" and name in ["scatter_min", "scatter_max"]:
                    continue
                if mode == "clip" and d not in ["float32", "uint8"]:
                    continue
                if name == "scatter":  # where slices meet, it is open which one stays
                    where = INSIDE if mode == "promise_in_bounds" else APART
                    case(f"scatter {kind} {mode}", lambda x, idx, u: f(x, idx, u, s, **options), x, place(where), u, grad=kind != "windows")
                else:
                    case(f"{name} {kind} {mode}", lambda x, idx, u: f(x, idx, u, s, **options), x, place(at), u, grad=name in ["scatter_add", "scatter_sub"])
        case(f"gather {kind} value", lambda x, idx: lax.gather(x, idx, g, sizes, mode="fill", fill_value=1), x, place(OUTSIDE))
        if d in ["float32", "float64", "complex64"]:
            unique = place({"rows": [0, 2, 4], "windows": [0, 0, 0, 3, 2, 0], "batched": [0, 1, 1, 3, 0, 2]})
            options = dict(unique_indices=True, indices_are_sorted=True)
            case(f"gather {kind} unique", lambda x, idx: lax.gather(x, idx, g, sizes, mode="clip", **options), x, unique)
            case(f"scatter {kind} unique", lambda x, idx, u: lax.scatter(x, idx, u, s, **options), x, unique, u)
            case(f"scatter_mul {kind} unique", lambda x, idx, u: lax.scatter_mul(x, idx, u, s, **options), x, unique, u)

# ---- products, reductions, sorting

for d in NUMBERS:
    dims = (((2,), (1,)), ((0,), (2,)))
    case("dot_general", lambda x, y: lax.dot_general(x, y, dims), make(d, 2, 3, 4), make(d, 5, 4, 2))
    case("dot_general outer", lambda x, y: lax.dot_general(x, y, (((), ()), ((), ()))), make(d, 2), make(d, 3))
case("dot_general as float32", lambda x, y: lax.dot_general(x, y, (((1,), (0,)), ((), ())), preferred_element_type="float32"),
     make("float32", 2, 3).astype("float16"), make("float32", 3, 2).astype("float16"), grad=False)
case("dot_general as int32", lambda x, y: lax.dot_general(x, y, (((0,), (0,)), ((), ())), preferred_element_type="int32"), make("uint8", 40), make("uint8", 40))
for d in ALL:
    for name, f, takes in [("sum", lax.reduce_sum, NUMBERS), ("prod", lax.reduce_prod, NUMBERS), ("max", lax.reduce_max, REALS + ["bool"]), ("min", lax.reduce_min, REALS + ["bool"]),
                           ("and", lax.reduce_and, ["int32", "uint8", "bool"]), ("or", lax.reduce_or, ["int32", "uint8", "bool"])]:
        if d in takes:
            case(f"reduce_{name} 0 2", lambda x: f(x, axes=(0, 2)), make(d, 2, 3, 2))
            case(f"reduce_{name}", lambda x: f(x, axes=(0, 1)), make(d, 2, 3))
            case(f"reduce_{name}", lambda x: f(x, axes=(0, 1)), make(d, 0, 3))
    for f, takes in [(lax.cumsum, NUMBERS), (lax.cumprod, NUMBERS), (lax.cummax, REALS), (lax.cummin, REALS)]:
        if d in takes:
            case(f.__name__, lambda x: f(x, 1), make(d, 2, 4))
            case(f.__name__ + " reverse", lambda x: f(x, 0, reverse=True), make(d, 4, 2))
    if d in REALS + ["bool"]:
        x = make(d, 3, 4)
        case("argmax uint8", lambda x: lax.argmax(x, 1, "uint8"), x)
        case("argmin int32", lambda x: lax.argmin(x, 0, "int32"), x)
    if d in REALS:
        case("top_k", lambda x: lax.top_k(x, 3), make(d, 2, 5))
        case("top_k 0", lambda x: lax.top_k(x, 2, axis=0), make(d, 4, 2))
        case("top_k values", lambda x: lax.top_k(x, 3)[0], make(d, 2, 5))
    keys = np.array([3, 1, 3, 1, 2, 1], "int32")
    case("sort", lambda x: lax.sort(x), make(d, 2, 5))
    case("sort by 1", lambda k, x: lax.sort((k, x), num_keys=1), keys, make(d, 6))
    case("sort by 2", lambda k, x, y: lax.sort((k, x, y), num_keys=2), keys, make(d, 6), make("float32", 6))
    case("sort by 2, last", lambda k, x, y: lax.sort((k, x, y), num_keys=2)[2], keys, make(d, 6), make("float32", 6))
case("top_k", lambda x: lax.top_k(x, 3), np.array([1, nan, 3, 3, -inf], "float32"))
case("sort", lambda x: lax.sort(x), np.array([1, nan, 0.0, -0.0, -inf], "float32"), grad=False)

# ---- linear algebra

for d in ["float32", "float64", "complex64"]:
    a = make(d, 2, 3, 3) + 3 * np.eye(3, dtype=d)
    case("cholesky", lambda x: lax.linalg.cholesky(x, symmetrize_input=False), a @ np.conj(np.swapaxes(a, 1, 2)), grad=False)
    case("triangular_solve", lambda a, y: lax.linalg.triangular_solve(a, y), a, make(d, 2, 4, 3))
    case("triangular_solve left lower", lambda a, y: lax.linalg.triangular_solve(a, y, left_side=True, lower=True), a, make(d, 2, 3, 4))
    case("triangular_solve adjoint unit", lambda a, y: lax.linalg.triangular_solve(a, y, transpose_a=True, conjugate_a=True, unit_diagonal=True), a, make(d, 2, 4, 3))
    case("lu", lax.linalg.lu, make(d, 2, 4, 3))
for d in ["complex64", "complex128"]:
    case("fft", lambda x: lax.fft(x, "FFT", (3, 4)), make(d, 2, 3, 4))
    case("ifft", lambda x: lax.fft(x, "IFFT", (4,)), make(d, 3, 4))
    case("irfft", lambda x: lax.fft(x, "IRFFT", (5,)), make(d, 2, 3))
case("rfft", lambda x: lax.fft(x, "RFFT", (5,)), make("float32", 2, 5))
case("rfft", lambda x: lax.fft(x, "RFFT", (5,)), make("float64", 2, 5))

out = pathlib.Path(__file__).parent.parent / "lax/testdata/cases.json.gz"
out.parent.mkdir(parents=True, exist_ok=True)
with open(out, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as f:
    f.write(json.dumps({"made": jax_cpu.made, "cases": cases}, separators=(",", ":")).encode())
print(len(cases), "cases of lax")
