"""Google Cloud: hubs of Network Connectivity Center or of peered networks, their spokes, and single on-ramps."""
