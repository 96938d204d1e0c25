"""One vendor-neutral network: its tables, links and filters; routes to a fixed point; and what is proven of it."""
