"""Each cloud's stack is made by a module of its own, which is imported only where it is needed."""

import subprocess
import sys
from typing import get_args

import pulumi
import pytest
from hubspoke import compose
from hubspoke.plan import CLOUDFLARE, AccountPlan, Cloud

ACCOUNT = AccountPlan(
    key="apps",
    cloud="azure",
    id="",
    role="",
    tenant="",
    region="westeurope",
    hubs=(),
    spokes=(),
    onramps=(),
    firewall=None,
    depends_on=(),
)


def test_every_cloud_of_the_plan_has_one() -> None:
    assert compose._CLOUDS.keys() == {*get_args(Cloud), CLOUDFLARE}


def test_a_module_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(compose._CLOUDS, "azure", ("pulumi_of_no_cloud", "AzureStack"))
    with pytest.raises(
        pulumi.RunError, match="account 'apps' is in azure, which needs the module 'pulumi_of_no_cloud'"
    ):
        compose._stack_class(ACCOUNT)


def test_composing_imports_no_cloud_before_it_is_needed() -> None:
    code = "import sys, hubspoke.compose; print([m for m in sys.modules if m.startswith('pulumi_')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
