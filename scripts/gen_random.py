"""Writes random/testdata/jax.json.gz: what jax.random draws.

    python scripts/gen_random.py

Needs jax. A case is a function of package random with a seed, a layout, a
dtype, a shape and parameters, and the elements that JAX draws, as hexadecimal
little-endian bytes. The first line says what made them.
"""

import gzip
import json
import pathlib

import jax_cpu
import jax
import jax.numpy as jnp
import numpy as np
from jax import random

FLOATS = ["float16", "bfloat16", "float32", "float64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
INTS = ["int8", "int16", "int32", "int64"] + UNSIGNED
SHAPES = [(), (7,), (3, 5), (0,), (33,)]
FEW = [(7,), (33,)]
SEEDS = [0, 1, 42, 2**32 - 1, 2**40 + 17]

cases = []


def wide(*dtypes):
    return any(d in ("float64", "int64", "uint64", "complex128") for d in dtypes)


def add(f, draw, seed=0, dtype="float32", shape=(), args=(), x64=None, data=None):
    """Records what draw(key, shape, dtype) gives in both layouts."""
    x64 = wide(dtype) if x64 is None else x64
    for original in (False, True):
        with jax.enable_x64(x64 or seed >= 2**32), jax.threefry_partitionable(not original):
            key = random.key(seed)
        with jax.enable_x64(x64), jax.threefry_partitionable(not original):
            out = np.asarray(draw(key, shape, dtype))
        case = dict(f=f, seed=seed, original=original, dtype=dtype, shape=list(shape), args=list(args))
        if data is not None:
            case["data"] = [encode(np.asarray(x)) for x in data]
        cases.append({**case, "out": encode(out)})


def encode(x):
    return dict(dtype=str(x.dtype), shape=list(x.shape), hex=x.tobytes().hex())


def keys():
    for seed in SEEDS:
        add("key", lambda k, s, d: random.key_data(k), seed, "uint32")
        for n in (0, 1, 2, 3, 10) if seed == 42 else (0, 2, 3):
            add("split", lambda k, s, d: random.key_data(random.split(k, n)), seed, "uint32", args=[n])
        for n in (0, 1, 7, 2**31, 2**32 - 1):
            add("fold_in", lambda k, s, d: random.key_data(random.fold_in(k, np.uint32(n))), seed, "uint32", args=[n])


def plain():
    """Functions of a dtype and a shape."""
    for seed in SEEDS:
        for d in UNSIGNED:
            for shape in SHAPES if d == "uint32" else FEW:
                add("bits", random.bits, seed, d, shape)
        for d in FLOATS:
            for shape in SHAPES if d == "float32" else FEW:
                add("uniform", random.uniform, seed, d, shape)
                add("normal", random.normal, seed, d, shape)
    for d in ("complex64", "complex128"):
        for shape in ((7,), (3, 5)):
            add("normal", random.normal, 3, d, shape)
    for d in FLOATS:
        for f in ("exponential", "gumbel", "laplace", "logistic", "cauchy", "rademacher"):
            add(f, getattr(random, f), 0, d, (20,))
    for d in ("int8", "int32", "int64"):
        add("rademacher", random.rademacher, 1, d, (20,))


def parametric():
    ranges = [(0.0, 1.0), (-1.0, 1.0), (3.0, 3.5), (-7.25, 100.0), (2.0, 2.0), (1.0, -1.0)]
    for d in FLOATS:
        for lo, hi in ranges:
            add("uniform_in", lambda k, s, d: random.uniform(k, s, d, lo, hi), 4, d, (17,), [lo, hi])
        for lo, hi in [(-2.0, 2.0), (0.0, 1.0), (1.5, 4.0), (-np.inf, 0.5)]:
            args = [float(max(lo, -1e30)), hi]
            add("truncated_normal", lambda k, s, d: random.truncated_normal(k, args[0], args[1], s, d), 4, d, (17,), args)
        for p in (0.0, 0.1, 0.5, 0.99, 1.0):
            add("bernoulli", lambda k, s, d: random.bernoulli(k, jnp.asarray(p, d), s), 6, d, (40,), [p])
        x = np.linspace(-2, 2, 12).reshape(3, 4).astype(np.float32)
        for axis, shape in ((-1, ()), (0, ()), (1, (5, 3)), (0, (2, 2, 4))) if d == "float32" else ((1, (5, 3)),):
            add("categorical", lambda k, s, d: random.categorical(k, jnp.asarray(x, d), axis, s or None), 8, d, shape, [axis], data=[x])
    for d in ("float32", "float64"):
        a = np.array([0.5, 1.0, 2.5], d)
        add("pareto", lambda k, s, d: random.pareto(k, a, s, d), 1, d, (4, 3), data=[a])
        add("lognormal", lambda k, s, d: random.lognormal(k, a, s, d), 1, d, (4, 3), data=[a])
        add("rayleigh", lambda k, s, d: random.rayleigh(k, a, s, d), 1, d, (4, 3), data=[a])
        add("weibull", lambda k, s, d: random.weibull_min(k, a, a[::-1], s, d), 1, d, (4, 3), data=[a, np.ascontiguousarray(a[::-1])])
        lo = np.array([[-1.0], [2.0]], d)
        add("uniform_in", lambda k, s, d: random.uniform(k, s, d, lo, 5.0), 4, d, (2, 6), [0.0, 5.0], data=[lo])
    for d in INTS:
        i = np.iinfo(d)
        for lo, hi in [(0, 1), (0, 2), (0, 100), (3, 3), (5, 2), (int(i.min), int(i.max)), (0, int(i.max)), (0, int(i.max) + 1), (-3, 4)]:
            if lo < i.min or d in ("uint64", "int64") and hi > np.iinfo("int64").max:
                continue
            x64 = wide(d) or hi > np.iinfo("int32").max
            add("randint", lambda k, s, d: random.randint(k, s, lo, hi, d), 12, d, (25,), [lo, hi], x64=x64)


def permutations():
    for seed in (0, 1):
        for n in (0, 1, 2, 10, 1700):
            add("permutation", lambda k, s, d: random.permutation(k, n), seed, "int32", args=[n])
        x = np.arange(24, dtype=np.float32).reshape(6, 4)
        v = np.arange(11, dtype=np.float32)
        p = np.array([0.1, 2.0, 0.0, 1.0, 3.0, 0.7], np.float32)
        for axis in (0, 1):
            add("shuffle", lambda k, s, d: random.permutation(k, x, axis), seed, args=[axis], data=[x])
            add("shuffle_each", lambda k, s, d: random.permutation(k, x, axis, independent=True), seed, args=[axis], data=[x])
        add("shuffle", lambda k, s, d: random.permutation(k, v), seed, args=[0], data=[v])
        for shape in ((), (3,), (2, 3)):
            for y in (x, x[:, 0].copy()):
                add("choice", lambda k, s, d: random.choice(k, y, s), seed, shape=shape, data=[y])
                add("sample", lambda k, s, d: random.choice(k, y, s, replace=False), seed, shape=shape, data=[y])
                add("weighted_choice", lambda k, s, d: random.choice(k, y, s, p=p), seed, shape=shape, data=[y, p])
                q = p + 0.5
                add("weighted_sample", lambda k, s, d: random.choice(k, y, s, replace=False, p=q), seed, shape=shape, data=[y, q])


def rejection():
    a = np.array([0.05, 0.3, 1.0, 1.7, 30.0], np.float32)
    shape = (6, 5)
    for d in ("float32", "float64"):
        add("gamma", lambda k, s, d: random.gamma(k, a, s, d), 2, d, shape, data=[a])
    d = "float32"
    add("loggamma", lambda k, s, d: random.loggamma(k, a, s, d), 2, d, shape, data=[a])
    add("beta", lambda k, s, d: random.beta(k, a, 1.5, s, d), 2, d, shape, data=[a])
    add("dirichlet", lambda k, s, d: random.dirichlet(k, a, s[:-1], d), 2, d, shape, data=[a])
    add("chisquare", lambda k, s, d: random.chisquare(k, a, shape=s, dtype=d), 2, d, shape, data=[a])
    add("t", lambda k, s, d: random.t(k, a, s, d), 2, d, shape, data=[a])
    lam = np.array([0.0, 0.4, 3.0, 9.9, 10.0, 55.0, 1e4], np.float32)
    add("poisson", lambda k, s, d: random.poisson(k, lam, s, d), 2, "int32", (5, 7), data=[lam])


keys()
plain()
parametric()
permutations()
rejection()
out = pathlib.Path(__file__).parent.parent / "random" / "testdata" / "jax.json.gz"
out.parent.mkdir(parents=True, exist_ok=True)
with gzip.GzipFile(out, "wb", mtime=0) as f:
    f.write("\n".join(json.dumps(c) for c in [{"made": jax_cpu.made}, *cases]).encode())
print(len(cases), "cases,", out.stat().st_size, "bytes")
