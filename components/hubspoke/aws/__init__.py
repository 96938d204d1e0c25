"""AWS: a Transit Gateway as hub (`hub`), VPCs as spokes (`spoke`).

Import what you need from those modules: a hub needs Cloudflare's SDK, which takes over a second to import.
"""
