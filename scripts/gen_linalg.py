#!/usr/bin/env python3
"""Writes testdata/cases.json.gz of packages fft and linalg: what JAX computes for their functions.

Needs jax; the tests need only what it writes. A case names a row of the table in
the package's jax_test.go, with operands and results and, if it is differentiated, cotangents of
the results and the gradients that they give.
"""
import gzip
import json
import pathlib

import jax_cpu
import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import jax.scipy.linalg as jsl
import numpy as np

rng = np.random.default_rng(0)
cases = []
FLOATS = ["float64", "float32"]
COMPLEX = ["complex128", "complex64"]
INEXACT = FLOATS + COMPLEX


def enc(x):
    x = np.asarray(x)
    parts = np.stack([x.real, x.imag], -1) if x.dtype.kind == "c" else x
    return {"dtype": x.dtype.name, "shape": list(x.shape), "data": [repr(float(v)) for v in parts.ravel()]}


def normal(d, *shape):
    x = rng.normal(size=shape)
    if np.dtype(d).kind == "c":
        x = x + 1j * rng.normal(size=shape)
    return np.asarray(x).astype(d)


def ints(d, *shape):
    return rng.integers(0, 2 if d == "bool" else 9, size=shape).astype(d)


def positive(d, *shape):
    x = normal(d, *shape)
    return (x @ np.conj(np.swapaxes(x, -1, -2)) + np.eye(shape[-1])).astype(d)


def case(name, f, *xs, grad=True):
    many = lambda *xs: tuple(y) if isinstance(y := f(*xs), (tuple, list)) else (y,)
    c = {"name": name, "in": [enc(x) for x in xs]}
    if not (grad and all(np.asarray(x).dtype.kind in "fc" for x in xs)):
        out = jax.jit(many)(*xs)
    else:
        ct = tuple(normal(y.dtype, *y.shape) for y in jax.eval_shape(many, *xs))

        def both(xs, ct):
            out, pull = jax.vjp(many, *xs)
            return out, pull(ct)

        out, grads = jax.jit(both)(xs, ct)
        c["ct"], c["grad"] = [enc(y) for y in ct], [enc(x) for x in grads]
    c["out"] = [enc(y) for y in out]
    cases.append(c)


# ---- fft

F = jnp.fft
for d in INEXACT + ["float16", "int32", "bool"]:
    make = ints if d in ["int32", "bool"] else normal
    for name, f in [("fft", F.fft), ("ifft", F.ifft), ("irfft", F.irfft), ("hfft", F.hfft)]:
        case(name, f, make(d, 5))
        case(name, f, make(d, 2, 4))
    if d not in COMPLEX:
        case("rfft", F.rfft, make(d if d != "float16" else "float32", 2, 5))
        case("ihfft", F.ihfft, make(d if d != "float16" else "float32", 2, 6))
for d in ["float64", "complex64"]:
    real = d in FLOATS
    x = normal(d, 3, 4, 5)
    case("fft axis 1", lambda x: F.fft(x, axis=1), x)
    case("ifft axis -3", lambda x: F.ifft(x, axis=-3), x)
    case("irfft axis 0", lambda x: F.irfft(x, axis=0), x)
    case("fft length 7", lambda x: F.fft(x, n=7), x)
    case("fft length 3", lambda x: F.fft(x, n=3), x)
    case("irfft length 7", lambda x: F.irfft(x, n=7), x)
    case("irfft length 6", lambda x: F.irfft(x, n=6), x)
    case("hfft length 7", lambda x: F.hfft(x, n=7), x)
    case("fft2", F.fft2, x)
    case("fft2 axes 2 0", lambda x: F.fft2(x, axes=(2, 0)), x)
    case("ifft2", F.ifft2, x)
    case("irfft2", F.irfft2, x)
    case("fftn", F.fftn, x)
    case("fftn axes 0 2", lambda x: F.fftn(x, axes=(0, 2)), x)
    case("fftn lengths 2 6", lambda x: F.fftn(x, s=(2, 6)), x)
    case("ifftn", F.ifftn, x)
    case("irfftn", F.irfftn, x)
    case("irfftn axes 2 0", lambda x: F.irfftn(x, axes=(2, 0)), x)
    case("irfftn lengths 2 6 5", lambda x: F.irfftn(x, s=(2, 6, 5)), x)
    many = normal(d, 2, 3, 2, 3, 2)
    case("fftn", F.fftn, many)
    case("ifftn", F.ifftn, many)
    case("irfftn", F.irfftn, many)
    case("fftn", F.fftn, normal(d))
    for norm in ["ortho", "forward"]:
        case("fft " + norm, lambda x: F.fft(x, norm=norm), x)
        case("ifft " + norm, lambda x: F.ifft(x, norm=norm), x)
        case("irfftn " + norm, lambda x: F.irfftn(x, norm=norm), x)
        case("hfft " + norm, lambda x: F.hfft(x, norm=norm), x)
        if real:
            case("rfft2 " + norm, lambda x: F.rfft2(x, norm=norm), x)
            case("ihfft " + norm, lambda x: F.ihfft(x, norm=norm), x)
    if real:
        case("rfft axis 1", lambda x: F.rfft(x, axis=1), x)
        case("rfft2", F.rfft2, x)
        case("rfftn", F.rfftn, x)
        case("rfftn", F.rfftn, many)
        case("rfftn axes 2 1", lambda x: F.rfftn(x, axes=(2, 1)), x)
        case("rfft length 8", lambda x: F.rfft(x, n=8), x)
        # Real to real, by way of complex numbers.
        case("spectrum", lambda x: jnp.sum(jnp.abs(F.fft(x)) ** 2 * jnp.arange(5.0), axis=-1), x)
        case("convolution", lambda x, y: F.irfft(F.rfft(x) * F.rfft(y), n=5), x, normal(d, 3, 4, 5))
    case("fftshift", F.fftshift, x)
    case("ifftshift", F.ifftshift, x)
    case("fftshift axis 1", lambda x: F.fftshift(x, axes=1), x)
for n in [1, 2, 5, 8]:
    case(f"fftfreq {n}", lambda: F.fftfreq(n, d=0.25, dtype="float32"))
    case(f"rfftfreq {n}", lambda: F.rfftfreq(n, d=0.25, dtype="float32"))

ffts = cases
cases = []

# ---- linalg

L = jnp.linalg
for d in INEXACT:
    a, b = normal(d, 3, 3), normal(d, 2, 3, 3)
    case("cholesky", L.cholesky, positive(d, 3, 3))
    case("cholesky", L.cholesky, positive(d, 2, 3, 3) + 0.1 * b)
    case("cholesky", L.cholesky, positive(d, 1, 1))
    l = np.linalg.cholesky(positive("complex128" if d in COMPLEX else "float64", 3, 3)).astype(d)
    case("cholesky_solve", lambda l, y: jsl.cho_solve((l, True), y), l, normal(d, 3, 2))
    case("cholesky_solve", lambda l, y: jsl.cho_solve((l, True), y), l, normal(d, 3))
    for name, options in [
        ("solve_triangular", dict(lower=True)),
        ("solve_triangular upper", dict(lower=False)),
        ("solve_triangular transposed", dict(lower=True, trans=1)),
        ("solve_triangular upper adjoint unit", dict(lower=False, trans=2, unit_diagonal=True)),
    ]:
        f = lambda a, y: jsl.solve_triangular(a, y, **options)
        case(name, f, a + 3 * np.eye(3, dtype=d), normal(d, 3, 2))
        case(name, f, a + 3 * np.eye(3, dtype=d), normal(d, 3))
    case("solve", L.solve, a, normal(d, 3))
    case("solve", L.solve, a, normal(d, 3, 2))
    case("solve", L.solve, b, normal(d, 2, 3, 1))
    case("solve", L.solve, b, normal(d, 3, 2))
    case("solve", L.solve, a, normal(d, 2, 3, 2))
    case("inv", L.inv, a)
    case("inv", L.inv, b)
    case("inv", L.inv, normal(d, 6, 6))
    for n in [1, 2, 3, 4, 6]:
        case("det", L.det, normal(d, n, n))
        case("slogdet", L.slogdet, normal(d, n, n))
    case("det", L.det, normal(d, 2, 5, 5))
    case("slogdet", L.slogdet, normal(d, 2, 5, 5))
    if d in ["float64", "complex128"]:
        case("det", L.det, np.array([[2, 1, 0, 2], [1, 3, 0, 1], [0, 0, 1, 0], [2, 1, 0, 2]], d))  # singular
        case("det", L.det, np.array([[1, 2, 3], [2, 4, 6], [1, 0, 1]], d))
        case("det", L.det, np.array([[0, 1], [0, 2]], d))
    case("slogdet", L.slogdet, np.array([[1, 2], [2, 4]], d), grad=False)
    for shape in [(3, 3), (4, 2), (2, 4)]:
        case("lu", jsl.lu, normal(d, *shape))
    case("lu", jax.vmap(jsl.lu), b)
    v = normal(d, 2, 3, 4)
    case("norm", lambda x: L.norm(x.ravel()), v)
    case("norm axis 1", lambda x: L.norm(x, axis=1), v)
    case("norm axes 0 2", lambda x: L.norm(x, axis=(0, 2)), v)
    for p in [0, 1, 3, 0.5, np.inf, -np.inf]:
        case(f"vector_norm {p}", lambda x: L.vector_norm(x, ord=p, axis=-1), v)
    for p in [1, -1, np.inf, -np.inf]:
        case(f"matrix_norm {p}", lambda x: L.matrix_norm(x, ord=p), v)
    for n in [0, 1, 2, 5, -1, -3]:
        case(f"matrix_power {n}", lambda x: L.matrix_power(x, n), b)
    case("multi_dot", lambda *xs: L.multi_dot(xs), normal(d, 2, 5), normal(d, 5, 3), normal(d, 3, 4))
    case("multi_dot", lambda *xs: L.multi_dot(xs), normal(d, 5), normal(d, 5, 3), normal(d, 3, 4), normal(d, 4))
    case("multi_dot", lambda *xs: L.multi_dot(xs), normal(d, 2, 5), normal(d, 5, 3))
case("solve", L.solve, ints("int32", 3, 3) + 9 * np.eye(3, dtype="int32"), normal("float32", 3))
case("inv", L.inv, ints("int32", 3, 3) + 9 * np.eye(3, dtype="int32"))
case("solve", L.solve, normal("float32", 3, 3), normal("float64", 3), grad=False)
case("norm axis 1", lambda x: L.norm(x, axis=1), ints("int32", 2, 3))
case("norm axis 1", lambda x: L.norm(x, axis=1), normal("float16", 2, 3), grad=False)

for package, written in [("fft", ffts), ("linalg", cases)]:
    out = pathlib.Path(__file__).parent.parent / package / "testdata/cases.json.gz"
    out.parent.mkdir(parents=True, exist_ok=True)
    with open(out, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as f:
        f.write(json.dumps({"made": jax_cpu.made, "cases": written}, separators=(",", ":")).encode())
    print(len(written), "cases of", package)
