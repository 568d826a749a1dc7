"""A server of one's own; one that starts is what `test_measuring` talks with."""

from traceback import format_exception

import pytest
import trio

from tools.sim.here import NotStarted, site


async def test_stub_that_does_not_start_is_told_with_its_words() -> None:
    with trio.fail_after(60), pytest.raises(ExceptionGroup) as raised:
        async with site(["no-such-scenario"], robots=1):
            pass
    failed, others = raised.value.split(NotStarted)
    assert others is None
    assert "there is no such file" in "".join(format_exception(failed))
