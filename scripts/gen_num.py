#!/usr/bin/env python3
"""Writes num/testdata/cases.json.gz: what JAX computes for the functions of package num.

Needs jax; the tests need only what it writes. With names of functions it computes only these anew,
and keeps the other cases of the file. Each case names a Go function, its operands, its
static arguments (i: ints, f: floats, s: a string, l: lists of ints), what it returns, and perhaps a
cotangent of that with the gradients that it gives. The first line says what made them.
"""
import base64
import gzip
import json
import os
import sys

import jax_cpu
import jax
import jax.nn as jnn
import jax.numpy as jnp
import jax.scipy.special as jsp
import numpy as np
from jax import lax

rng = np.random.default_rng(0)
cases, failed = [], []
inf, nan = float("inf"), float("nan")


def enc(x):
    if isinstance(x, (bool, int, float, complex)):
        kind = type(x).__name__
        v = [x.real, x.imag] if kind == "complex" else x
        return {"w": kind, "v": repr(v) if kind == "float" else v}
    a = np.asarray(x)
    weak = {"weak": True} if getattr(x, "weak_type", False) else {}
    return {"d": str(a.dtype), "s": list(a.shape), "b": base64.b64encode(np.ascontiguousarray(a).tobytes()).decode(), **weak}


def flat(y):
    return list(y) if isinstance(y, (tuple, list)) else [y]


def inexact(x):
    return not isinstance(x, (bool, int, float, complex)) and jnp.issubdtype(x.dtype, jnp.inexact)


PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "num", "testdata", "cases.json.gz")
only = set(sys.argv[1:])
kept, seen = {}, {}
if only:
    with gzip.open(PATH, "rt") as old:
        for line in old:
            c = json.loads(line)
            if "fn" not in c:
                continue
            kept.setdefault(c["fn"], []).append(c)


def case(name, fn, *ins, **params):
    k = seen[name] = seen.get(name, -1) + 1
    if only and name not in only:
        if k < len(kept.get(name, [])):
            cases.append(kept[name][k])
        return
    try:
        record(name, fn, *ins, **params)
    except Exception as e:
        failed.append(name)
        print(name, [getattr(x, "shape", x) for x in ins], params, str(e)[:300], file=sys.stderr)


def record(name, fn, *ins, i=(), f=(), s="", l=(), grad=False):
    ins = [x if isinstance(x, (bool, int, float, complex)) else jnp.asarray(x) for x in ins]
    out = flat(fn(*ins))
    c = {"fn": name, "in": [enc(x) for x in ins], "out": [enc(y) for y in out]}
    if i: c["i"] = [int(k) for k in i]
    if f: c["f"] = [repr(float(k)) for k in f]
    if s: c["s"] = s
    if l: c["l"] = [list(map(int, k)) for k in l]
    wrt = [k for k, x in enumerate(ins) if inexact(x)]
    if grad and wrt and all(jnp.issubdtype(y.dtype, jnp.inexact) for y in out):
        def g(*xs):
            full = list(ins)
            for k, x in zip(wrt, xs):
                full[k] = x
            return flat(fn(*full))
        ys, pull = jax.vjp(g, *[ins[k] for k in wrt])
        cts = [rand(y.shape, y.dtype, gen=np.random.default_rng(len(cases))) for y in ys]
        gs = pull([jnp.asarray(ct) for ct in cts])
        c["ct"] = [enc(ct) for ct in cts]
        c["wrt"] = wrt
        c["grad"] = [enc(x) for x in gs]
    cases.append(c)


def rand(shape, dtype="float32", lo=-2.0, hi=2.0, gen=None):
    dtype, rng = jnp.dtype(dtype), gen or globals()["rng"]
    if dtype == bool:
        return rng.integers(0, 2, shape).astype(bool)
    if jnp.issubdtype(dtype, jnp.unsignedinteger):
        return rng.integers(0, 6, shape).astype(dtype)
    if jnp.issubdtype(dtype, jnp.integer):
        return rng.integers(-5, 6, shape).astype(dtype)
    x = rng.uniform(lo, hi, shape)
    if jnp.issubdtype(dtype, jnp.complexfloating):
        x = x + 1j * rng.uniform(lo, hi, shape)
    return np.asarray(x).astype(dtype)


special = np.array([0.0, -0.0, 1, -1, 0.5, inf, -inf, nan], np.float32)
FLOATS = ["float32", "float16", "bfloat16"]


class x64:
    def __enter__(self):
        jax.config.update("jax_enable_x64", True)

    def __exit__(self, *_):
        jax.config.update("jax_enable_x64", False)


def unary(name, fn, lo=-2.0, hi=2.0, complex=True, special_values=True, ints=True, half=True, grad=True, x64_too=True):
    case(name, fn, rand((2, 3), "float32", lo, hi), grad=grad)
    case(name, fn, rand((3,), "float32", lo, hi)[0])
    case(name, fn, jnp.zeros((0, 2), "float32"))
    if special_values:
        case(name, fn, special)
    if half:
        for d in ["float16", "bfloat16"]:
            case(name, fn, rand((4,), d, lo, hi))
    if complex:
        case(name, fn, rand((3,), "complex64", -1, 1), grad=grad)
    if ints:
        case(name, fn, np.array([0, 1, 1], np.int32))
        case(name, fn, np.array([True, True]))
    if x64_too:
        with x64():
            case(name, fn, rand((3,), "float64", lo, hi), grad=grad)


print("unary", file=sys.stderr)
for n, f in {"Exp": jnp.exp, "Expm1": jnp.expm1, "Exp2": jnp.exp2, "Sin": jnp.sin, "Cos": jnp.cos, "Tan": jnp.tan, "Atan": jnp.arctan,
             "Sinh": jnp.sinh, "Cosh": jnp.cosh, "Tanh": jnp.tanh, "Asinh": jnp.arcsinh}.items():
    unary(n, f, complex=n not in ("Exp2",))
for n, f in {"Log": jnp.log, "Log1p": jnp.log1p, "Log2": jnp.log2, "Log10": jnp.log10, "Sqrt": jnp.sqrt, "Rsqrt": lambda x: lax.rsqrt(jnp.asarray(x) * (1.0 if x.dtype in ("int32", "bool") else 1))}.items():
    unary(n, f, 0.1, 3)
unary("Cbrt", jnp.cbrt, 0.1, 3, complex=False)
unary("Asin", jnp.arcsin, -0.9, 0.9)
unary("Acos", jnp.arccos, -0.9, 0.9)
unary("Atanh", jnp.arctanh, -0.9, 0.9)
unary("Acosh", jnp.arccosh, 1.1, 3, complex=False)  # JAX has the other branch in its derivative
case("Acosh", jnp.arccosh, rand((3,), "complex64", -1, 1))
unary("Degrees", jnp.degrees, complex=False)
unary("Radians", jnp.radians, complex=False)
unary("Sinc", jnp.sinc)
unary("Reciprocal", jnp.reciprocal, 0.5, 2, ints=False)
case("Reciprocal", jnp.reciprocal, np.array([1., 2., -4.], np.float32))
unary("Square", jnp.square, ints=False)
unary("Neg", jnp.negative, ints=False)
unary("Abs", jnp.abs)
unary("Sign", jnp.sign, ints=False, grad=False)
case("Abs", jnp.abs, np.array([0.0, -0.0], np.float32), grad=True)
case("Abs", jnp.abs, np.array([0.0 + 0j, 3 + 4j], np.complex64), grad=True)
for n, f in {"Neg": jnp.negative, "Abs": jnp.abs, "Sign": jnp.sign, "Square": jnp.square}.items():
    for d in ["int8", "int32", "uint8"]:
        case(n, f, np.array([0, 1, 3], d))
    case(n, f, np.array([-3, 0, 2], "int16"))
for n, f in {"Floor": jnp.floor, "Ceil": jnp.ceil, "Trunc": jnp.trunc, "Round": jnp.round}.items():
    for d in FLOATS:
        case(n, f, np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4, -0.0, inf, nan]).astype(d), grad=True)
case("Round", jnp.round, np.array([-1, 0, 7], np.int32))
case("Round", jnp.round, np.array([0.5 + 1.5j, -2.5 - 0.5j], np.complex64))
case("Floor", lambda x: x, np.array([1, 2], np.int32))
for dec in [1, 2, -1, 0]:
    case("Around", lambda x: jnp.round(x, dec), np.array([12.345, -0.055, 15, 25, 1e10], np.float32), i=[dec])
case("Around", lambda x: jnp.round(x, 1), np.array([1.25, -0.35]).astype("float16"), i=[1])
for n, f in {"IsNaN": jnp.isnan, "IsInf": jnp.isinf, "IsFinite": jnp.isfinite, "IsPosInf": jnp.isposinf, "IsNegInf": jnp.isneginf,
             "Signbit": jnp.signbit, "LogicalNot": jnp.logical_not, "IsReal": jnp.isreal, "NaNToNum": jnp.nan_to_num}.items():
    case(n, f, special)
    case(n, f, special.astype("float16"))
    case(n, f, jnp.asarray(special, "bfloat16"))
    case(n, f, np.array([0, 3], np.int32))
    if n not in ("IsPosInf", "IsNegInf", "Signbit"):
        case(n, f, np.array([1 + 1j, nan + 0j, 0 + inf * 1j, 2 + 0j], np.complex64))
    with x64():
        case(n, f, special.astype("float64"))
case("IsNaN", jnp.isnan, np.array([True]))
case("Signbit", jnp.signbit, np.array([-3, 0, 3], np.int8))
for n, f in {"Real": jnp.real, "Imag": jnp.imag, "Conj": jnp.conj, "Angle": jnp.angle}.items():
    case(n, f, rand((2, 2), "complex64"), grad=True)
    case(n, f, rand((3,), "float32"))
case("Angle", jnp.angle, np.array([1, -1, 0], np.int32))
case("Modf", jnp.modf, np.array([1.5, -1.5, -0.0, 3], np.float32), grad=True)
case("BitwiseNot", jnp.bitwise_not, np.array([0, 5, -1], np.int32))
case("BitwiseNot", jnp.bitwise_not, np.array([True, False]))
for d in ["int8", "uint8", "int32", "uint32"]:
    case("BitwiseCount", jnp.bitwise_count, np.array([0, 5, 100]).astype(d))
case("BitwiseCount", jnp.bitwise_count, np.array([-5, -1], np.int32))

print("binary", file=sys.stderr)
BIN = {"Add": jnp.add, "Sub": jnp.subtract, "Mul": jnp.multiply, "Div": jnp.divide, "Maximum": jnp.maximum, "Minimum": jnp.minimum, "Fmax": jnp.fmax,
       "Fmin": jnp.fmin, "FloorDivide": jnp.floor_divide, "Remainder": jnp.remainder, "Fmod": jnp.fmod, "DivMod": jnp.divmod, "Atan2": jnp.arctan2,
       "Hypot": jnp.hypot, "LogAddExp": jnp.logaddexp, "LogAddExp2": jnp.logaddexp2, "CopySign": jnp.copysign, "NextAfter": jnp.nextafter,
       "Heaviside": jnp.heaviside, "Equal": jnp.equal, "NotEqual": jnp.not_equal, "Less": jnp.less, "LessEqual": jnp.less_equal,
       "Greater": jnp.greater, "GreaterEqual": jnp.greater_equal, "IsClose": jnp.isclose, "LogicalAnd": jnp.logical_and,
       "LogicalOr": jnp.logical_or, "LogicalXor": jnp.logical_xor, "FloatPower": jnp.float_power, "XLogY": jsp.xlogy, "XLog1pY": jsp.xlog1py}
aa, bb = np.meshgrid(special, special)
nosmooth = {"Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual", "IsClose", "LogicalAnd", "LogicalOr", "LogicalXor", "NextAfter",
            "FloorDivide", "DivMod", "Heaviside"}
for n, f in BIN.items():
    lo = 0.2 if n in ("FloatPower", "XLogY", "XLog1pY") else -2.0
    case(n, f, rand((2, 3), "float32", lo), rand((3,), "float32", lo), grad=n not in nosmooth)
    case(n, f, rand((2, 1), "float32", lo), rand((1, 3), "float32", lo), grad=n not in nosmooth)
    if n not in ("NextAfter",):
        case(n, f, rand((2,), "float16", lo), rand((2,), "float16", lo))
        case(n, f, rand((2,), "bfloat16", lo), rand((2,), "float32", lo))
        case(n, f, rand((3,), "int32"), np.array([1, -2, 3], np.int32))
    case(n, f, aa.ravel(), bb.ravel())
    case(n, f, rand((3,), "float32", lo), 1.5)
    case(n, f, 2, rand((3,), "float32", lo))
    case(n, f, jnp.zeros((0, 3)), jnp.zeros((3,)))
    with x64():
        case(n, f, rand((2,), "float64", lo), rand((2,), "float64", lo), grad=n not in nosmooth)
for n in ["Add", "Sub", "Mul", "Div", "Equal", "NotEqual", "IsClose", "LogicalAnd"]:
    case(n, BIN[n], rand((3,), "complex64"), rand((3,), "complex64"), grad=n in ("Add", "Sub", "Mul", "Div"))
    case(n, BIN[n], rand((3,), "complex64"), 2.5)
for n in ["Add", "Mul", "Maximum", "Minimum", "Equal", "Less", "LogicalOr", "LogicalAnd", "LogicalXor"]:
    case(n, BIN[n], np.array([True, True, False]), np.array([True, False, False]))
for n in ["Maximum", "Minimum", "LogAddExp", "LogAddExp2", "Hypot"]:
    case(n, BIN[n], np.array([1., 2., -3.], np.float32), np.array([1., 2., -3.], np.float32), grad=n != "Hypot")
case("LogAddExp", jnp.logaddexp, np.array([inf, -inf, inf, inf, -inf, 1e30], np.float32), np.array([1., 2., -inf, inf, -inf, 1e30], np.float32))
case("LogAddExp", jnp.logaddexp, np.array([-inf, 3, -100, 8, 0], np.float32), np.array([2., -inf, -120, 8, -30], np.float32), grad=True)
DT = ["bool", "int8", "int32", "uint8", "float16", "bfloat16", "float32", "complex64"]
for d in DT:
    for e in DT:
        case("Add", jnp.add, np.ones(2, jnp.dtype(d)), np.ones(2, jnp.dtype(e)))
        case("Where", jnp.where, np.array([True, False]), np.ones(2, jnp.dtype(d)), np.zeros(2, jnp.dtype(e)))
    for w in [True, 2, 2.5, 1 + 2j]:
        case("Mul", jnp.multiply, np.ones(2, jnp.dtype(d)), w)
    case("Div", jnp.divide, np.ones(2, jnp.dtype(d)), 2)
for d in ["int8", "int32", "uint8", "uint32"]:
    x, y = np.array([7, 100, 5, 0, 3]).astype(d), np.array([2, 7, 5, 3, 100]).astype(d)
    for n in ["FloorDivide", "Remainder", "Fmod", "DivMod"]:
        case(n, BIN[n], x, y)
for n in ["FloorDivide", "Remainder", "Fmod", "DivMod"]:
    case(n, BIN[n], np.array([7, -7, 7, -7, 6, -6], np.int32), np.array([2, 2, -2, -2, -3, 3], np.int32))
    case(n, BIN[n], np.array([7, -7, 7, -7, 6, -6, 1e10], np.float32), np.array([2, 2, -2, -2, -3, 3, 0.1], np.float32), grad=n in ("Remainder", "Fmod"))
for n, f in {"BitwiseAnd": jnp.bitwise_and, "BitwiseOr": jnp.bitwise_or, "BitwiseXor": jnp.bitwise_xor}.items():
    case(n, f, np.array([6, -3], np.int32), np.array([3, 5], np.int32))
    case(n, f, np.array([True, False]), np.array([True, True]))
    case(n, f, np.array([6, 3], np.uint8), 5)
for n, f in {"LeftShift": jnp.left_shift, "RightShift": jnp.right_shift}.items():
    for d in ["int32", "uint8", "int8"]:
        case(n, f, np.array([6, 3, 100]).astype(d), np.array([3, 1, 0]).astype(d))
    case(n, f, np.array([-7, 7], np.int32), 1)
for e in [0, 1, 2, 3, -1, -2, 7]:
    case("PowInt", lambda x: jnp.power(x, e), rand((2, 2), "float32"), i=[e], grad=True)
    if e >= 0:
        case("PowInt", lambda x: jnp.power(x, e), np.array([-3, 0, 2], np.int32), i=[e])
case("PowInt", lambda x: x ** 2, np.array([0., -0.0, inf, nan], np.float32), i=[2], grad=True)
case("Pow", jnp.power, rand((4,), "float32", 0.1), rand((4,), "float32"), grad=True)
case("Pow", jnp.power, aa.ravel(), bb.ravel())
case("Pow", jnp.power, rand((3,), "float32", 0.1), 0.5, grad=True)
case("Pow", jnp.power, 2, rand((3,), "float32"), grad=True)
case("Pow", jnp.power, np.array([0., 0., 2.], np.float32), np.array([2., 0., 3.], np.float32), grad=True)
case("Pow", jnp.power, np.array([-3, 2, 0, 0, 1, -1], np.int32), np.array([3, 5, 0, 2, 9, 7], np.int32))
case("Pow", jnp.power, np.array([3, 2, 0], np.uint8), np.array([2, 4, 1], np.uint8))
case("Pow", jnp.power, rand((2,), "complex64"), rand((2,), "complex64"), grad=True)
case("Ldexp", jnp.ldexp, np.array([1.5, -3, 0.1], np.float32), np.array([3, -2, 10], np.int32))
case("Clip", jnp.clip, rand((3, 3), "float32"), -0.5, 0.75, grad=True)
case("Clip", jnp.clip, rand((2, 3), "float32"), rand((3,), "float32"), rand((2, 1), "float32"))
case("Clip", jnp.clip, rand((5,), "int32"), -2, 2)
case("Complex", lax.complex, rand((2,), "float32"), rand((2,), "float32"), grad=True)
with x64():
    case("Complex", lax.complex, rand((2,), "float64"), rand((2,), "float64"), grad=True)
case("Where", jnp.where, np.array([True, False, True]), rand((2, 3), "float32"), rand((2, 1), "float32"), grad=True)
case("Where", jnp.where, np.array([0, 2, 1], np.int32), 1.0, rand((3,), "float32"))
case("Where", jnp.where, np.array([True, False]), 1, 2)
case("Where", jnp.where, np.array([True, False]), rand((2,), "int32"), 2.5)
case("Select", lambda a, b, x, y: jnp.select([a, b], [x, y], 7.0), np.array([True, False, False]), np.array([True, True, False]),
     rand((3,), "float32"), rand((3,), "float32"), grad=True)

print("reductions", file=sys.stderr)
RED = {"Sum": jnp.sum, "Prod": jnp.prod, "Max": jnp.max, "Min": jnp.min, "Mean": jnp.mean, "Var": jnp.var, "Std": jnp.std, "All": jnp.all, "Any": jnp.any,
       "CountNonzero": jnp.count_nonzero, "Ptp": jnp.ptp, "NaNSum": jnp.nansum, "NaNProd": jnp.nanprod, "NaNMax": jnp.nanmax, "NaNMin": jnp.nanmin,
       "NaNMean": jnp.nanmean, "NaNVar": jnp.nanvar, "NaNStd": jnp.nanstd, "LogSumExp": jnn.logsumexp, "LogMeanExp": jnn.logmeanexp,
       "SampleVar": lambda x, axis=None, keepdims=False: jnp.var(x, axis, ddof=1, keepdims=keepdims),
       "SampleStd": lambda x, axis=None, keepdims=False: jnp.std(x, axis, ddof=1, keepdims=keepdims)}
for n, f in RED.items():
    smooth = n not in ("All", "Any", "CountNonzero")
    for axes in [None, (0,), (-1,), (0, 2), (1, -3), (2, 0, 1)]:
        case(n, lambda x: f(x, axis=axes), rand((2, 3, 2), "float32"), i=axes or (), grad=smooth and axes in (None, (-1,), (0, 2)))
    case("Keep", lambda x: f(x, axis=(-1,), keepdims=True), rand((2, 3), "float32"), i=(-1,), s=n)
    case(n, f, rand((), "float32"))
    for d in ["bool", "int8", "uint8", "int32", "float16", "bfloat16"]:
        if n == "Ptp" and d == "bool": continue
        case(n, f, rand((2, 5), d))
    if n not in ("Max", "Min", "Ptp", "NaNMax", "NaNMin", "LogMeanExp"):
        case(n, f, rand((7,), "complex64"), grad=smooth and n not in ("NaNVar", "NaNStd", "NaNMean", "NaNSum", "NaNProd"))
    x = rand((2, 4), "float32")
    x[0, 1] = nan
    x[1, :] = nan
    if n.startswith("NaN"):
        case(n, lambda x: f(x, axis=(1,)), x, i=(1,))
        case(n, lambda x: f(x, axis=(0,)), x, i=(0,))
        x[1, 0] = 1
        case(n, lambda x: f(x, axis=(1,)), x, i=(1,), grad=n not in ("NaNMax", "NaNMin", "NaNStd", "NaNVar"))
    else:
        case(n, lambda x: f(x, axis=(1,)), x, i=(1,))
    case(n, lambda x: f(x, axis=(1,)), np.array([[inf, 1], [-inf, 2], [inf, inf], [-inf, -inf], [inf, -inf]], np.float32), i=(1,))
    if n not in ("Max", "Min", "Ptp", "NaNMax", "NaNMin", "LogMeanExp"):
        case(n, lambda x: f(x, axis=(0,)), jnp.zeros((0, 2)), i=(0,))
    case(n, lambda x: f(x, axis=(1,)), jnp.zeros((0, 2)), i=(1,))
    if n != "CountNonzero":
        with x64():
            case(n, f, rand((3, 4), "float64"), grad=smooth)
case("Sum", jnp.sum, np.full(3000, 1.0).astype("float16"))
case("Mean", jnp.mean, np.full(3000, 1.0).astype("bfloat16"))
case("Max", jnp.max, np.array([1., 3., 3.], np.float32), grad=True)
case("Prod", jnp.prod, np.array([0., 3., 2.], np.float32), grad=True)
case("Prod", jnp.prod, np.array([0., 3., 0.], np.float32), grad=True)
case("LogSumExp", jnn.logsumexp, np.array([1000., 999., -1000], np.float32), grad=True)
for n, f in {"Argmax": jnp.argmax, "Argmin": jnp.argmin}.items():
    case(n, f, rand((3, 4), "float32"))
    for ax in [0, 1, -1]:
        case(n, lambda x: f(x, axis=ax), rand((3, 4), "float32"), i=[ax])
        case("Keep", lambda x: f(x, axis=ax, keepdims=True), rand((3, 4), "float32"), i=[ax], s=n)
    case(n, f, np.array([1, 5, 5, 1], np.int32))
    case(n, f, np.array([1, nan, 5, nan], np.float32))
    case(n, f, np.array([True, False, True]))
    case(n, f, rand((5,), "bfloat16"))
lse = lambda x, axis=None: lax.cumlogsumexp(x.ravel() if axis is None else x, axis=0 if axis is None else axis % x.ndim)
cmax = lambda x, axis=None: lax.cummax(x.ravel() if axis is None else x, axis=0 if axis is None else axis % x.ndim)
cmin = lambda x, axis=None: lax.cummin(x.ravel() if axis is None else x, axis=0 if axis is None else axis % x.ndim)
for n, f in {"Cumsum": jnp.cumsum, "Cumprod": jnp.cumprod, "Cummax": cmax, "Cummin": cmin, "NaNCumsum": jnp.nancumsum, "NaNCumprod": jnp.nancumprod,
             "CumLogSumExp": lse}.items():
    case(n, f, rand((2, 5), "float32"), grad=True)
    for ax in [0, 1, -1]:
        case(n, lambda x: f(x, axis=ax), rand((2, 5), "float32"), i=[ax], grad=True)
    if n != "CumLogSumExp":
        for d in ["int8", "int32", "uint8"] + ([] if n.startswith("Cumm") else ["bool", "complex64"]):
            case(n, f, rand((5,), d))
    case(n, f, jnp.zeros((0,)))
    if n.startswith("NaN"):
        case(n, f, np.array([1, nan, 2, nan], np.float32), grad=True)
for ax in [0, 1, -1]:
    case("Diff", lambda x: jnp.diff(x, axis=ax), rand((3, 4), "float32"), i=[ax], grad=True)
    case("Gradient", lambda x: jnp.gradient(x, 0.5, axis=ax), rand((3, 4), "float32"), f=[0.5], i=[ax], grad=True)
    case("Trapezoid", lambda x: jnp.trapezoid(x, dx=0.5, axis=ax), rand((3, 4), "float32"), f=[0.5], i=[ax], grad=True)
case("Diff", jnp.diff, np.array([True, False, False]))
case("Diff", jnp.diff, np.array([1, 4, 9], np.int32))
case("Gradient", lambda x: jnp.gradient(x, 1.0), np.array([1., 3.], np.float32), f=[1])
case("Trapezoid", lambda x: jnp.trapezoid(x, dx=1.0), np.array([1, 2, 4], np.int32), f=[1])
case("Average", lambda x, w: jnp.average(x, weights=w), rand((2, 3), "float32"), rand((2, 3), "float32", 0.1), grad=True)
case("Average", lambda x, w: jnp.average(x, axis=1, weights=w), rand((2, 3), "float32"), rand((3,), "float32", 0.1), i=[1], grad=True)
case("Average", lambda x, w: jnp.average(x, axis=0, weights=w), rand((2, 3), "int32"), np.array([1, 3], np.int32), i=[0])
for sh in [(3, 5), (6,), (1, 4)]:
    case("Cov", jnp.cov, rand(sh, "float32"), grad=True)
    if sh != (1, 4):
        case("Corrcoef", jnp.corrcoef, rand(sh, "float32"))
case("Corrcoef", jnp.corrcoef, rand((2, 5), "float32"), grad=True)
case("Cov", jnp.cov, rand((2, 4), "complex64"))
case("Corrcoef", jnp.corrcoef, rand((2, 4), "complex64"))

print("shape", file=sys.stderr)
A = rand((2, 3, 4), "float32")
M = rand((3, 4), "float32")
V = rand((5,), "float32")
S = rand((), "float32")
for sh in [(6, 4), (-1,), (4, -1), (2, 3, 2, 2), (24,)]:
    case("Reshape", lambda x: x.reshape(sh), A, i=sh, grad=True)
case("Reshape", lambda x: x.reshape(()), rand((1, 1), "int32"))
case("Reshape", lambda x: x.reshape((0, 3)), jnp.zeros((3, 0)), i=(0, 3))
for x in [A, S, V, jnp.zeros((2, 0))]:
    case("Ravel", jnp.ravel, x)
    case("Transpose", jnp.transpose, x, grad=True)
for p in [(0, 2, 1), (2, 0, 1), (-1, 0, 1)]:
    case("Transpose", lambda x: jnp.transpose(x, p), A, i=p, grad=True)
case("MatrixTranspose", jnp.matrix_transpose, A)
for a, b in [(0, 2), (-1, -2), (1, 1)]:
    case("SwapAxes", lambda x: jnp.swapaxes(x, a, b), A, i=(a, b))
    case("MoveAxis", lambda x: jnp.moveaxis(x, a, b), A, i=(a, b), grad=True)
for ax in [(0,), (-1,), (1, 2), (0, -1)]:
    case("ExpandDims", lambda x: jnp.expand_dims(x, ax), M, i=ax)
case("ExpandDims", lambda x: jnp.expand_dims(x, (0,)), S, i=(0,))
for ax in [None, (0,), (-1,), (0, 2)]:
    case("Squeeze", lambda x: jnp.squeeze(x, ax), rand((1, 3, 1), "float32"), i=ax or (), grad=True)
for x, sh in [(S, (2, 2)), (V, (3, 5)), (rand((2, 1), "int32"), (4, 2, 3))]:
    case("BroadcastTo", lambda x: jnp.broadcast_to(x, sh), x, i=sh, grad=True)
case("BroadcastArrays", lambda x, y: jnp.broadcast_arrays(x, y), rand((2, 1), "float32"), rand((3,), "int32"))
for n, f in {"AtLeast1D": jnp.atleast_1d, "AtLeast2D": jnp.atleast_2d, "AtLeast3D": jnp.atleast_3d}.items():
    for x in [S, V, M, A]:
        case(n, f, x)
for ax in [None, (0,), (-1,), (0, 2)]:
    case("Flip", lambda x: jnp.flip(x, ax), A, i=ax or (), grad=True)
case("FlipLR", jnp.fliplr, M)
case("FlipUD", jnp.flipud, M)
for k in [0, 1, 2, 3, 5, -1]:
    case("Rot90", lambda x: jnp.rot90(x, k), A, i=[k])
for sh, ax in [(1, None), (-2, (0,)), (5, (1,)), (1, (0, 2)), (3, (-1,))]:
    case("Roll", lambda x: jnp.roll(x, sh if ax is None or len(ax) == 1 else (sh,) * len(ax), ax), A, i=(sh,) + (ax or ()), grad=True)
case("Roll", lambda x: jnp.roll(x, 2), jnp.zeros((0,)), i=[2])
for r in [(2,), (2, 3), (2, 1, 2), (0,), (1, 2, 1, 2)]:
    case("Tile", lambda x: jnp.tile(x, r), rand((2, 2), "float32"), i=r, grad=True)
for n, ax in [(2, None), (3, 0), (2, -1), (0, 1)]:
    case("Repeat", lambda x: jnp.repeat(x, n, axis=ax), M, i=(n,) + (() if ax is None else (ax,)), grad=True)

B3 = [rand((2, 3), "float32"), rand((2, 1), "int32"), rand((2, 2), "float16")]
case("Concatenate", lambda *x: jnp.concatenate(x, 1), *B3, i=[1])
case("Concatenate", lambda *x: jnp.concatenate(x, -2), rand((1, 3), "float32"), rand((2, 3), "float32"), i=[-2], grad=True)
case("Concatenate", lambda *x: jnp.concatenate(x, 0), jnp.zeros((0, 2)), rand((2, 2), "float32"), i=[0])
case("Stack", lambda *x: jnp.stack(x), M, M, i=[0], grad=True)
case("Stack", lambda *x: jnp.stack(x), S, rand((), "int32"), i=[0])
for ax in [0, 1, 2, -1]:
    case("Stack", lambda *x: jnp.stack(x, ax), M, rand((3, 4), "int8"), i=[ax])
case("Append", jnp.append, M, V)
case("Append", lambda x, y: jnp.append(x, y, 1), M, rand((3, 1), "float32"), i=[1])
for n, f in {"VStack": jnp.vstack, "HStack": jnp.hstack, "DStack": jnp.dstack, "ColumnStack": jnp.column_stack}.items():
    for x in [S, V, M, A]:
        case(n, lambda *x: f(x), x, x, x)
case("ColumnStack", lambda *x: jnp.column_stack(x), rand((3,), "float32"), M)
case("VStack", lambda *x: jnp.vstack(x), rand((4,), "float32"), M)
case("Split", lambda x: jnp.split(x, 2, 1), rand((2, 4), "float32"), i=(2, 1), grad=True)
case("Split", lambda x: jnp.split(x, 3, -2), M, i=(3, -2))
case("ArraySplit", lambda x: jnp.array_split(x, 3, 0), V, i=(3, 0))
case("ArraySplit", lambda x: jnp.array_split(x, 7, 0), V, i=(7, 0))
case("SplitAt", lambda x: jnp.split(x, [1, 3], 1), M, i=(1,), l=[[1, 3]], grad=True)
case("HSplit", lambda x: jnp.hsplit(x, 2), M, i=[2])
case("HSplit", lambda x: jnp.hsplit(x, 5), V, i=[5])
case("VSplit", lambda x: jnp.vsplit(x, 3), M, i=[3])
case("DSplit", lambda x: jnp.dsplit(x, 2), A, i=[2])
for ax in [0, 1, -1]:
    case("Unstack", lambda x: jnp.unstack(x, axis=ax), rand((2, 3), "float32"), i=[ax], grad=True)
PADS = {"PadEdge": "edge", "PadReflect": "reflect", "PadSymmetric": "symmetric", "PadWrap": "wrap"}
for w in [[(1, 2)], [(2, 0), (0, 3)], [(5, 6), (7, 9)], [(0, 0)]]:
    ww = w[0] if len(w) == 1 else w
    case("Pad", lambda x: jnp.pad(x, ww, constant_values=1.5), rand((2, 3), "float32"), l=w, f=[1.5], grad=True)
    for n, m in PADS.items():
        case(n, lambda x: jnp.pad(x, ww, mode=m), rand((2, 3), "float32"), l=w, grad=True)
case("PadReflect", lambda x: jnp.pad(x, (2, 3), mode="reflect"), rand((1,), "float32"), l=[(2, 3)])
case("Pad", lambda x: jnp.pad(x, 1), rand((2,), "int32"), l=[(1, 1)], f=[0])

print("create", file=sys.stderr)
DN = ["bool", "int8", "int32", "float16", "bfloat16", "float32", "complex64"]
for d in DN:
    case("Zeros", lambda: jnp.zeros((2, 3), d), s=d, i=(2, 3))
    case("Ones", lambda: jnp.ones((2,), d), s=d, i=(2,))
    case("Full", lambda: jnp.full((2,), 3, d), s=d, i=(2,), f=[3])
    case("Eye", lambda: jnp.eye(3, dtype=d), s=d, i=[3])
    case("OneHot", lambda x: jnn.one_hot(x, 4, dtype=d), np.array([[0, 3], [-1, 4]], np.int32), s=d, i=[4])
    if d != "bool":
        case("Arange", lambda: jnp.arange(5, dtype=d), s=d, i=[5])
        case("Indices", lambda: jnp.indices((2, 3), d), s=d, i=(2, 3))
case("Zeros", lambda: jnp.zeros(()), s="float32")
case("Arange", lambda: jnp.arange(0, dtype="float32"), s="float32", i=[0])
case("Indices", lambda: jnp.indices((4,)), s="int32", i=(4,))
for n, m, k in [(3, 4, 0), (3, 4, 1), (4, 2, -1), (2, 3, 5)]:
    case("Eye", lambda: jnp.eye(n, m, k), s="float32", i=(n, m, k))
    case("Tri", lambda: jnp.tri(n, m, k), s="float32", i=(n, m, k))
for d in ["float32", "int8"]:
    case("ZerosLike", jnp.zeros_like, rand((2, 3), d))
    case("OnesLike", jnp.ones_like, rand((2, 3), d))
    case("FullLike", lambda x: jnp.full_like(x, 4), rand((2, 3), d), f=[4])
for k in [0, 1, -1, 3, -4]:
    for n, f in {"Tril": jnp.tril, "Triu": jnp.triu}.items():
        case(n, lambda x: f(x, k), rand((2, 3, 4), "float32"), i=[k], grad=k == 1)
    case("Diag", lambda x: jnp.diag(x, k), rand((3,), "float32"), i=[k], grad=True)
    case("Diag", lambda x: jnp.diag(x, k), rand((3, 4), "float32"), i=[k], grad=True)
    case("DiagFlat", lambda x: jnp.diagflat(x, k), rand((2, 2), "float32"), i=[k])
    case("Diagonal", lambda x: jnp.diagonal(x, k, 0, 2), A, i=(k, 0, 2), grad=True)
    case("Trace", lambda x: jnp.trace(x, k, 0, -1), A, i=(k, 0, -1), grad=True)
case("Diagonal", lambda x: jnp.diagonal(x, 0, 1, 0), rand((3, 3), "bool"), i=(0, 1, 0))
case("Tril", jnp.tril, rand((3, 3), "bool"))
case("Trace", jnp.trace, rand((3, 3), "int8"), i=(0, 0, 1))
for n in [0, 1, 4]:
    case("Vander", lambda x: jnp.vander(x, n), rand((3,), "float32"), i=[n])
case("Vander", lambda x: jnp.vander(x, 3), np.array([1, 2, 3], np.int32), i=[3])
for lo, hi, st in [(0, 5, 1), (1, 2, 0.25), (5, 0, -2), (0, -1, 1), (2, 9, 3)]:
    case("Arange", lambda: jnp.arange(lo, hi, st, dtype="float32"), s="float32", f=(lo, hi, st))
case("Arange", lambda: jnp.arange(2, 9, 3, dtype="int32"), s="int32", f=(2, 9, 3))
for bounds in [(2, 9, 3), (9, -2, -4), (3, 3, 1), (-2, 3), (3, -2), (-4,)]:
    for d in ["int32", "uint8", "bfloat16"]:
        if d != "uint8" or min(bounds) >= 0:
            case("Arange", lambda: jnp.arange(*bounds, dtype=d), s=d, i=bounds)
for bounds in [(2.5,), (0.5, 3), (0.1, 3, 0.1), (0, 300, 0.7)]:
    for d in ["float32", "float16"]:
        case("Arange", lambda: jnp.arange(*bounds, dtype=d), s=d, f=bounds)
for n in [0, 1, 2, 5, 50]:
    case("Linspace", lambda: jnp.linspace(0.1, 10, n), s="float32", f=(0.1, 10), i=[n])
    case("Logspace", lambda: jnp.logspace(0, 2, n), s="float32", f=(0, 2), i=[n])
    case("Geomspace", lambda: jnp.geomspace(1, 1000, n), s="float32", f=(1, 1000), i=[n])
case("Geomspace", lambda: jnp.geomspace(-2, -32, 5), s="float32", f=(-2, -32), i=[5])
case("Linspace", lambda: jnp.linspace(0, 10, 5, dtype="int32"), s="int32", f=(0, 10), i=[5])
case("Linspace", lambda: jnp.linspace(0, 1, 5, dtype="complex64"), s="complex64", f=(0, 1), i=[5])
with x64():
    case("Linspace", lambda: jnp.linspace(0.1, 10, 7), s="float64", f=(0.1, 10), i=[7])
case("Meshgrid", lambda x, y: jnp.meshgrid(x, y), V, rand((3,), "int32"))
case("Meshgrid", lambda x: jnp.meshgrid(x), V)
case("Meshgrid", lambda x, y, z: jnp.meshgrid(x, y, z), V, rand((3,), "float32"), rand((2,), "float32"), grad=True)
case("MeshgridIJ", lambda x, y: jnp.meshgrid(x, y, indexing="ij"), V, rand((3,), "int32"))
for n in [0, 1, 3, 7]:
    for nm, f in {"Hann": jnp.hanning, "Hamming": jnp.hamming, "Blackman": jnp.blackman, "Bartlett": jnp.bartlett}.items():
        case(nm, lambda: f(n), s="float32", i=[n])

print("linear", file=sys.stderr)
def pairs(*shapes, dtypes=("float32",)):
    for x, y in shapes:
        for d in dtypes:
            yield rand(x, d), rand(y, d)
for x, y in pairs(((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((2, 3), (4, 3, 2)), ((2, 2, 3), (3, 4)), ((), (2, 2)), ((2,), ()), dtypes=("float32", "complex64")):
    case("Dot", jnp.dot, x, y, grad=True)
for d in ["int32", "int8", "bool", "float16", "bfloat16"]:
    case("Dot", jnp.dot, rand((2, 3), d), rand((3, 2), d))
    case("Matmul", jnp.matmul, rand((2, 3), d), rand((3, 2), d))
case("Dot", jnp.dot, rand((2, 3), "int32"), rand((3,), "float32"))
case("Dot", jnp.dot, jnp.zeros((2, 0)), jnp.zeros((0, 3)))
for x, y in pairs(((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)),
                  ((1, 2, 3), (5, 3, 4)), ((5, 2, 3), (1, 3, 4)), ((6, 1, 2, 3), (5, 3, 4)), ((1, 2, 3), (1, 3, 4)), ((3,), (5, 3, 4)), ((5, 2, 3), (3,)), ((0, 2, 3), (3, 4))):
    case("Matmul", jnp.matmul, x, y, grad=True)
case("Matmul", jnp.matmul, rand((2, 2, 2), "complex64"), rand((2, 2), "complex64"), grad=True)
for x, y in pairs(((3,), (3,)), ((2, 3), (3,)), ((2, 3), (4, 3)), ((2, 2, 3), (4, 3)), ((), (3,)), dtypes=("float32", "complex64")):
    case("Inner", jnp.inner, x, y, grad=True)
for x, y in pairs(((3,), (3,)), ((2, 3), (3, 2)), ((), ()), dtypes=("float32", "complex64", "int32")):
    case("VDot", jnp.vdot, x, y, grad=True)
for x, y in pairs(((3,), (2,)), ((2, 2), (3,)), ((), (3,)), dtypes=("float32", "bool", "complex64")):
    case("Outer", jnp.outer, x, y, grad=True)
for k, x, y in [(0, (2,), (3,)), (1, (2, 3), (3, 4)), (2, (2, 3, 4), (3, 4, 5)), (2, (3, 4), (3, 4))]:
    case("Tensordot", lambda x, y: jnp.tensordot(x, y, k), rand(x), rand(y), i=[k], grad=True)
case("Tensordot", lambda x, y: jnp.tensordot(x, y, ([1, 0], [0, -1])), rand((2, 3, 4)), rand((3, 5, 2)), l=[[1, 0], [0, -1]], grad=True)
case("Tensordot", lambda x, y: jnp.tensordot(x, y, ([-1], [1])), rand((2, 3)), rand((4, 3)), l=[[-1], [1]])
for x, y in pairs(((2,), (3,)), ((2, 2), (2, 3)), ((2, 3), (2,)), ((), (2, 2)), ((2, 1, 2), (2, 2)), dtypes=("float32", "int32")):
    case("Kron", jnp.kron, x, y, grad=True)
for x, y in pairs(((3,), (3,)), ((2, 3), (3,)), ((4, 1, 3), (2, 3)), dtypes=("float32", "int32")):
    case("Cross", jnp.cross, x, y, grad=True)
case("Cross", lambda x, y: jnp.cross(x, y, axis=0), rand((3, 2)), rand((3, 2)), i=[0])
for x, y in pairs(((3,), (3,)), ((2, 3), (3,)), ((4, 1, 3), (2, 3)), dtypes=("float32", "complex64")):
    case("VecDot", jnp.vecdot, x, y, grad=True)
for x, y in pairs(((2, 3), (3,)), ((5, 2, 3), (3,)), ((2, 3), (5, 3)), ((1, 2, 3), (5, 3)), dtypes=("float32", "complex64")):
    case("MatVec", jnp.matvec, x, y, grad=True)
for x, y in pairs(((3,), (3, 2)), ((5, 3), (3, 2)), ((3,), (5, 3, 2)), dtypes=("float32", "complex64")):
    case("VecMat", jnp.vecmat, x, y, grad=True)
EIN = [("i->", (3,)), ("i->i", (3,)), ("ij->ji", (2, 3)), ("ij", (2, 3)), ("ba", (2, 3)), ("ij->j", (2, 3)), ("ii", (3, 3)), ("ii->i", (3, 3)), ("iij->ji", (3, 3, 2)), ("ijij->ij", (2, 3, 2, 3)),
       ("...ij->...ji", (2, 3, 4)), ("i...->...", (2, 3, 4)), ("...", (2, 3)), ("...i->i...", (2, 3, 4)),
       ("i,i", (3,), (3,)), ("i,i->i", (3,), (3,)), ("i,j->ij", (3,), (2,)), ("i,j->ji", (3,), (2,)), ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk->ki", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)),
       ("ij,kj->ik", (2, 3), (4, 3)), ("bij,bjk->bik", (5, 2, 3), (5, 3, 4)), ("bij,bjk->ibk", (5, 2, 3), (5, 3, 4)), ("ij,ij->", (2, 3), (2, 3)), ("ij,ji->", (2, 3), (3, 2)),
       ("ij,j->i", (2, 3), (3,)), ("ij,i->j", (2, 3), (2,)), ("ij,k->", (2, 3), (4,)), ("ii,ij->j", (3, 3), (3, 2)), ("...ij,...jk->...ik", (5, 2, 3), (5, 3, 4)), ("...ij,jk->...ik", (6, 5, 2, 3), (3, 4)),
       ("...ij,...jk", (1, 2, 3), (5, 3, 4)), ("i...,i...->...", (3, 2, 4), (3, 4)), ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)), ("bhqk,bhkd->bqhd", (2, 2, 3, 5), (2, 2, 5, 4)), ("bqhd,bkhd->bhqk", (2, 3, 2, 4), (2, 5, 2, 4)),
       ("i,j,k->ijk", (2,), (3,), (2,)), ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)), ("ij,jk,kl,lm->im", (2, 3), (3, 4), (4, 2), (2, 3)), ("i,ij,j->", (2,), (2, 3), (3,)), ("ij,ij,ij->ij", (2, 3), (2, 3), (2, 3)),
       ("a,ab,abc->abc", (2,), (2, 3), (2, 3, 2)), ("a,ab,abc", (2,), (2, 3), (2, 3, 2)), ("ia,ja,ka->ijk", (2, 3), (3, 3), (4, 3)), (" i j , j k -> i k ", (2, 3), (3, 4)), ("Ab,bA->A", (2, 3), (3, 2)), ("ij,jk->", (2, 0), (0, 3)), ("i,,->i", (3,), (), ())]
for spec, *shs in EIN:
    case("Einsum", lambda *x: jnp.einsum(spec, *x), *[rand(s) for s in shs], s=spec, grad=True)
for d in ["complex64", "int32", "float16", "bfloat16"]:
    case("Einsum", lambda *x: jnp.einsum("bij,bjk,k->bi", *x), rand((2, 2, 3), d), rand((2, 3, 4), d), rand((4,), d), s="bij,bjk,k->bi", grad=d == "complex64")
case("Einsum", lambda *x: jnp.einsum("ij,j->i", *x), rand((2, 3), "int32"), rand((3,), "float32"), s="ij,j->i")

print("index", file=sys.stderr)
I32 = lambda *x: np.array(x, np.int32)
for mode in ["get", "SetAt", "AddAt", "MulAt", "MinAt", "MaxAt"]:
    # selectors, as text that the test parses: r lo hi step, p i, n, e, b k (operand k)
    ends = {None: "_"}
    SEL = [
        (np.s_[1], "p 1", (3, 4)), (np.s_[-1], "p -1", (3, 4)), (np.s_[:, 1], "r _ _ 1;p 1", (3, 4)), (np.s_[1:3], "r 1 3 1", (3, 4)), (np.s_[:, ::2], "r _ _ 1;r _ _ 2", (3, 5)),
        (np.s_[::-1], "r _ _ -1", (3, 4)), (np.s_[:, 3:0:-2], "r _ _ 1;r 3 0 -2", (3, 5)), (np.s_[..., 0], "e;p 0", (2, 3, 4)), (np.s_[0, ..., 1:], "p 0;e;r 1 _ 1", (2, 3, 4)),
        (np.s_[None, :, None, 1], "n;r _ _ 1;n;p 1", (3, 4)), (np.s_[-2:, -100:2], "r -2 _ 1;r -100 2 1", (3, 4)), (np.s_[5:], "r 5 _ 1", (3, 4)), (np.s_[...], "e", (3,)), (np.s_[1:8:3, 4:1:-1], "r 1 8 3;r 4 1 -1", (9, 6)),
        (np.s_[I32(0, 2, -1)], "b 0", (3, 4), I32(0, 2, -1)), (np.s_[:, I32(1, 0)], "r _ _ 1;b 0", (3, 4), I32(1, 0)), (np.s_[I32(0, 2), I32(1, 3)], "b 0;b 1", (3, 4), I32(0, 2), I32(1, 3)),
        (np.s_[I32(0, 1), :, I32(1, 3)], "b 0;r _ _ 1;b 1", (2, 3, 4), I32(0, 1), I32(1, 3)), (np.s_[:, I32(0, 1), I32(1, 3)], "r _ _ 1;b 0;b 1", (2, 3, 4), I32(0, 1), I32(1, 3)),
        (np.s_[0, :, I32(1, 3)], "p 0;r _ _ 1;b 0", (2, 3, 4), I32(1, 3)), (np.s_[:, 1, I32(1, 3)], "r _ _ 1;p 1;b 0", (2, 3, 4), I32(1, 3)), (np.s_[I32([0], [1]), I32(1, 3, 0)], "b 0;b 1", (3, 4), np.array([[0], [1]], np.int32), I32(1, 3, 0)) if False else
        (np.s_[np.array([[0], [1]]), I32(1, 3, 0)], "b 0;b 1", (3, 4), np.array([[0], [1]], np.int32), I32(1, 3, 0)),
        (np.s_[1:, I32(1, 0), ::2], "r 1 _ 1;b 0;r _ _ 2", (3, 2, 5), I32(1, 0)), (np.s_[:, None, I32(1, 0)], "r _ _ 1;n;b 0", (3, 4), I32(1, 0)), (np.s_[np.array([[0, 1], [2, 0]]), ..., None], "b 0;e;n", (3, 2), np.array([[0, 1], [2, 0]], np.int32)),
        (np.s_[I32(1, 0), None, I32(2, 0)], "b 0;n;b 1", (3, 4), I32(1, 0), I32(2, 0)), (np.s_[np.int32(1)], "b 0", (3, 2), np.int32(1)), (np.s_[::-1, I32(1, 1)], "r _ _ -1;b 0", (3, 4), I32(1, 1)),
    ]
    for sel, text, shape, *idx in SEL:
        x = rand(shape)
        if mode == "get":
            case("Index", lambda x, *_: x[sel], x, *idx, s=text, grad=True)
            continue
        dup = "1 1" in text or (len(idx) and "::-1" in text) or (idx and idx[0].size == 2 and np.all(idx[0] == 1))
        if dup and mode in ("SetAt",):
            continue
        part = jnp.asarray(x)[sel].shape
        v = rand(part[-1:] if part and text != "p 1" else ())
        op = {"SetAt": "set", "AddAt": "add", "MulAt": "multiply", "MinAt": "min", "MaxAt": "max"}[mode]
        case(mode, lambda x, v, *_: getattr(jnp.asarray(x).at[sel], op)(v), x, v, *idx, s=text, grad=mode in ("SetAt", "AddAt"))
for mode, op in [("SetAt", "set"), ("AddAt", "add")]:
    case(mode, lambda x, v: getattr(x.at[1], op)(v), rand((3,), "int32"), 2, s="p 1")
    case(mode, lambda x, v: getattr(x.at[1:], op)(v), rand((3,), "float32"), 2.5, s="r 1 _ 1")
    case(mode, lambda x, v, i: getattr(x.at[i], op)(v), rand((3,), "float32"), 2, I32(1, 7), s="b 0")
case("AddAt", lambda x, v, i: x.at[i].add(v), rand((3,)), rand((4,)), I32(1, 1, 1, 0), s="b 0", grad=True)
for ax in [None, 0, 1, -1]:
    case("Take", lambda x, i: jnp.take(x, i, axis=ax), rand((3, 4)), np.array([[0, 2], [1, -1]], np.int32), i=() if ax is None else (ax,), grad=True)
case("Take", lambda x, i: jnp.take(x, i), rand((3,)), I32(0, 3, -3, -4))
case("Take", lambda x, i: jnp.take(x, i), rand((3,), "int32"), I32(0, 3))
case("Take", lambda x, i: jnp.take(x, i, axis=1), rand((2, 3), "uint8"), I32(0, 3), i=[1])
case("Take", lambda x, i: jnp.take(x, i, axis=0), rand((2, 3)), np.int32(1), i=[0])
case("Take", lambda x, i: jnp.take(x, i), rand((3,), "bool"), np.array([0, 1], np.uint8))
for ax in [0, 1, -1]:
    case("TakeAlongAxis", lambda x, i: jnp.take_along_axis(x, i, axis=ax), rand((3, 4)), rng.integers(0, 3, (3, 4)).astype("int32"), i=[ax], grad=True)
case("TakeAlongAxis", lambda x, i: jnp.take_along_axis(x, i, axis=1), rand((3, 4)), np.array([[-1, 0]], np.int32), i=[1], grad=True)
case("PutAlongAxis", lambda x, i, v: jnp.put_along_axis(x, i, v, axis=1, inplace=False), rand((3, 4)), I32(0, 2, -1).reshape(3, 1), rand((3, 1)), i=[1], grad=True)
case("DynamicSlice", lambda x, i, j: lax.dynamic_slice(x, (i, j), (2, 2)), rand((4, 5)), np.int32(1), np.int32(2), i=(2, 2), grad=True)
case("DynamicSlice", lambda x, i, j: lax.dynamic_slice(x, (i, j), (2, 2)), rand((4, 5)), np.int32(-1), np.int32(9), i=(2, 2))
case("DynamicUpdateSlice", lambda x, u, i, j: lax.dynamic_update_slice(x, u, (i, j)), rand((4, 5)), rand((2, 2)), np.int32(1), np.int32(-2), grad=True)
for right in [0, 1]:
    side = "right" if right else "left"
    a = np.array([1, 2, 2, 3, inf], np.float32)
    case("Searchsorted", lambda a, v: jnp.searchsorted(a, v, side=side), a, np.array([[0, 2], [2.5, 9], [inf, nan]], np.float32), i=[right])
    case("Searchsorted", lambda a, v: jnp.searchsorted(a, v, side=side), I32(1, 3, 5), I32(3, 0, 9), i=[right])
    case("Digitize", lambda x, e: jnp.digitize(x, e, right=bool(right)), np.array([0, 1, 1.5, 3], np.float32), np.array([1., 2, 3], np.float32), i=[right])
case("Interp", jnp.interp, np.array([0.5, 1, 1.5, 2.7, 9], np.float32), np.array([1., 2, 3], np.float32), np.array([10., 20, 15], np.float32), grad=True)
case("Interp", jnp.interp, 1.25, np.array([1., 2, 3], np.float32), np.array([10., 20, 15], np.float32))
case("Bincount", lambda x: jnp.bincount(x, length=4), I32(0, 1, 1, 3, 9), i=[4])
case("SegmentSum", lambda x, i: jax.ops.segment_sum(x, i, 3), rand((4, 2)), I32(0, 2, 2, 1), i=[3], grad=True)

print("special", file=sys.stderr)
def nn(name, f, lo=-3.0, hi=3.0, special_values=True, half=True, s=""):
    case(name, f, rand((3, 4), "float32", lo, hi), grad=True, s=s)
    if special_values:
        case(name, f, special, s=s)
    if half:
        for d in ["float16", "bfloat16"]:
            case(name, f, rand((6,), d, lo, hi), s=s)
    if name != "LogNdtr":  # JAX has fewer terms of its series than float64 needs
        with x64():
            case(name, f, rand((4,), "float64", lo, hi), grad=True, s=s)
for n, f in {"Relu": jnn.relu, "Relu6": jnn.relu6, "Sigmoid": jnn.sigmoid, "LogSigmoid": jnn.log_sigmoid, "Softplus": jnn.softplus, "SoftSign": jnn.soft_sign, "SquarePlus": jnn.squareplus,
             "Silu": jnn.silu, "Mish": jnn.mish, "HardSigmoid": jnn.hard_sigmoid, "HardSilu": jnn.hard_silu, "HardTanh": jnn.hard_tanh, "Elu": jnn.elu, "Selu": jnn.selu, "Celu": jnn.celu,
             "LeakyRelu": jnn.leaky_relu, "Gelu": jnn.gelu, "Gelu exact": lambda x: jnn.gelu(x, approximate=False), "Softmax": jnn.softmax, "LogSoftmax": jnn.log_softmax,
             "Standardize": lambda x: jnn.standardize(x, algorithm="stable")}.items():
    n, _, s = n.partition(" ")
    nn(n, f, s=s)
    case(n, f, np.array([0., 50, -50, 90, -90, 1e-8], np.float32), s=s, grad=n != "Standardize")
    if n not in ("Sigmoid", "Silu"):
        case(n, f, I32(-2, 0, 3), s=s)
for n, f in {"Softmax": jnn.softmax, "LogSoftmax": jnn.log_softmax, "Standardize": lambda x, axis: jnn.standardize(x, axis, algorithm="stable")}.items():
    for ax in [(0,), (1, -1), (0, 1, 2)]:
        case(n, lambda x: f(x, axis=ax), rand((2, 3, 4)), i=ax, grad=n != "Standardize" or len(ax) > 1)
case("Softmax", jnn.softmax, np.array([1000., 1000, -1000], np.float32), grad=True)
case("Softmax", jnn.softmax, jnp.zeros((2, 0)))
case("Elu", lambda x: jnn.elu(x, 0.5), rand((4,)), f=[0.5], grad=True)
case("Celu", lambda x: jnn.celu(x, 0.5), rand((4,)), f=[0.5], grad=True)
case("LeakyRelu", lambda x: jnn.leaky_relu(x, 0.3), rand((4,)), f=[0.3], grad=True)
for ax in [0, 1, -1]:
    case("Glu", lambda x: jnn.glu(x, ax), rand((2, 4)), i=[ax], grad=True)
for n, f, lo, hi in [("Erf", jsp.erf, -2, 2), ("Erfc", jsp.erfc, -2, 4), ("ErfInv", jsp.erfinv, -0.9, 0.9), ("GammaLn", jsp.gammaln, 0.2, 5), ("Digamma", jsp.digamma, 0.2, 5), ("Gamma", jsp.gamma, 0.2, 5),
                     ("Factorial", jsp.factorial, 0.2, 5), ("Entr", jsp.entr, 0.1, 3), ("Logit", jsp.logit, 0.1, 0.9), ("Ndtr", jsp.ndtr, -4, 4), ("LogNdtr", jsp.log_ndtr, -30, 10)]:
    nn(n, f, lo, hi, special_values=n not in ("GammaLn", "LogNdtr"), half=n not in ("Ndtr", "LogNdtr", "Digamma"))
case("Gamma", jsp.gamma, np.array([-0.5, -1.5, -2, -2.5, 5, 1], np.float32))
case("GammaSign", jsp.gammasgn, np.array([-0.5, -1.5, -2, -2.5, 5, 1, 0., -0.0, nan, inf], np.float32))
case("GammaLn", jsp.gammaln, np.array([-0.5, -1.5, 1, 2, 100, inf, nan], np.float32))
case("LogNdtr", jsp.log_ndtr, np.array([-100, -11, -9, 4, 6, inf, -inf, nan], np.float32))
case("LogNdtr", jsp.log_ndtr, np.array([-15, -11, -9, 4, 6], np.float32), grad=True)
case("Entr", jsp.entr, np.array([0.5, 0, -1], np.float32))
case("Polygamma", jsp.polygamma, I32(0, 1, 2, 3), rand((4,), "float32", 0.5, 4))
case("Polygamma", jsp.polygamma, 1, rand((4,), "float32", 0.5, 4), grad=True)
for n, f in {"Beta": jsp.beta, "BetaLn": jsp.betaln, "RelEntr": jsp.rel_entr, "KLDiv": jsp.kl_div}.items():
    case(n, f, rand((2, 3), "float32", 0.3, 3), rand((3,), "float32", 0.3, 3), grad=True)
for n, f in {"RelEntr": jsp.rel_entr, "KLDiv": jsp.kl_div}.items():
    case(n, f, np.array([0., 0, 1, -1, 1], np.float32), np.array([0., 1, 0, 1, -1], np.float32))
    case(n, f, np.array([0., 1, 0.5], np.float32), np.array([1., 2, 0.5], np.float32), grad=True)
for n, f in {"XLogY": jsp.xlogy, "XLog1pY": jsp.xlog1py}.items():
    case(n, f, np.array([0., 2, 1], np.float32), np.array([2., 3, 0.5], np.float32), grad=True)
for d in [1, 2, 3]:
    case("MultiGammaLn", lambda x: jsp.multigammaln(x, d), rand((3,), "float32", 2, 5), i=[d], grad=True)
case("PolyVal", jnp.polyval, rand((4,)), rand((2, 3)), grad=True)
case("PolyVal", jnp.polyval, I32(1, 2, 3), I32(2, 0))
case("PolyVal", jnp.polyval, rand((3,)), 2.0, grad=True)

print("sorting", file=sys.stderr)
for n, f in {"Sort": jnp.sort, "Argsort": jnp.argsort}.items():
    for ax in [0, 1, -1]:
        case(n, lambda x: f(x, axis=ax), rand((3, 4), "float32"), i=[ax], grad=True)
    case(n, f, special)
    for d in ["int32", "uint8", "bool", "bfloat16", "complex64"]:
        case(n, f, rand((6,), d))
    case(n, f, jnp.zeros((0, 2)))
case("Lexsort", lambda x, y: jnp.lexsort((x, y)), rand((8,), "int32"), np.array([1, 0, 1, 0, 1, 0, 1, 1], np.float32))
case("TopK", lambda x: lax.top_k(x, 2), rand((3, 4), "float32"), i=[2])
case("TopK", lambda x: lax.top_k(x, 3), np.array([1, 5, 5, 1, 5], np.int32), i=[3])
for d in ["int32", "float16", "bfloat16", "bool"]:
    case("Median", jnp.median, rand((5,), d))
for ax in [None, (0,), (-1,), (0, 2)]:
    case("Median", lambda x: jnp.median(x, axis=ax), rand((2, 3, 4), "float32"), i=ax or (), grad=True)
    case("Quantile", lambda x: jnp.quantile(x, 0.3, axis=ax), rand((2, 3, 4), "float32"), f=[0.3], i=ax or (), grad=True)
case("Median", lambda x: jnp.median(x, axis=1), np.array([[1, nan, 2], [3, 1, inf]], np.float32), i=[1])
for q in [0.0, 1.0, 0.5]:
    case("Quantile", lambda x: jnp.quantile(x, q), rand((5,), "float32"), f=[q])
case("Percentile", lambda x: jnp.percentile(x, 90), rand((6,), "float32"), f=[90])

print("delicate points", file=sys.stderr)
F32 = lambda *x: np.array(x, np.float32)
with x64():
    for d in [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]:
        x = np.array([7, 0, np.iinfo(d).min, np.iinfo(d).max, 5], d)
        for n in ["FloorDivide", "Remainder", "Fmod", "DivMod"]:
            case(n, BIN[n], x, np.array([0, 0, 0, 0, 3], d))
            case(n, BIN[n], x, 0)
for n in ["Remainder", "Fmod"]:
    case(n, BIN[n], F32(7, -7, 0), F32(0, 0, 0), grad=True)
for n, f in {"Beta": jsp.beta, "BetaLn": jsp.betaln}.items():
    case(n, f, F32(2.5, 2.5, 1e7, 1, 8, 9, 0.5, 1000, 7.5, 20), F32(1e7, 1e6, 2.5, 1e30, 8, 7, 20, 1000, 0.4, 20), grad=n == "BetaLn")
    case(n, f, F32(1, 1, 0.5, nan, 2), F32(1e30, 1e4, 300, 2, nan), grad=True)
    case(n, f, F32(0, 0, -0.5, 3, -3), F32(2, 20, 2, 0, 2.5))
for n, f in {"XLogY": jsp.xlogy, "XLog1pY": jsp.xlog1py}.items():
    x, y = F32(0, 0, 0, -0.0, 0, 0, 0, 0, 2, 2, nan, 0, inf), F32(0, -0.0, -1, 0, 1e-40, inf, nan, -2, 0, -1, 0, 3, 0)
    case(n, f, x, y, grad=True)
    case(n, f, F32(0, 1), np.float32(0), grad=True)
    for k in [0, 1]:  # the slope, and its gradient
        case("Slope", jax.grad(lambda x, y: f(x, y).sum(), k), x, y, i=[k], s=n, grad=True)
case("Entr", jsp.entr, F32(0, -0.0, 1, -1, inf, nan), grad=True)
case("Slope", jax.grad(lambda x: jsp.entr(x).sum()), F32(0, -0.0, 1, 2, -1, inf, nan), i=[0], s="Entr", grad=True)
for n in ["Max", "Min"]:
    for x in [F32(1, nan, 3), F32(nan), F32(nan, nan)]:
        case(n, getattr(jnp, n.lower()), x, grad=True)
    case(n, lambda x: getattr(jnp, n.lower())(x, axis=1), np.array([[1, nan], [2, 3], [nan, nan], [inf, -inf]], np.float32), i=[1], grad=True)
for n in ["LogAddExp", "LogAddExp2", "Maximum", "Minimum"]:
    case(n, BIN[n], F32(1, nan, nan, inf, inf, -inf, nan), F32(nan, 1, nan, inf, -inf, inf, inf), grad=True)
for n, f in {"Softplus": jnn.softplus, "LogSigmoid": jnn.log_sigmoid, "HardTanh": jnn.hard_tanh}.items():
    case(n, f, F32(nan, 1, -1, inf, -inf, 0, 2), grad=True)
case("CumLogSumExp", lse, F32(1, nan, 3), grad=True)
for n, f in {"Log2": jnp.log2, "Log10": jnp.log10}.items():
    case(n, f, np.array([0, inf, -inf, complex(0, inf), complex(inf, inf), nan, 1, complex(-0.0, 0), complex(0, -0.0)], np.complex64))

os.makedirs(os.path.dirname(PATH), exist_ok=True)
with open(PATH, "wb") as out, gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as z:
    z.write("\n".join(json.dumps(c, separators=(",", ":")) for c in [{"made": jax_cpu.made}, *cases]).encode())
print(len(cases), "cases", file=sys.stderr)
sys.exit(bool(failed))
