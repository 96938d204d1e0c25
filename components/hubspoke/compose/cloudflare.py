"""The Cloudflare account: what is Cloudflare's alone, and comes before the hubs and on-ramps."""

from typing import Any

import pulumi

from hubspoke.compose.cloud import CloudStack


class CloudflareStack(CloudStack):
    """The resources of the Cloudflare account."""

    def declare(self) -> dict[str, Any]:
        from hubspoke.firewall import CloudflareFirewall

        plan = self.stack.account.firewall
        if plan is None:
            return {}
        args: Any = {
            "segments": {key: list(prefixes) for key, prefixes in plan.segments},
            "allowed": [{"source": source, "target": target} for source, target in plan.allowed],
            "wan_prefixes": list(plan.wan_prefixes),
            "cloudflare": {"account": self.stack.account.id, "asn": self.stack.plan.cloudflare.asn},
        }
        options = pulumi.ResourceOptions(provider=self.stack.cloudflare_provider())
        return {"firewall": CloudflareFirewall("firewall", args, opts=options).outputs()}
