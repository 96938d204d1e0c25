"""A leak for the proofs to find: one rule, wider. No resource is wrong by itself."""

LEAK = '''
import pulumi


def widen(args):
    """The sandbox in Europe may speak to the whole WAN, not only to the directory."""
    if args.name == "sandbox-eu/dev-dns-directory":
        args.props |= {"cidr_ipv4": "10.0.0.0/8", "ip_protocol": "-1", "from_port": None, "to_port": None}
    return pulumi.ResourceTransformationResult(args.props, args.opts)


pulumi.runtime.register_stack_transformation(widen)
'''
