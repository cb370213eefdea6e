"""What the chapters have stored must come out on any processor: they are tested as if on another one."""

from collections.abc import Iterator

import pytest

# Torch's plainest code in the place of this processor's best, which adds up in another order.
PLAIN = {"ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Iterator[None]:
    """The first cell of a chapter starts its kernel, which takes over what the environment says then."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in PLAIN.items():
            patch.setenv(name, value)
        return (yield)
