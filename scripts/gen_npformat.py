"""Writes internal/npformat/testdata/cases.json: arrays and how NumPy and JAX print them.

    python scripts/gen_npformat.py

Needs jax, with its numpy and ml_dtypes. An array is given by the bits of its
elements, in hexadecimal, or by a rule ("arange", "steps") where it is large.
"every" holds a digest of how each 16-bit float prints by itself and in an
array, and of many floats of other types: see npformat_test.go.
"""

import hashlib
import json
import pathlib

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import ml_dtypes
from jax._src.lax.lax import _convert_element_type
import numpy as np

BITS = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64, 16: np.uint64}
nan, inf = float("nan"), float("inf")
cases = []


def bits(x):
    return [format(int(b), "x") for b in np.ascontiguousarray(x).reshape(-1).view(BITS[x.dtype.itemsize])]


def add(values, dtype, weak=False, rule=None):
    x = np.asarray(values).astype(dtype)
    y = jnp.asarray(x)
    if weak:
        y = _convert_element_type(y, weak_type=True)
    assert y.dtype == x.dtype, (y.dtype, x.dtype)
    case = {"dtype": x.dtype.name, "shape": list(x.shape), "str": str(y), "repr": repr(y)}
    if weak:
        case["weak"] = True
    if rule:
        case["rule"] = rule
    else:
        case["bits"] = bits(x)
    cases.append(case)


floats = ["float16", "bfloat16", "float32", "float64"]
ints = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
np.seterr(all="ignore")

# Scalars.
for d in floats:
    for v in [0, -0.0, 1, -1, 0.1, 0.25, 1 / 3, -2.5, 100, 999, 1000, 12345.678, 99999, 999999, 1e6, 1e7, 123456789, 1e15, 1e16,
              1e20, 1e-3, 1e-4, 9.99e-5, 1e-5, 1.2345e-7, 3.4e38, 1e-38, nan, inf, -inf]:
        add(v, d)
for d in ["complex64", "complex128"]:
    for v in [0j, 1, 1j, -1j, complex(0, -0.0), complex(-0.0, 2), 1 + 2j, -1 - 2j, 0.1 + 0.2j, 1e7 + 1e-7j, complex(nan, 1), complex(1, nan),
              complex(0, inf), complex(0, nan), complex(-inf, -inf), complex(nan, nan), 1e16 + 1j, 1e6j]:
        add(v, d)
for d in ints:
    info = np.iinfo(d)
    for v in [0, 1, info.max, info.min]:
        add(np.array(v, d), d)
for v in [True, False]:
    add(v, bool)
    add(v, bool, weak=True)
for v, d in [(1.0, "float32"), (2, "int32"), (1j, "complex64"), (0.1, "float64")]:
    add(v, d, weak=True)
    add([v, v], d, weak=True)

# Empty arrays.
for shape in [(0,), (0, 3), (3, 0), (2, 0, 4)]:
    add(np.zeros(shape), "float32")
    add(np.zeros(shape), "int32", weak=True)

# Hand-picked arrays.
for d in floats:
    for v in [[1, 2, 3], [0.1, 0.2, 0.3], [1, 2.5], [2], [0], [-0.0, 0], [0.1], [1 / 3, 1], [1e-5, 1], [1e-4, 1], [1e3, 1], [1e3, 0.9], [999, 0.5],
              [12.3456, 0.12345678], [1e8, 1], [1e6, 1e6], [99999, 5e5], [1e20, -1e20], [1e-20], [1e30, 1e-30], [3.4e38, 1e-38], [1e-45, 1], [nan], [inf], [-inf],
              [nan, 1], [inf, 1], [-inf, 1], [nan, inf, -inf], [nan, 1.5, -2.25], [nan, 1e10], [-inf, 1e-10, 1e10], [inf, 0.123456789],
              [nan, 12345.5, 99], [0, 0, nan], [-1, 1], [-1.5, 100], [0.5, nan, -inf], [5e-9, 1e-4], [0.000123456789, 0.1], [1.00000001, 2.123456789],
              [1.999999999, 1], [9.9999999999, 1], [0.99999999999], [123456.789], [0.1 + 0.2], [1e15, 1e16], [65504, 1], [7e4, 1],
              [6e-8, 1e-3], [1e-7, 2e-7, 3.5e-7], [1e100, 1, nan], [1e-300, 1e300], [2**24, 2**24 + 2], [1.1, 22.22, 333.333]]:
        add(v, d)
        add([v, v[::-1]], d)
for d in ["complex64", "complex128"]:
    for v in [[1 + 2j, 3], [0.5 - 1.5j, -1j], [1j], [0], [nan, 1j], [complex(nan, nan)], [complex(1, nan), 2 - 1j], [complex(inf, -inf), 1 + 1e-10j], [1e10, 1j],
              [1e-5 + 1j, 1 + 1e-5j], [complex(0, -0.0)], [1 / 3 + 1j / 7, 100.25 - 3j], [complex(1, inf), 100.5j], [complex(1, -inf), 100.5j], [complex(1, nan), 1e10j]]:
        add(v, d)
        add([v] * 3, d)
for d in ints:
    info = np.iinfo(d)
    for v in [[0, 1], [info.min, info.max], [info.max, 5, 100], [1, -1 if info.min else 1]]:
        add(np.array(v, d), d)
        add(np.array([v, v], d), d)
for v in [[True], [True, False], [[True, True], [False, True]], [False, False], [True] * 40]:
    add(v, bool)

# Shapes, wrapping and summaries.
r = np.random.default_rng(0)
for d in ["bool", "int32", "float16", "bfloat16", "float32", "float64", "complex64"]:
    for shape in [(1,), (7,), (12,), (30,), (1, 1), (2, 3), (3, 1), (1, 20), (2, 2, 2), (2, 1, 3, 2), (1, 1, 1, 1, 1), (3, 17), (0, 1)]:
        add(r.normal(size=shape) * 10, d)
        add(np.round(r.normal(size=shape) * 100), d)
    for shape in [(40,), (5, 25), (2, 2, 30)]:
        add(r.normal(size=shape), d)
for shape in [(11,), (13,), (6, 11)]:  # near the end of the line
    for k in range(1, 8):
        add(np.full(shape, float("1." + "1" * k)), "float64")
        add(np.full(shape, 10**k), "int64")
for n in range(1, 30):  # where the dtype goes
    add(np.arange(n), "int32")
    add(np.arange(n) / 2, "float32", weak=n % 2 == 0)
for d in ["int32", "float32", "float64", "bfloat16", "complex64", "bool"]:
    for shape in [(1000,), (1001,), (2000,), (1, 1001), (1001, 1), (40, 40), (6, 200), (7, 200), (200, 6), (200, 7), (11, 11, 11), (2, 3, 500), (2, 1, 2, 2, 300), (5, 5, 5, 5, 5)]:
        if shape == (5, 5, 5, 5, 5) and d != "int32" or shape == (1000,) and d not in ("int32", "float32"):
            continue  # long texts
        n = int(np.prod(shape))
        add(np.arange(n).reshape(shape), d, rule="arange")
        add(((np.arange(n) * 7 % 23 - 11) * 0.5).reshape(shape), d, rule="steps")

# Random bits and magnitudes.
for d, u in [("float16", np.uint16), ("bfloat16", np.uint16), ("float32", np.uint32), ("float64", np.uint64)]:
    t = np.dtype(getattr(ml_dtypes, d, None) or d)
    for n in [1, 2, 3, 5, 9]:
        for _ in range(3):
            add(r.integers(0, np.iinfo(u).max, size=n, dtype=u).view(t), t)
        for scale in [1e-6, 1e-3, 1, 1e3, 1e5]:
            add((r.normal(size=n) * scale).astype(t), t)
    for digits in range(1, 6):
        add(np.round(r.normal(size=6), digits), t)


# Digests of very many.
def digest(texts):
    h = hashlib.sha256()
    for t in texts:
        h.update(t.encode() + b"\n")
    return h.hexdigest()


def singles(xs):
    return digest(str(x) for x in xs)


def alone(xs):
    return digest(str(np.array([x])) for x in xs)


def walk(u, n, shift):
    """A sequence that visits all magnitudes: multiples of an odd number, and powers of two and their neighbours."""
    odd = np.uint64(0x9E3779B97F4A7C15)
    x = np.arange(n, dtype=np.uint64) * odd
    x = (x >> np.uint64(64 - 8 * np.dtype(u).itemsize)).astype(u)
    powers = []
    for e in range(1, 2 ** (8 * np.dtype(u).itemsize - 1 - shift) - 1):
        powers += [(e << shift) - 1, e << shift, (e << shift) + 1]
    return np.concatenate([x, np.array(powers, u)])


every = {}
all16 = np.arange(65536, dtype=np.uint16)
for d in ["float16", ml_dtypes.bfloat16]:
    x = all16.view(d)
    every[np.dtype(d).name] = [singles(x), alone(x)]
for d, u, shift in [("float32", np.uint32, 23), ("float64", np.uint64, 52)]:
    x = walk(u, 20000, shift).view(d)
    every[d] = [singles(x), alone(x)]

out = pathlib.Path(__file__).parent.parent / "internal/npformat/testdata/cases.json"
with out.open("w") as f:
    f.write('{"every": ' + json.dumps(every) + ',\n"cases": [\n')
    f.write(",\n".join(json.dumps(c) for c in cases))
    f.write("\n]}\n")
print(len(cases), "cases", out.stat().st_size, "bytes")
