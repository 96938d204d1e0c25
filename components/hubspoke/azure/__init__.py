"""Azure: Virtual WAN hubs (`wan`, `hub`), VNets on them (`spoke`), and VNets with a VPN gateway (`onramp`).

Import what you need from those modules: the SDK is large.
"""
