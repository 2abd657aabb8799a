"""Import before jax: has XLA compile for one instruction set on every machine.

What JAX computes depends on the processor: with AVX2 products are fused with
sums, and half precision is computed in float32, which processors with
AVX512-FP16 don't do. AVX2 is what nearly all have. The name of the set and the
version of JAX are kept with the numbers.
"""
import os

ISA = "AVX2"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_max_isa=" + ISA

import jax

made = {"jax": jax.__version__, "isa": ISA}
