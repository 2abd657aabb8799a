"""JAX's side of scripts/bench: the programs of tests/bench, by the same names.

Prints a line on the versions and a line of names, then answers each line of
its input by one:

    run NAME N    the seconds that N calls took
    value NAME    the sum of the absolute values of what one call returns
"""

import gc
import os
import sys
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, jit, jvp, lax, vjp, vmap

REQUIREMENT = "jax==0.10.2"
PROGRAMS = {}


def filled(seed, scale, *dims):
    """Numbers that look random and are the same in data.go."""
    i = np.arange(1, np.prod(dims, dtype=int) + 1, dtype=np.float64)
    return jnp.asarray((scale * np.sqrt(2) * np.sin(12.9898 * i + 78.233 * seed)).astype(np.float32).reshape(dims))


def network(seed, *sizes):
    return [(filled(seed + i, 1 / np.sqrt(a), a, b), jnp.zeros(b)) for i, (a, b) in enumerate(zip(sizes, sizes[1:]))]


def mlp(act, params, x):
    for w, b in params[:-1]:
        x = act(x @ w + b)
    w, b = params[-1]
    return x @ w + b


def squared_error(params, x, y):
    return jnp.mean((mlp(jnp.tanh, params, x) - y) ** 2)


class Program:
    """run(n) calls n times; what it returns, if anything, are the seconds."""

    def __init__(self, run, value=None):
        self.run, self.value = run, value


def magnitude(tree):
    return float(sum(np.abs(np.asarray(x), dtype=np.float64).sum() for x in jax.tree.leaves(tree)))


def each(f):
    """Calls f and waits for what it returns."""

    def run(n):
        for _ in range(n):
            jax.block_until_ready(f())

    return Program(run, lambda: magnitude(f()))


def program(name):
    def register(make):
        PROGRAMS[name] = make
        return make

    return register


# Dispatch.


def ones():
    return jnp.ones((4, 4))


def fifty():
    groups = "ABCDEFGHIJ"
    return {g: {x: ones() for x in "ABCDE"} for g in groups}


def sum_tanh_square(x):
    return jnp.sum(jnp.tanh(x @ x))


@program("dispatch/jit_4x4_blocking")
def _():
    f, x = jit(lambda x: x + 1.0), ones()

    def run(n):
        for _ in range(n):
            f(x).block_until_ready()

    return Program(run, lambda: magnitude(f(x)))


@program("dispatch/jit_4x4_async")
def _():
    f, x = jit(lambda x: x + 1.0), ones()

    def run(n):
        for _ in range(n):
            y = f(x)
        y.block_until_ready()

    return Program(run)


def chained(f, start):
    def run(n):
        x = start
        for _ in range(n):
            x = f(x)
        jax.block_until_ready(x)

    return Program(run)


def add_ones():
    return jit(lambda t: jax.tree.map(lambda x: x + 1.0, t))


def arrays50_blocking():
    f, t = add_ones(), fifty()
    return each(lambda: f(t))


def eager_3_ops():
    x = ones()
    return each(lambda: sum_tanh_square(x))


def eager_grad_3_ops():
    x = ones()
    return each(lambda: grad(sum_tanh_square)(x))


PROGRAMS |= {
    "dispatch/jit_4x4_chained": lambda: chained(jit(lambda x: x + 1.0), ones()),
    "dispatch/jit_50_arrays_blocking": arrays50_blocking,
    "dispatch/jit_50_arrays_chained": lambda: chained(add_ones(), fifty()),
    "dispatch/eager_add_chained": lambda: chained(lambda x: x + 1.0, ones()),
    "dispatch/eager_3_ops_blocking": eager_3_ops,
    "dispatch/eager_grad_3_ops_blocking": eager_grad_3_ops,
}


@program("dispatch/roundtrip_4x4")
def _():
    f, data = jit(lambda x: x + 1.0), np.zeros((4, 4), np.float32)

    def run(n):
        for _ in range(n):
            np.asarray(f(data))

    return Program(run)


# Tracing.


def lowering(make, args, cold):
    """Traces and lowers a new function at every call, with JAX's caches of
    inner functions warm, or cleared before."""

    def run(n):
        seconds = 0.0
        for _ in range(n):
            if cold:
                jax.clear_caches()
            f = make()
            start = time.perf_counter()
            jit(f).trace(*args).lower()
            seconds += time.perf_counter() - start
        return seconds

    return Program(run)


def grad6(times):
    def make():
        def f(x):
            for _ in range(times):
                x = jnp.tanh(x)
            return x

        for _ in range(6):
            f = grad(f)
        return f

    return make, (jnp.float32(0.3),)


def grad_mlp50():
    args = network(1, *[64] * 51), filled(60, 1, 32, 64), filled(61, 1, 32, 64)
    return lambda: grad(lambda p, x, y: squared_error(p, x, y)), args


def hessian_mlp3():
    args = network(1, 8, 16, 16, 1), filled(60, 1, 16, 8), filled(61, 1, 16, 1)
    return lambda: jax.hessian(lambda p, x, y: squared_error(p, x, y)), args


PROGRAMS |= {
    "trace/grad_mlp50": lambda: lowering(*grad_mlp50(), cold=False),
    "trace/grad_mlp50_cold": lambda: lowering(*grad_mlp50(), cold=True),
    "trace/hessian_mlp3": lambda: lowering(*hessian_mlp3(), cold=False),
    "trace/hessian_mlp3_cold": lambda: lowering(*hessian_mlp3(), cold=True),
    "trace/grad6_tanh1": lambda: lowering(*grad6(1), cold=False),
    "trace/grad6_tanh3": lambda: lowering(*grad6(3), cold=False),
}


# Derivatives.


def sum_tanh2(x):
    return jnp.sum(jnp.tanh(x) ** 2)


HVPS = {
    "forward_over_reverse": lambda x, v: jvp(grad(sum_tanh2), (x,), (v,))[1],
    "reverse_over_forward": lambda x, v: grad(lambda x: jvp(sum_tanh2, (x,), (v,))[1])(x),
    "reverse_over_reverse": lambda x, v: grad(lambda x: jnp.vdot(grad(sum_tanh2)(x), v))(x),
    "naive_hessian": lambda x, v: jnp.tensordot(jax.jacfwd(jax.jacrev(sum_tanh2))(x), v, 2),
}


def hvp(f):
    x, v = filled(10, 1, 30, 40), filled(11, 1, 30, 40)
    return each(lambda: f(x, v))


for name, f in HVPS.items():
    PROGRAMS["hvp/" + name] = lambda f=f: hvp(f)
    PROGRAMS["hvp/" + name + "_jit"] = lambda f=f: hvp(jit(f))


def logistic(w):
    x = jnp.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
    return 0.5 * (jnp.tanh((jnp.dot(x, w) + 0.1) / 2) + 1)


def loop_vjp(w, u):
    _, pull = vjp(logistic, w)
    return jnp.vstack([pull(row)[0] for row in u])


def vmap_vjp(w, u):
    _, pull = vjp(logistic, w)
    return vmap(pull)(u)


def loop_jvp(w, s):
    return jnp.vstack([jvp(logistic, (w,), (row,))[1] for row in s])


def vmap_jvp(w, s):
    return vmap(lambda s: jvp(logistic, (w,), (s,))[1])(s)


def products(f, columns, seed):
    w, m = jnp.array([0.4, -0.7, 0.2]), filled(seed, 1, 128, columns)
    return each(lambda: f(w, m))


PROGRAMS |= {
    "mjp/vjp_loop": lambda: products(loop_vjp, 4, 20),
    "mjp/vjp_vmap": lambda: products(vmap_vjp, 4, 20),
    "mjp/vjp_vmap_jit": lambda: products(jit(vmap_vjp), 4, 20),
    "mjp/jvp_loop": lambda: products(loop_jvp, 3, 21),
    "mjp/jvp_vmap": lambda: products(vmap_jvp, 3, 21),
    "mjp/jvp_vmap_jit": lambda: products(jit(vmap_jvp), 3, 21),
}


def per_example(n, compiled):
    p, x, y = network(60, 16, 32, 32, 1), filled(70, 1, n, 16), filled(71, 1, n, 1)
    f = vmap(grad(squared_error), in_axes=(None, 0, 0))
    if compiled:
        f = jit(f)
    return each(lambda: f(p, x, y))


def jacobian(transform, compiled):
    layers, x = network(100, 128, 128, 128), filled(110, 1, 128)
    f = transform(lambda x: mlp(jnp.tanh, layers, x))
    if compiled:
        f = jit(f)
    return each(lambda: f(x))


PROGRAMS |= {
    "perexample/b64": lambda: per_example(64, False),
    "perexample/b64_jit": lambda: per_example(64, True),
    "perexample/b64_jit_closed": lambda: per_example(64, True),
    "perexample/b1024": lambda: per_example(1024, False),
    "perexample/b1024_jit": lambda: per_example(1024, True),
    "perexample/b1024_jit_closed": lambda: per_example(1024, True),
    "jacobian/jacfwd": lambda: jacobian(jax.jacfwd, False),
    "jacobian/jacfwd_jit": lambda: jacobian(jax.jacfwd, True),
    "jacobian/jacrev": lambda: jacobian(jax.jacrev, False),
    "jacobian/jacrev_jit": lambda: jacobian(jax.jacrev, True),
}


# Models.


def relu(x):
    return jnp.maximum(x, 0)


def cross_entropy(logits, y):
    return -jnp.mean(jnp.sum(jax.nn.log_softmax(logits) * y, -1))


def sgd(p, x, y):
    loss, g = jax.value_and_grad(lambda p: cross_entropy(mlp(relu, p, x), y))(p)
    return jax.tree.map(lambda p, g: p - 1e-3 * g, p, g), loss


def digits():
    y = np.zeros((128, 10), np.float32)
    y[np.arange(128), np.arange(128) * 7 % 10] = 1
    return network(70, 784, 512, 512, 10), filled(80, 1, 128, 784), jnp.asarray(y)


def train():
    args, step = digits(), jit(sgd)
    return each(lambda: step(*args)[0])


def forward():
    p, x, _ = digits()
    f = jit(lambda p, x: mlp(relu, p, x))
    return each(lambda: f(p, x))


def rnn(p, xs):
    wh, wx, b = p

    def cell(h, x):
        h = jnp.tanh(h @ wh + x @ wx + b)
        return h, h

    return lax.scan(cell, jnp.zeros((1, 128)), xs)[1]


def rnn_program(f):
    p = filled(90, 1 / np.sqrt(128), 128, 128), filled(91, 1 / np.sqrt(128), 128, 128), jnp.zeros(128)
    f, xs = jit(f), filled(93, 1, 1000, 1, 128)
    return each(lambda: f(p, xs))


def iterate(f, guess):
    def unsettled(c):
        return jnp.abs(c[0] - c[1]) > 1e-6

    return lax.while_loop(unsettled, lambda c: (c[1], f(c[1])), (guess, f(guess)))[1]


def newton(a, x):
    return 0.5 * (x + a / x)


@jax.custom_vjp
def newton_sqrt(a):
    return iterate(lambda x: newton(a, x), a)


def newton_sqrt_forward(a):
    x = newton_sqrt(a)
    return x, (a, x)


def newton_sqrt_backward(known, ct):
    a, x = known
    pull_x = vjp(lambda x: newton(a, x), x)[1]
    u = iterate(lambda u: ct + pull_x(u)[0], ct)
    return vjp(lambda a: newton(a, x), a)[1](u)


newton_sqrt.defvjp(newton_sqrt_forward, newton_sqrt_backward)


def solver(f, a):
    return each(lambda: f(a))


PROGRAMS |= {
    "train/mlp_b128": train,
    "train/mlp_b128_forward": forward,
    "rnn/forward": lambda: rnn_program(rnn),
    "rnn/grad": lambda: rnn_program(grad(lambda p, xs: jnp.mean(rnn(p, xs) ** 2))),
    "fixedpoint/newton_jit": lambda: solver(jit(newton_sqrt), jnp.float32(2)),
    "fixedpoint/grad": lambda: solver(grad(newton_sqrt), jnp.float32(2)),
    "fixedpoint/grad_jit": lambda: solver(jit(grad(newton_sqrt)), jnp.float32(2)),
    "fixedpoint/grad_vmap1024_jit": lambda: solver(jit(vmap(grad(newton_sqrt))), jnp.linspace(0.5, 9.5, 1024)),
}


def main():
    print(f"JAX {jax.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}")
    print(*PROGRAMS, flush=True)
    name, made = None, None
    for line in sys.stdin:
        command, wanted, *n = line.split()
        try:
            if wanted != name:
                made = None  # one at a time, so that none holds memory
                name, made = wanted, PROGRAMS[wanted]()
            if command == "value":
                answer = made.value()
            else:
                gc.collect()
                gc.disable()
                start = time.perf_counter()
                answer = made.run(int(n[0]))
                if answer is None:
                    answer = time.perf_counter() - start
                gc.enable()
        except Exception as e:
            answer = f"error: {type(e).__name__}: {e}".replace("\n", " ")
        print(answer, flush=True)


if __name__ == "__main__":
    main()
