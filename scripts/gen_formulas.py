#!/usr/bin/env python3
"""Writes tests/formulas/testdata/results.json: what JAX computes from the Python in docs/formulas.md.

Needs jax; the tests need only what it writes.
"""
import json
import math
import pathlib
import re

import jax_cpu
import jax
import jax.numpy as jnp
import numpy as np

root = pathlib.Path(__file__).parent.parent


def numbers(seed, *dims):
    """The numbers of tests/formulas/formulas_test.go, exactly."""
    i = np.arange(np.prod(dims, dtype=int))
    return jnp.asarray((((7 * i + 3 * seed) % 11 - 5) / 8).astype(np.float32).reshape(dims))


given = {
    "adam": dict(p=numbers(1, 2, 3), m=numbers(2, 2, 3), v=abs(numbers(3, 2, 3)), g=numbers(4, 2, 3), t=3, lr=1e-2, b1=0.9,
                 b2=0.999, eps=1e-8),
    "attention": dict(q=numbers(1, 3, 2, 4), k=numbers(2, 5, 2, 4), v=numbers(3, 5, 2, 4), d=4),
    "crossEntropy": dict(z=numbers(1, 4, 3), y=jnp.array([2, 0, 1, 2])),
    "stencil": dict(u=numbers(1, 4, 5), c=0.1),
    "layerNorm": dict(x=numbers(1, 3, 4), g=numbers(2, 4), b=numbers(3, 4), eps=1e-8),
    "newton": dict(x=numbers(1, 3), f=lambda x: jnp.sum(jnp.cosh(x) + x * jnp.roll(x, 1))),
}
results = {
    "adam": lambda v: [v["p"], v["m"], v["v"]],
    "attention": lambda v: [v["o"]],
    "crossEntropy": lambda v: [v["loss"]],
    "stencil": lambda v: [v["u"]],
    "layerNorm": lambda v: [v["y"]],
    "newton": lambda v: [v["x"]],
}
code = re.findall(r"```python\n(.*?)\n```", (root / "docs/formulas.md").read_text(), re.S)
assert len(code) == len(given)
out = {}
for (name, values), python in zip(given.items(), code):
    values = {**values, "jax": jax, "jnp": jnp, "math": math}
    exec(python, values)
    out[name] = [np.ravel(x).astype(float).tolist() for x in results[name](values)]
text = json.dumps({"Made": jax_cpu.made, "Python": dict(zip(given, code)), "Results": out}, indent=1)
(root / "tests/formulas/testdata/results.json").write_text(text + "\n")
