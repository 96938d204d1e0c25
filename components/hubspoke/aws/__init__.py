"""AWS: a Transit Gateway as hub (`hub`), VPCs as spokes (`spoke`) or on their own (`onramp`).

Import what you need from those modules: a hub or on-ramp needs Cloudflare's SDK, which takes over a second to import.
"""
